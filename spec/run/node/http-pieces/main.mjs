// Messages mean the same however the network cuts them: each is read whole, in two pieces cut everywhere, and byte by byte.
import http from "node:http";
import { duplexPair } from "node:stream";

const messages = [
  "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-A:  1 \r\nx-a: 2\r\n\r\nPOST /b HTTP/1.1\r\nHost: y\r\nContent-Length: 5\r\n\r\nhelloGET /c HTTP/1.1\r\nHost: z\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\nGET /n HTTP/1.1\r\nHost: x\r\n\r\n",
  "\r\nPUT /d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nHEAD /e HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX",
  "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
];
const answers = [
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: v\r\n\r\n",
  "HTTP/1.1 200 OK\r\n\r\nuntil the end",
  "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX",
];
const send = async (stream, pieces) => {
  for (const piece of pieces) {
    if (stream.destroyed) return;
    stream.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
};

const asServer = async (pieces) => {
  const [client, side] = duplexPair();
  const seen = [];
  client.on("error", () => {});
  side.on("error", () => {});
  const server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += bytes));
    request.on("error", () => {});
    request.on("end", () => {
      seen.push([request.method, request.url, request.httpVersion, request.rawHeaders.join("|"), body, request.rawTrailers.join("|")].join(" "));
      response.end();
    });
  });
  server.on("clientError", (error, stream) => {
    seen.push(error.code);
    stream.destroy();
  });
  server.emit("connection", side);
  client.resume();
  await send(client, pieces);
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  return seen.join("\n");
};
const asClient = (pieces) => new Promise((resolve) => {
  const [peer, side] = duplexPair();
  const seen = [];
  peer.on("error", () => {});
  const request = http.request({ createConnection: () => side });
  request.on("information", ({ statusCode, rawHeaders }) => seen.push(`${statusCode} ${rawHeaders.join("|")}`));
  request.on("error", (error) => seen.push(error.code));
  request.on("close", () => resolve(seen.join("\n")));
  request.on("response", (response) => {
    let body = "";
    response.on("data", (bytes) => (body += bytes));
    response.on("error", (error) => seen.push(`broken ${error.code}`));
    response.on("end", () => seen.push([response.statusCode, response.statusMessage, response.rawHeaders.join("|"), body, response.rawTrailers.join("|")].join(" ")));
  });
  request.end();
  peer.resume();
  peer.once("data", () => send(peer, pieces));
});

for (const [list, read] of [[messages, asServer], [answers, asClient]]) {
  for (const message of list) {
    const whole = await read([message]);
    console.log(whole);
    let differ = 0;
    for (let at = 1; at < message.length; at++) if ((await read([message.slice(0, at), message.slice(at)])) !== whole) differ++;
    if ((await read([...message])) !== whole) differ++;
    console.log("differ:", differ);
  }
}
