// What requests look like on the wire, and bodies that go out while answers come in.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";

const listen = async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
};

// A body that is sent when the server says so, with an agent and without one.
const patient = http.createServer(async (request, response) => response.end(await text(request)));
const patientPort = await listen(patient);
for (const extra of [{}, { createConnection: () => net.connect(patientPort, "127.0.0.1") }]) {
  const request = http.request({ port: patientPort, host: "127.0.0.1", method: "POST", headers: { Expect: "100-continue" }, ...extra });
  request.on("continue", () => {
    console.log("continue");
    request.end("the body");
  });
  const [response] = await once(request, "response");
  console.log(response.statusCode, await text(response));
}
patient.close();

// An answer before the body is over ends the request.
const hasty = http.createServer((request, response) => response.end("early"));
const hastyPort = await listen(hasty);
const early = http.request({ port: hastyPort, host: "127.0.0.1", method: "POST", createConnection: () => net.connect(hastyPort, "127.0.0.1") });
early.write("a");
const [first] = await once(early, "response");
const closed = once(early, "close");
console.log("early", await text(first));
await closed;
console.log(early.destroyed, early.writableFinished);
hasty.closeAllConnections();
hasty.close();

// Both directions at once.
const echo = http.createServer((request, response) => request.pipe(response));
const echoPort = await listen(echo);
const both = http.request({ port: echoPort, host: "127.0.0.1", method: "POST", createConnection: () => net.connect(echoPort, "127.0.0.1") });
both.write("one");
const [back] = await once(both, "response");
back.setEncoding("utf8");
console.log((await once(back, "data"))[0]);
const ended = once(back, "end");
both.end("two");
console.log((await once(back, "data"))[0]);
await ended;
echo.close();

// The bytes.
let answer;
const raw = net.createServer((socket) => {
  socket.on("error", () => {});
  answer(socket);
});
const port = await listen(raw);
const show = async (options, body, write) => {
  const accepted = new Promise((resolve) => (answer = resolve));
  const request = http.request({ port, host: "127.0.0.1", ...options });
  request.on("response", (response) => response.resume());
  const finished = once(request, "finish");
  if (write) write(request);
  else request.end(body);
  const socket = await accepted;
  let bytes = "";
  socket.on("data", (part) => (bytes += part));
  await finished;
  while (Buffer.byteLength(bytes) < request.socket.bytesWritten) await once(socket, "data");
  console.log(JSON.stringify(bytes.replace(`:${port}`, ":PORT")));
  const over = once(request, "close");
  socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  await over;
};
await show({ method: "POST", headers: { "Transfer-Encoding": "chunked" } }, "whole");
await show({ method: "POST", headers: { "Transfer-Encoding": "chunked" } });
for (const method of ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "OPTIONS"]) {
  await show({ method });
  await show({ method }, "xy");
}
await show({ headers: { Cookie: ["a=1", "b=2"], "X-A": ["1", "2"] } });
await show({ headers: ["X-A", "1", "X-A", "2", "Cookie", "q"] });
await show({ agent: false });
await show({ auth: "u:p", path: "/x?y" });
await show({ headers: { Connection: "close" } });
await show({ setHost: false });
await show({ defaultPort: port });
await show({ timeout: 5000, uniqueHeaders: ["x-u"], headers: { "x-u": ["1", "2"] } });
await show({ method: "POST" }, null, (request) => {
  request.write("a");
  request.write("");
  request.write(Buffer.from("b"));
  request.end();
});
await show({ method: "POST" }, null, (request) => {
  request.setHeader("Trailer", "X-T");
  request.write("body");
  request.addTrailers({ "X-T": "v" });
  request.end();
});
await show({ method: "POST", headers: { "Content-Length": 3 } }, "abc");
await show({ method: "POST" }, null, (request) => {
  request.removeHeader("host");
  request.removeHeader("connection");
  request.end("k");
});
raw.close();
