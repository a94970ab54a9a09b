// What servers refuse, and what they take: two readers of the same bytes must not see two different requests.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";

const H = "Host: x\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n`;
const cases = {
  bareLineFeeds: "GET / HTTP/1.1\nHost: x\n\n",
  folded: `GET / HTTP/1.1\r\n${H}A: b\r\n c\r\n\r\n`,
  spaceBeforeColon: "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
  twoLengths: `POST / HTTP/1.1\r\n${H}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`,
  lengthAndCoding: `POST / HTTP/1.1\r\n${H}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  unknownCoding: `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip\r\n\r\n`,
  codings: `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  chunkedNotLast: `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  codingFields: `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  codingWithSpace: `POST / HTTP/1.1\r\n${H}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  unknownMethod: `FOO / HTTP/1.1\r\n${H}\r\n`,
  smallMethod: "get / HTTP/1.1\r\n\r\n",
  notYetAMethod: "HELLO",
  binary: "\x16\x03\x01\x02",
  unknownVersion: `GET / HTTP/3.7\r\n${H}\r\n`,
  noHost: "GET / HTTP/1.1\r\n\r\n",
  old: "GET / HTTP/1.0\r\n\r\n",
  notHttp: `GET / XTTP/1.1\r\n${H}\r\n`,
  badTarget: `GET foo HTTP/1.1\r\n${H}\r\n`,
  highTarget: `GET /\xe4 HTTP/1.1\r\n${H}\r\n`,
  tabInTarget: `GET /a\tb HTTP/1.1\r\n${H}\r\n`,
  star: `OPTIONS * HTTP/1.1\r\n${H}\r\n`,
  absolute: `GET http://a/b HTTP/1.1\r\n${H}\r\n`,
  emptyLines: `\r\n\r\nGET / HTTP/1.1\r\n${H}\r\n`,
  badLength: `POST / HTTP/1.1\r\n${H}Content-Length: 1x\r\n\r\n`,
  signedLength: `POST / HTTP/1.1\r\n${H}Content-Length: +1\r\n\r\n`,
  emptyLength: `POST / HTTP/1.1\r\n${H}Content-Length:\r\n\r\n`,
  hugeLength: `POST / HTTP/1.1\r\n${H}Content-Length: 99999999999999999999999\r\n\r\n`,
  zero: `GET / HTTP/1.1\r\n${H}A: b\0c\r\n\r\n`,
  control: `GET / HTTP/1.1\r\n${H}A: b\x01c\r\n\r\n`,
  returnInValue: `GET / HTTP/1.1\r\n${H}A: b\rc\r\n\r\n`,
  noName: `GET / HTTP/1.1\r\n${H}: b\r\n\r\n`,
  noColon: `GET / HTTP/1.1\r\n${H}abc\r\n\r\n`,
  tooLong: `GET / HTTP/1.1\r\n${H}A: ${"b".repeat(17_000)}`,
  badChunk: `${CHUNKED}zz\r\n`,
  chunkTooLong: `${CHUNKED}1\r\naX`,
  chunkLineFeed: `${CHUNKED}1\na\n0\n\n`,
  chunkSpace: `${CHUNKED}1 \r\na\r\n0\r\n\r\n`,
  hugeChunk: `${CHUNKED}fffffffffffffffff\r\n`,
  chunkExtension: `${CHUNKED}1;a=b\r\na\r\n0\r\n\r\n`,
  trailers: `${CHUNKED}0\r\nA: b\r\n\r\n`,
  behindTheLast: `GET / HTTP/1.1\r\n${H}Connection: close\r\n\r\nGET /2 HTTP/1.1\r\n${H}\r\n`,
  anotherProtocol: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
};
const server = http.createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
for (const [name, text] of Object.entries(cases)) {
  const seen = [];
  const listener = (request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += bytes));
    request.on("end", () => {
      seen.push(["request", request.method, request.url, request.httpVersion, JSON.stringify(request.headers), body, JSON.stringify(request.trailers)].join(" "));
      response.end("ok");
    });
  };
  const failed = (error, socket) => {
    seen.push(`clientError ${error.code}: ${error.message}`);
    socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
  };
  server.on("request", listener);
  server.on("clientError", failed);
  const socket = net.connect(server.address().port, "127.0.0.1");
  let out = "";
  socket.on("data", (bytes) => {
    out += bytes;
    if (out.includes("\r\n\r\n")) socket.end();
  });
  socket.on("error", () => {});
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  server.off("request", listener);
  server.off("clientError", failed);
  console.log(`${name}: ${seen.join("; ")} -> ${out.split("\r\n")[0]}`);
}
server.close();
