// Requests over a socket of their own when something is in the way: listeners that throw, requests given up early.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";

const server = http.createServer((request, response) => response.end(`body of ${request.method}`));
server.on("upgrade", (request, socket) => socket.end("HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n"));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const createConnection = () => net.connect(port, "127.0.0.1");

// What a listener throws is nobody's network error.
const uncaught = () => new Promise((resolve) => process.once("uncaughtException", (error) => resolve(error.message)));
let thrown = uncaught();
const changing = http.request({ port, host: "127.0.0.1", headers: { Connection: "Upgrade", Upgrade: "other" } });
changing.on("error", (error) => console.log("not this", error.message));
changing.on("upgrade", (response, socket) => {
  socket.destroy();
  throw new Error("thrown in upgrade");
});
changing.end();
console.log(await thrown);
thrown = uncaught();
const answered = http.request({ createConnection }, (response) => {
  response.resume();
  throw new Error("thrown in response");
});
answered.on("error", (error) => console.log("not this", error.message));
answered.end();
console.log(await thrown);

// Given up before the connection is there.
const destroyed = http.request({ createConnection });
destroyed.end();
destroyed.destroy();
console.log((await once(destroyed, "error"))[0].code);
const controller = new AbortController();
const aborted = http.request({ createConnection, signal: controller.signal });
aborted.end();
controller.abort();
console.log((await once(aborted, "error"))[0].name);

// An answer without a body, after answers that only inform.
const informing = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () => {
    socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    socket.end("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  });
});
informing.listen(0, "127.0.0.1");
await once(informing, "listening");
const head = http.request({ method: "HEAD", createConnection: () => net.connect(informing.address().port, "127.0.0.1") });
head.on("continue", () => console.log("continue"));
head.on("information", ({ statusCode }) => console.log("information", statusCode));
head.end();
const [response] = await once(head, "response");
response.resume();
await once(response, "end");
console.log(response.statusCode, response.statusMessage, response.headers["content-length"]);
informing.close();

// A connection that cannot be made.
const refused = http.request({ createConnection: () => net.connect(1, "127.0.0.1") });
refused.end("text");
console.log((await once(refused, "error"))[0].code);
server.close();
