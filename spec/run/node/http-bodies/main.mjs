// Bodies that are large, slow, cut off or in order behind others; addresses of all kinds; what keeps its class.
import { once } from "node:events";
import { rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stream from "node:stream";
import { text } from "node:stream/consumers";
import util from "node:util";

const listen = async (server, ...where) => {
  server.listen(...where);
  await once(server, "listening");
  return server;
};
const get = (options) => new Promise((resolve) => http.get(options, async (response) => resolve(await text(response))));

// Old-style inheritance.
function Response() { http.ServerResponse.call(this, { method: "GET" }); }
util.inherits(Response, http.ServerResponse);
const response = new Response();
response.setHeader("a", 1);
console.log(response.getHeader("a"), response instanceof http.OutgoingMessage, response instanceof stream.Stream);
function Agent(options) { http.Agent.call(this, options); }
util.inherits(Agent, http.Agent);
console.log(new Agent({ keepAlive: true }).keepAlive, new Agent() instanceof http.Agent);
function Incoming() { http.IncomingMessage.call(this, new net.Socket()); }
util.inherits(Incoming, http.IncomingMessage);
console.log(typeof new Incoming().headers, new Incoming() instanceof stream.Readable);
class Server extends http.Server {}
const sub = await listen(new Server((request, answer) => answer.end("sub")), 0, "127.0.0.1");
console.log(sub instanceof net.Server, await get({ port: sub.address().port, host: "127.0.0.1" }));
const taken = http.createServer();
taken.listen(sub.address().port, "127.0.0.1");
const [error] = await once(taken, "error");
console.log(error.code, error.syscall, error.address);
sub.close();

// Five megabytes both ways, with a slow reader and a writer that waits for room.
const SIZE = 5_000_000;
const large = await listen(http.createServer((request, answer) => {
  if (request.method === "POST") {
    let count = 0;
    request.on("data", (bytes) => (count += bytes.length));
    request.on("end", () => answer.end(`${count}`));
  } else {
    const parts = (function* () {
      for (let sent = 0; sent < SIZE; sent += 50_000) yield Buffer.alloc(50_000, "abc");
    })();
    stream.pipeline(stream.Readable.from(parts), answer, (failure) => console.log("pipeline", failure ?? "ok"));
  }
}), 0, "127.0.0.1");
const place = { port: large.address().port, host: "127.0.0.1" };
const count = await new Promise((resolve) => http.get(place, async (answer) => {
  let bytes = 0;
  let turns = 0;
  for await (const part of answer) {
    bytes += part.length;
    if (++turns < 10) await new Promise((next) => setTimeout(next, 1));
  }
  resolve(bytes);
}));
console.log(count);
const post = http.request({ ...place, method: "POST" });
const answered = once(post, "response");
let drains = 0;
for (let index = 0; index < 100; index++) {
  if (post.write(Buffer.alloc(50_000))) continue;
  drains++;
  await once(post, "drain");
}
post.end();
console.log(await text((await answered)[0]), drains > 0);
large.close();

// A client that leaves in the middle.
const leaving = await listen(http.createServer((request, answer) => {
  const more = setInterval(() => answer.write(Buffer.alloc(1000)), 1);
  answer.on("close", () => {
    clearInterval(more);
    console.log("left", answer.writableFinished, answer.destroyed, answer.write("x"));
    leaving.close();
  });
}), 0, "127.0.0.1");
const left = http.get({ port: leaving.address().port, host: "127.0.0.1" }, (answer) => {
  answer.on("error", (reason) => console.log(reason.code));
  answer.on("close", () => console.log("closed", answer.complete, answer.aborted));
  answer.once("data", () => answer.destroy());
});
left.on("error", (reason) => console.log(reason.code));
await once(leaving, "close");

// Answers keep the order of the requests.
const held = [];
const ordered = await listen(http.createServer((request, answer) => {
  if (request.url === "/3") {
    answer.end("3");
    held[1].end("2");
    held[0].end("1");
  } else held.push(answer);
}), 0, "127.0.0.1");
const raw = net.connect(ordered.address().port, "127.0.0.1");
raw.write(["/1", "/2", "/3"].map((url) => `GET ${url} HTTP/1.1\r\nHost: x\r\n${url === "/3" ? "Connection: close\r\n" : ""}\r\n`).join(""));
console.log((await text(raw)).match(/\r\n\r\n\d/g).join("").replaceAll("\r\n", ""));
ordered.close();

// Addresses.
const six = await listen(http.createServer((request, answer) => answer.end(`${request.socket.remoteFamily} ${request.headers.host.replace(/\d+$/, "PORT")}`)), 0, "::1");
console.log(await get(`http://[::1]:${six.address().port}/`));
six.close();
const path = join(tmpdir(), `crust-http-${process.pid}`);
const local = await listen(http.createServer((request, answer) => answer.end(`${request.url} ${request.headers.host}`)), path);
console.log(local.address() === path, await get({ socketPath: path, path: "/u" }));
local.close();
local.closeAllConnections();
rmSync(path, { force: true });
http.globalAgent.destroy();
