// Answers of all kinds, whole and broken, and what a request says of them.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";

const events = ["socket", "response", "information", "continue", "upgrade", "connect", "abort", "timeout", "error", "close", "finish"];
const watch = (request) => {
  request.seen = [];
  for (const event of events) {
    request.on(event, (value) => {
      let detail = "";
      if (event === "error") detail = `:${value.code}:${value.message}`;
      if (event === "information") detail = `:${JSON.stringify([value.statusCode, value.statusMessage, value.httpVersion, value.headers, value.rawHeaders])}`;
      request.seen.push(event + detail);
    });
  }
  return request;
};
let bytes = "";
let stays = false;
const sockets = new Set();
const server = net.createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.once("data", () => (stays ? socket.write(bytes) : socket.end(bytes)));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

const show = async (given, options) => {
  bytes = given;
  const request = watch(http.request({ port, host: "127.0.0.1", ...options }));
  const waits = [];
  let answer;
  request.on("response", (response) => {
    answer = response;
    response.text = "";
    for (const event of ["aborted", "error", "end", "close"]) response.on(event, (error) => request.seen.push(`response.${event}${error ? `:${error.code}:${error.message}` : ""}`));
    response.on("data", (part) => (response.text += part));
    waits.push(new Promise((resolve) => response.on("close", resolve)));
  });
  request.on("error", () => {});
  request.end();
  await new Promise((resolve) => request.on("close", resolve));
  await Promise.all(waits);
  console.log(request.seen.join(" "));
  if (answer) console.log("  ", answer.statusCode, answer.statusMessage, answer.httpVersion, answer.complete, answer.aborted, JSON.stringify(answer.headers), answer.text, JSON.stringify(answer.trailers));
};
await show("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
await show("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
await show("HTTP/1.1 200 OK\r\n\r\nuntil the end");
await show("HTTP/1.0 200 OK\r\n\r\nold");
await show("HTTP/1.1 101 Switching\r\n\r\n");
stays = true;
await show("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nrest");
await show("HTTP/1.1 200 Connected\r\n\r\nhi", { method: "CONNECT", path: "a:1" });
stays = false;
await show("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <a>\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
await show("");
await show("HTTP/1.1 200 OK\r\nContent-Le");
await show("garbage\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi");
await show("HTTP/1.1 200 OK\nContent-Length: 0\n\n");
await show("HTTP/1.1 20 X\r\nContent-Length: 0\r\n\r\n");
await show(`HTTP/1.1 200 OK\r\nA: ${"x".repeat(17_000)}\r\n\r\n`);
await show(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`, { maxHeaderSize: 10 });
await show("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n");
await show("HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", { method: "HEAD" });
await show("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n1\r\na\r\n0\r\nA: b\r\nA: c\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc");
await show("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX: 1\r\nX: 2\r\nContent-Type: a\r\nContent-Type: b\r\nContent-Length: 0\r\n\r\n");
await show("HTTP/1.1 200 OK\r\nX: 1\r\nX: 2\r\nAge: 1\r\nAge: 2\r\nContent-Length: 0\r\n\r\n", { joinDuplicateHeaders: true });

// Connections that come late, not at all, or end at once.
const turn = () => new Promise((resolve) => setImmediate(resolve));
const closes = (request) => new Promise((resolve) => request.on("close", resolve));
let give;
const late = watch(http.request({ createConnection: (options, ready) => { give = ready; } }));
late.end();
late.destroy();
await turn();
console.log("not yet:", late.seen.join(" "));
const unwanted = net.connect(port, "127.0.0.1");
give(null, unwanted);
await once(unwanted, "close");
await turn();
console.log("late:", late.seen.join(" "), unwanted.destroyed);
for (const createConnection of [
  () => { throw Object.assign(new Error("thrown"), { code: "ETHROWN" }); },
  (options, ready) => void ready(Object.assign(new Error("given"), { code: "EGIVEN" })),
]) {
  const request = http.request({ createConnection });
  request.end();
  console.log((await once(request, "error"))[0].code);
}
bytes = "";
const brief = net.createServer((socket) => socket.end());
brief.listen(0, "127.0.0.1");
await once(brief, "listening");
const unfinished = watch(http.request({ method: "POST", createConnection: () => net.connect(brief.address().port, "127.0.0.1") }));
unfinished.flushHeaders();
await closes(unfinished);
console.log("before end():", unfinished.seen.at(-2), unfinished.destroyed);
brief.close();

// Given up.
const aborted = watch(http.request({ port, host: "127.0.0.1" }));
aborted.abort();
await closes(aborted);
await turn();
console.log(aborted.seen.join(" "), aborted.aborted, aborted.destroyed);
const controller = new AbortController();
controller.abort();
const signalled = watch(http.request({ port, host: "127.0.0.1", signal: controller.signal }));
await closes(signalled);
console.log(signalled.seen.join(" "));
const destroyed = watch(http.request({ port, host: "127.0.0.1" }));
destroyed.destroy(Object.assign(new Error("mine"), { code: "EMINE" }));
await closes(destroyed);
console.log(destroyed.seen.join(" "));
const silent = net.createServer((socket) => sockets.add(socket));
silent.listen(0, "127.0.0.1");
await once(silent, "listening");
for (const begin of [(options) => http.request({ ...options, timeout: 20 }), (options) => http.request(options).setTimeout(20)]) {
  const request = watch(begin({ port: silent.address().port, host: "127.0.0.1" }));
  request.end();
  await once(request, "timeout");
  request.destroy();
  await closes(request);
  console.log(request.seen.join(" "));
}

for (const call of [
  () => http.request({ method: "A B" }), () => http.request({ method: 1 }), () => http.request({ agent: {} }), () => http.request({ host: 1 }),
  () => http.request({ protocol: "https:" }), () => http.request({ headers: { "a b": 1 } }), () => http.request({ headers: { a: undefined } }),
  () => http.request({ path: "/\u0100" }), () => http.request("x"), () => http.request({ timeout: "a" }),
]) {
  try {
    call().on("error", () => {});
    console.log("no error");
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
for (const socket of sockets) socket.destroy();
server.close();
silent.close();
