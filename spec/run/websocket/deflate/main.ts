// What perMessageDeflate agrees to, and which way it compresses. Frames are looked at, so no client hides them.
import { deflateRawSync } from "node:zlib";
import { RawClient, frame } from "./raw.ts";

const OFFER = "permessage-deflate; client_max_window_bits";
const text = "hello again and ".repeat(30);
const packed = deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
const compressed = frame(0xc1, packed);

for (const perMessageDeflate of [
  true,
  false,
  {},
  { compress: true, decompress: true },
  { compress: false, decompress: true },
  { compress: true, decompress: false },
  { compress: "shared", decompress: "dedicated" },
  { compress: "dedicated", decompress: "shared" },
  { compress: "disable", decompress: "shared" },
] as any[]) {
  const server = Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      perMessageDeflate,
      message(socket, message) {
        console.log("  got", message.length, message === text);
        socket.send(text, true);
        socket.send(text);
        socket.close();
      },
    },
  });
  for (const extensions of [OFFER, ""]) {
    const client = await RawClient.open(server.port, { extensions, bytes: [extensions === "" || perMessageDeflate === false || Object.keys(perMessageDeflate).length === 0 && perMessageDeflate !== true ? frame(0x81, text) : compressed] });
    await client.closed;
    const agreed = /sec-websocket-extensions: (.*)/i.exec(client.head)?.[1]?.split("; ").sort().join("; ") ?? "none";
    const sent = client.frames.filter(({ opcode }) => opcode === 1);
    console.log(JSON.stringify(perMessageDeflate), extensions === "" ? "not offered" : "offered", agreed, sent.map(({ rsv1, payload }) => `${rsv1 ? "compressed" : "plain"} ${payload.length < text.length}`).join());
  }
  server.stop(true);
}

// Both sides compress, and remember what they said before.
const server = Bun.serve({
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    perMessageDeflate: { compress: "dedicated", decompress: "dedicated" },
    message: (socket, message) => void socket.send(message, true),
  },
});
const client = new WebSocket(server.url.href.replace("http", "ws"));
await new Promise((resolve) => (client.onopen = resolve));
for (let round = 0; round < 5; round++) {
  const message = `${round} ${text.repeat(round * 100)}`;
  const answer = new Promise<MessageEvent>((resolve) => (client.onmessage = resolve));
  client.send(message);
  console.log(round, (await answer).data === message);
}
client.close();
server.stop(true);
