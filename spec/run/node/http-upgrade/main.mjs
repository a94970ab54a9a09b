import assert from "node:assert";
import http from "node:http";
import net from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rmSync } from "node:fs";

// A protocol of its own behind an HTTP/1.1 upgrade: lines come back in capitals.
const server = http.createServer((request, response) => response.end(`plain ${request.url} ${request.headers.upgrade}`));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

// Without a listener an upgrade is a request like any other.
const get = (headers, more) => new Promise((resolve, reject) => {
  const request = http.request({ port, host: "127.0.0.1", path: "/p?q=1", headers, ...more });
  request.on("response", async (response) => {
    let text = "";
    try {
      for await (const part of response.setEncoding("utf8")) text += part;
    } catch (error) {
      reject(error);
    }
    resolve(`${response.statusCode} ${text}`);
  });
  request.on("upgrade", (response, socket, head) => resolve({ response, socket, head }));
  request.on("error", reject);
  request.end();
});
const asking = { Connection: "keep-alive, Upgrade", Upgrade: "capitals", "X-Name": "value" };
console.log(await get(asking));

server.on("upgrade", (request, socket, head) => {
  console.log("server:", request.method, request.url, request.headers.upgrade, request.headers["x-name"], request.upgrade, head.length);
  assert(socket instanceof net.Socket && request.socket === socket);
  if (request.url === "/refused") {
    socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!");
    return;
  }
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: capitals\r\nX-Mixed-Case: yes\r\n\r\nfirst\n");
  socket.on("data", (bytes) => socket.write(String(bytes).toUpperCase()));
  socket.on("end", () => socket.end("bye\n"));
});

const { response, socket, head } = await get(asking);
console.log(response.statusCode, response.statusMessage, response.upgrade, response.rawHeaders.slice(-2).join());
let received = String(head);
socket.setEncoding("utf8");
socket.on("data", (text) => (received += text));
socket.write("hello\n");
while (!received.includes("HELLO")) await once(socket, "data");
socket.end("end\n");
await once(socket, "close");
console.log(JSON.stringify(received));

console.log(await get(asking, { path: "/refused" }));

// What was sent behind the head before the answer is there, in one piece with what follows.
const raw = net.connect(port, "127.0.0.1");
raw.setEncoding("utf8");
raw.write("GET /raw HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: capitals\r\n\r\n");
let text = "";
raw.on("data", (part) => (text += part));
while (!text.includes("first")) await once(raw, "data");
raw.end("more\n");
await once(raw, "close");
console.log(JSON.stringify(text.slice(text.indexOf("\r\n\r\n") + 4)));

// A connection that the program opens itself, and one by a path.
console.log(await get({}, { createConnection: (options) => net.connect(options.port, options.host) }));
console.log(await get({}, { createConnection: (options, ready) => void setImmediate(() => ready(null, net.connect(options.port, options.host))) }));
const path = join(tmpdir(), `crust-upgrade-${process.pid}`);
const local = http.createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => answer.end(`${request.method} ${request.url} ${body}`));
});
local.listen(path);
await once(local, "listening");
const posted = http.request({ socketPath: path, path: "/unix", method: "POST" });
posted.write("a");
posted.end("b");
const [answer] = await once(posted, "response");
for await (const part of answer.setEncoding("utf8")) console.log(answer.statusCode, part);
local.close();
rmSync(path, { force: true });

// Answers that are none.
const liar = net.createServer((connection) => {
  connection.on("error", () => {});
  connection.once("data", () => connection.end(`${lies.shift()}\r\n\r\n`));
});
const lies = ["HELLO", "HTTP/1.1 200 OK\r\nbad header", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz"];
liar.listen(0, "127.0.0.1");
await once(liar, "listening");
for (const count of [1, 2, 3]) {
  const failed = await get({}, { createConnection: () => net.connect(liar.address().port, "127.0.0.1") }).catch((error) => error);
  console.log(count, failed.code);
}
liar.close();
server.close(() => console.log("closed"));
