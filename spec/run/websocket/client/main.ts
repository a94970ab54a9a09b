// The client class: what its constructor refuses, states, forms of data, headers, protocols, compression, failures.
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
const refused = (work: () => unknown) => {
  try {
    log("accepted", work());
  } catch (error) {
    log((error as Error).name);
  }
};
for (const url of ["nonsense", "ftp://x/", "ws://x/#a", "ws://localhost:70000"]) refused(() => new WebSocket(url));
refused(() => new (WebSocket as any)());
for (const protocols of [["a", "a"], "a b", ""]) refused(() => new WebSocket("ws://127.0.0.1:1/", protocols));
log(WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, WebSocket.prototype.OPEN);

const server = Bun.serve({
  port: 0,
  fetch(request, server) {
    if (new URL(request.url).pathname === "/missing") return new Response("x", { status: 404 });
    log([request.headers.get("sec-websocket-protocol"), request.headers.get("x-mine"), request.headers.get("upgrade")]);
    server.upgrade(request);
  },
  websocket: {
    perMessageDeflate: true,
    message(ws, message) {
      ws.send(message, true);
    },
    close(_ws, code, reason) {
      log("server", code, reason);
    },
  },
});
const url = `ws://127.0.0.1:${server.port}`;

const early = new WebSocket(url + "/early");
refused(() => early.send("x"));
refused(() => early.close(1001 + 1999 - 1));
refused(() => early.close(1000, "x".repeat(124)));
log(early.readyState, early.url === `${url}/early`, early.bufferedAmount, early.binaryType);
early.binaryType = "other" as any;
log(early.binaryType);
await new Promise((resolve) => {
  early.onerror = (event) => log("error", (event as ErrorEvent).constructor.name);
  early.onclose = (event) => resolve(log("close", event.code, event.reason, event.wasClean));
  early.close();
  log(early.readyState);
});

const ws = new WebSocket(`${url}/echo`, { protocols: ["one", "two"], headers: { "x-mine": "yes" } } as any);
await new Promise((resolve) => ws.addEventListener("open", resolve, { once: true }));
log(ws.readyState, ws.protocol, ws.extensions);
const echo = (data: any) =>
  new Promise<any>((resolve) => {
    ws.addEventListener("message", (event) => resolve(event.data), { once: true });
    ws.send(data);
  });
const long = "compress me, é ".repeat(20_000);
log((await echo(long)) === long, await echo(""), (await echo(new Uint8Array([9, 8]))) instanceof Buffer);
ws.binaryType = "arraybuffer";
log([...new Uint8Array(await echo(new Uint16Array([1, 2])))], (await echo(new ArrayBuffer(1))) instanceof ArrayBuffer);
ws.binaryType = "blob";
log(await (await echo(new Blob(["from a blob"]))).text());
await new Promise((resolve) => {
  ws.onclose = (event) => resolve(log("close", event.code, event.reason, event.wasClean));
  ws.close(3001, "bye");
  log(ws.readyState);
});
refused(() => ws.send("late"));

for (const failing of [`${url}/missing`, "ws://127.0.0.1:1/"]) {
  await new Promise((resolve) => {
    const socket = new WebSocket(failing);
    socket.onerror = (event) => log("error", event.constructor.name);
    socket.onclose = (event) => resolve(log("close", event.code, event.wasClean));
  });
}
server.stop(true);
