// The parser that packages take from `_http_common` to stand in for sockets (msw's interceptors).
import common from "node:_http_common";

const { HTTPParser } = common;
const run = (type, ...pieces) => {
  const parser = new HTTPParser();
  parser.initialize(type, {});
  parser[HTTPParser.kOnHeadersComplete] = (major, minor, headers, method, url, status, message, upgrade, keepAlive) => {
    console.log("head", major, minor, JSON.stringify(headers), method === undefined ? method : common.methods?.[method] ?? "method", url, status, message, upgrade, keepAlive);
    return 0;
  };
  parser[HTTPParser.kOnBody] = (bytes) => console.log("body", `${bytes}`);
  parser[HTTPParser.kOnMessageComplete] = () => console.log("end");
  for (const piece of pieces) {
    const result = parser.execute(Buffer.from(piece));
    console.log(result instanceof Error ? `${result.code} ${result.reason}` : result === piece.length);
  }
  const finished = parser.finish();
  console.log(finished instanceof Error ? finished.code : finished);
  parser.free();
};
run(HTTPParser.RESPONSE, "HTTP/1.1 200 Fine\r\nA: b\r\nContent-Length: 5\r\n\r\nhe", "llo");
run(HTTPParser.RESPONSE, "HTTP/1.0 200 OK\r\n\r\nuntil");
run(HTTPParser.REQUEST, "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
run(HTTPParser.REQUEST, "GET / HTTP/1.1\r\nA b\r\n\r\n");
console.log(common._checkIsHttpToken("a b"), common._checkIsHttpToken("ab"), common._checkInvalidHeaderChar("a\n"), common._checkInvalidHeaderChar("a\xff"), common.CRLF.length);
console.log(common.chunkExpression.test("gzip, chunked"), common.continueExpression.test("100-continue"));
