// WebSockets over node:http by packages: ws on both ends with compression, socket.io from polling to WebSocket, elysia.
import http from "node:http";
import { once } from "node:events";
import { Elysia } from "elysia";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { WebSocket as Client, WebSocketServer } from "ws";

const server = http.createServer((_, response) => response.end("plain"));
const sockets = new WebSocketServer({ server, path: "/ws", perMessageDeflate: true });
sockets.on("connection", (socket, request) => socket.on("message", (data, isBinary) => socket.send(`${request.url} ${String(data).length}`, { binary: isBinary })));
// One of its own: the other refuses paths that are not its.
const polled = http.createServer();
const app = new Server(polled);
app.on("connection", (socket) => socket.on("add", (one: number, other: number, answer: (sum: number) => void) => answer(one + other)));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const base = `127.0.0.1:${(server.address() as any).port}`;
console.log(await (await fetch(`http://${base}/`)).text());

const client = new Client(`ws://${base}/ws`, { perMessageDeflate: true });
await once(client, "open");
client.send("x".repeat(100_000));
const [data] = await once(client, "message");
console.log(String(data), client.extensions);
client.close(4000, "over");
const [code] = await once(client, "close");
console.log(code);

sockets.close();
server.close();

polled.listen(0, "127.0.0.1");
await once(polled, "listening");
const remote = io(`http://127.0.0.1:${(polled.address() as any).port}`, { forceNew: true });
await new Promise((resolve) => remote.io.engine.once("upgrade", resolve));
console.log(await remote.emitWithAck("add", 20, 22), remote.io.engine.transport.name);
remote.disconnect();
await app.close();

const elysia = new Elysia({ aot: true }).get("/id/:id", ({ params: { id } }) => ({ id })).ws("/ws", { message: (socket, message) => void socket.send({ message }) });
if ("Bun" in globalThis) {
  elysia.listen(0);
  console.log(await (await fetch(`http://127.0.0.1:${elysia.server!.port}/id/7`)).json());
  const socket = new WebSocket(`ws://127.0.0.1:${elysia.server!.port}/ws`);
  socket.onopen = () => socket.send("hi");
  console.log(await new Promise((resolve) => (socket.onmessage = (event) => resolve(event.data))));
  socket.close();
  await elysia.stop(true);
}
console.log("done");
process.exit(0);
