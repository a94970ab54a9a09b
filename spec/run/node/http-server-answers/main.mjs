// What servers send, byte by byte, and what they say of requests that come in, break off or come too late.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { duplexPair } from "node:stream";

const HOST = "Host: x\r\n";
const LAST = `GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
const clean = (text) => text.replaceAll("\r\n", "~").replace(/Date: [^~]*~/g, "").replace(/HTTP\/1.1 200 OK~Connection: close~Content-Length: 4~~last$/, "");
/** Sends parts and what closes the connection; all that comes back. */
const talk = async (server, parts, { last = true } = {}) => {
  const socket = net.connect(server.address().port, "127.0.0.1");
  await once(socket, "connect");
  let out = "";
  socket.on("data", (bytes) => (out += bytes.toString("latin1")));
  socket.on("error", (error) => (out += `<${error.code}>`));
  const closed = new Promise((resolve) => socket.on("close", resolve));
  for (const part of [].concat(parts)) {
    socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (last) socket.write(LAST);
  await closed;
  return clean(out);
};
const make = async (options, listener, change) => {
  const server = http.createServer(options, (request, response) => (request.url === "/last" ? response.end("last") : listener(request, response)));
  change?.(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};

const plain = await make({}, (request, response) => {
  request.resume();
  response.end(request.url);
});
console.log(await talk(plain, `GET /1 HTTP/1.1\r\n${HOST}\r\nGET /2 HTTP/1.1\r\n${HOST}\r\n`));
console.log(await talk(plain, `GET /1 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, { last: false }));
console.log(await talk(plain, "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
console.log(await talk(plain, `HEAD /1 HTTP/1.1\r\n${HOST}\r\n`));
console.log(await talk(plain, [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`, "3\r\nab", "c\r", "\n0\r\nX: y\r", "\n\r\nGET /n HTTP/1.1\r\nHost: z\r\n\r\n"]));
console.log(await talk(plain, [..."GET /slowly HTTP/1.1\r\nHost: x\r\n\r\n"]));
plain.close();

const answers = {
  stream(response) { response.write("a"); response.write(Buffer.from("b")); response.end("c"); },
  turns(response) { response.write("a"); setImmediate(() => response.end("b")); },
  length(response) { response.setHeader("Content-Length", 3); response.end("abc"); },
  none(response) { response.writeHead(204); response.end("ignored"); },
  same(response) { response.statusCode = 304; response.end(); },
  trailers(response) { response.writeHead(200, { Trailer: "X-T", "Content-Type": "t" }); response.write("body"); response.addTrailers({ "X-T": "v" }); response.end(); },
  early(response) { response.writeEarlyHints({ link: ["</a>; rel=preload", "</b>"], "x-y": "z" }); response.writeProcessing(); response.end("x"); },
  list(response) { response.writeHead(200, "Fine", ["A", "1", "A", "2", "Set-Cookie", "q"]); response.end(); },
  merged(response) { response.setHeader("A", "0"); response.setHeader("B", ["1", "2"]); response.writeHead(201, { a: "3" }); response.end("m"); },
  bare(response) { response.sendDate = false; response.removeHeader("connection"); response.end("n"); },
  unframed(response) { response.removeHeader("transfer-encoding"); response.write("n"); response.end(); },
  close(response) { response.setHeader("Connection", "close"); response.end("bye"); },
  flushed(response) { response.flushHeaders(); setImmediate(() => response.end("late")); },
  strict(response) {
    response.strictContentLength = true;
    response.setHeader("Content-Length", 5);
    try {
      response.end("abc");
    } catch (error) {
      console.log(error.code);
      response.destroy();
    }
  },
  unicode(response) { response.end("ü"); },
  encodings(response) { response.write("ab", "utf16le"); response.end("cd", "hex"); },
  empty(response) { response.end(); },
  gone(response) { response.socket.destroy(); },
  information(response) { response.writeInformation(199, { "X-I": "1" }); response.end("i"); },
};
const various = await make({}, (request, response) => answers[request.url.slice(1)](response));
for (const name of Object.keys(answers)) console.log(name, await talk(various, `GET /${name} HTTP/1.1\r\n${HOST}\r\n`, { last: !["unframed", "close", "strict", "gone"].includes(name) }));
console.log(await talk(various, "GET /stream HTTP/1.0\r\n\r\n", { last: false }));
various.close();

// Limits.
const small = await make({ maxHeaderSize: 100 }, (request, response) => response.end());
console.log(await talk(small, `GET / HTTP/1.1\r\n${HOST}A: ${"x".repeat(200)}\r\n\r\n`, { last: false }));
small.close();
const few = await make({}, (request, response) => response.end("x"), (server) => {
  server.maxRequestsPerSocket = 2;
  server.on("dropRequest", () => console.log("dropRequest"));
});
console.log(await talk(few, `GET / HTTP/1.1\r\n${HOST}\r\n`.repeat(3), { last: false }));
few.close();
const brief = await make({ keepAliveTimeout: 20, keepAliveTimeoutBuffer: 5 }, (request, response) => response.end("x"));
console.log(await talk(brief, `GET / HTTP/1.1\r\n${HOST}\r\n`, { last: false }));
brief.close();
const hurried = await make({ headersTimeout: 30, requestTimeout: 60, connectionsCheckingInterval: 10 }, (request) => {
  request.on("error", (error) => console.log("request", error.code));
  request.resume();
});
console.log(await talk(hurried, "GET / HTTP/1.1\r\n", { last: false }));
console.log(await talk(hurried, `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nab`, { last: false }));
console.log(await talk(hurried, [], { last: false }));
hurried.on("clientError", (error, socket) => {
  console.log(error.code, error.message);
  socket.destroy();
});
console.log(await talk(hurried, "GET / HTTP/1.1\r\n", { last: false }));
hurried.close();
const timing = await make({}, () => {}, (server) => server.setTimeout(20));
console.log("timeout", await talk(timing, `GET / HTTP/1.1\r\n${HOST}\r\n`, { last: false }));
timing.on("timeout", (socket) => {
  console.log("of the server");
  socket.destroy();
});
await talk(timing, `GET / HTTP/1.1\r\n${HOST}\r\n`, { last: false });
timing.close();
const own = await make({}, (request, response) => {
  request.setTimeout(15, () => console.log("of the request"));
  response.setTimeout(15, () => response.end("late"));
});
console.log(await talk(own, `GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, { last: false }));
own.close();

// Expectations.
const expecting = await make({}, (request, response) => {
  request.resume();
  response.end("plain");
});
const POST = `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`;
console.log(await talk(expecting, [POST, "hi"]));
console.log(await talk(expecting, `GET / HTTP/1.1\r\n${HOST}Expect: other\r\n\r\n`));
expecting.on("checkContinue", (request, response) => {
  response.writeContinue();
  request.on("data", (bytes) => console.log(`${bytes}`));
  request.on("end", () => response.end("done"));
});
expecting.on("checkExpectation", (request, response) => {
  response.writeHead(417);
  response.end("no");
});
console.log(await talk(expecting, [POST, "hi"]));
console.log(await talk(expecting, `GET / HTTP/1.1\r\n${HOST}Expect: other\r\n\r\n`));
expecting.close();

// The life of a request and its answer.
let over;
const living = await make({}, (request, response) => {
  const seen = [];
  for (const event of ["aborted", "error", "end", "close"]) request.on(event, (error) => seen.push(`request.${event}${error ? `:${error.code}` : ""}`));
  for (const event of ["finish", "close"]) response.on(event, () => seen.push(`response.${event}`));
  const both = Promise.all([once(response, "close"), new Promise((resolve) => request.on("close", resolve))]);
  both.then(() => over([...seen.sort(), request.complete, request.destroyed, response.writableFinished, response.destroyed].join(" ")));
  if (request.url === "/answered") response.end("ok");
  else request.socket.destroySoon();
});
for (const text of [`GET /answered HTTP/1.1\r\n${HOST}\r\n`, `POST /answered HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`, `GET /cut HTTP/1.1\r\n${HOST}\r\n`, `POST /cut HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc`]) {
  const told = new Promise((resolve) => (over = resolve));
  await talk(living, text, { last: text.includes("answered") });
  console.log(await told);
}
living.close();

// Closing.
const closing = await make({}, (request, response) => {
  if (request.url === "/idle") response.end("i");
  else closing.emit("busy");
});
const connections = [net.connect(closing.address().port, "127.0.0.1"), net.connect(closing.address().port, "127.0.0.1")];
const [idle, busy] = connections;
const arrives = once(closing, "busy");
busy.write(`GET /busy HTTP/1.1\r\n${HOST}\r\n`);
await arrives;
idle.write(`GET /idle HTTP/1.1\r\n${HOST}\r\n`);
await once(idle, "data");
console.log(await new Promise((resolve) => closing.getConnections((error, count) => resolve(count))));
busy.on("error", () => {});
const idleClosed = once(idle, "close");
closing.closeIdleConnections();
await idleClosed;
console.log("idle closed", busy.destroyed);
const busyClosed = once(busy, "close");
const serverClosed = new Promise((resolve) => closing.close(resolve));
closing.closeAllConnections();
busy.resume();
await busyClosed;
await serverClosed;
console.log("closed", closing.listening);

// Headers, tunnels, and connections that are no sockets.
const loose = await make({ requireHostHeader: false, joinDuplicateHeaders: true }, (request, response) => response.end(JSON.stringify([request.headers, request.rawHeaders, request.headersDistinct])));
console.log(await talk(loose, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Y: 1\r\nx-y: 2\r\nCookie: a\r\nCookie: b\r\nConnection: close\r\n\r\n", { last: false }));
loose.close();
const tunnel = await make({}, () => {});
console.log("no listener:", await talk(tunnel, `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`, { last: false }));
tunnel.on("connect", (request, socket, head) => {
  console.log(request.method, request.url, request.headers.host, `${head}`);
  socket.end("HTTP/1.1 200 OK\r\n\r\ntunnel");
});
console.log(await talk(tunnel, `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\nhead`, { last: false }));
tunnel.close();
const [client, side] = duplexPair();
http.createServer((request, response) => response.end(`pair ${request.url}`)).emit("connection", side);
client.write(`GET /pair HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
let pair = "";
for await (const bytes of client) pair += bytes;
console.log(clean(pair));

// Mistakes of programs.
for (const options of [{ requestTimeout: -1 }, { headersTimeout: 5, requestTimeout: 4 }, { requireHostHeader: 1 }, { keepAliveTimeout: "a" }, 5, { maxHeaderSize: "x" }]) {
  try {
    http.createServer(options);
    console.log("fine");
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const lone = new http.ServerResponse({ method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 });
for (const call of [
  () => lone.write(null), () => lone.write(5), () => lone.writeHead(99), () => new http.ServerResponse({}).writeHead(200, "a\nb"), () => lone.setHeader("a", "\n"),
  () => lone.setHeader("a"), () => lone.addTrailers({ "a b": 1 }), () => lone.setHeaders([]), () => lone.writeEarlyHints({ link: "x" }), () => lone.getHeader(1), () => lone.end(5),
]) {
  try {
    call();
    console.log("fine");
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
