// What a client may not say (RFC 6455, RFC 7692), each on a connection of its own: the close code the server answers with,
// what its program saw, and that another connection goes on. The list is that of the sections 1 to 7, 9 and 10 of Autobahn's.
import { deflateRawSync } from "node:zlib";
import { RawClient, frame } from "./raw.ts";

let seen: string[] = [];
const server = Bun.serve({
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    maxPayloadLength: 1000,
    perMessageDeflate: true,
    message: (socket, message) => {
      if (message === "still here?") return void socket.send("yes");
      seen.push(typeof message === "string" ? `text ${message.length}` : `bytes ${message.length}`);
    },
    ping: (_socket, data) => void seen.push(`ping ${data.length}`),
    pong: (_socket, data) => void seen.push(`pong ${data.length}`),
    close: (_socket, code) => void seen.push(`close ${code}`),
  },
});
const other = new WebSocket(server.url.href.replace("http", "ws"));
await new Promise((resolve) => (other.onopen = resolve));

const code = (code: number, reason: string | Uint8Array = "") => Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]);
async function show(name: string, frames: Uint8Array[], { cut = false, extensions = "" } = {}): Promise<void> {
  seen = [];
  const bytes = cut ? [...Buffer.concat(frames)].map((byte) => Buffer.from([byte])) : frames;
  const client = await RawClient.open(server.port, { bytes, extensions });
  // Whatever is right is followed by an orderly close.
  const close = await client.next(({ opcode }) => opcode === 8);
  await client.closed;
  const answers = client.frames.filter(({ opcode }) => opcode !== 8).map(({ opcode, payload }) => `${opcode === 10 ? "pong" : opcode} ${payload.length}`);
  const status = close === undefined ? "no close" : close.payload.length === 0 ? "empty" : close.payload.readUInt16BE(0);
  console.log(`${name}: ${status} [${answers.join()}] ${seen.join()}`);
}
const goodbye = frame(0x88, code(1000));

for (const length of [0, 125, 126, 127, 128, 1000]) await show(`text of ${length}`, [frame(0x81, "x".repeat(length)), goodbye]);
await show("bytes", [frame(0x82, new Uint8Array(300)), goodbye]);
await show("too long", [frame(0x82, new Uint8Array(1001)), goodbye]);
await show("too long by its head", [frame(0x82, "", { claim: 2 ** 40 })]);
await show("length of 2^63", [frame(0x82, "", { claim: 2 ** 62 }).map((byte, index) => (index === 2 ? 0x80 : byte))]);
await show("too long in fragments", [frame(0x02, new Uint8Array(600)), frame(0x80, new Uint8Array(600))]);
await show("not masked", [frame(0x81, "x", { masked: false })]);

await show("ping", [frame(0x89, "payload"), goodbye]);
await show("ping without payload", [frame(0x89), goodbye]);
await show("ping of 125", [frame(0x89, "p".repeat(125)), goodbye]);
await show("ping of 126", [frame(0x89, "p".repeat(126))]);
await show("ten pings", [...Array.from({ length: 10 }, (_, index) => frame(0x89, "p".repeat(index))), goodbye]);
await show("pong nobody asked for", [frame(0x8a, "x"), frame(0x89, "y"), goodbye]);
await show("fragmented ping", [frame(0x09, "a"), frame(0x80, "b")]);
await show("fragmented close", [frame(0x08, code(1000))]);

for (const bits of [0x10, 0x20, 0x30, 0x40]) await show(`reserved bits ${bits.toString(16)}`, [frame(0x81 | bits, "x")]);
await show("reserved bit of a ping", [frame(0x89 | 0x40, "x")], { extensions: "permessage-deflate" });
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) await show(`opcode ${opcode}`, [frame(0x80 | opcode, "x")]);

await show("fragments", [frame(0x01, "he"), frame(0x00, "ll"), frame(0x80, "o"), goodbye]);
await show("fragments with a ping between", [frame(0x01, "he"), frame(0x89, "p"), frame(0x80, "llo"), goodbye]);
await show("empty fragments", [frame(0x01), frame(0x00), frame(0x80), goodbye]);
await show("fragments in single bytes", [frame(0x01, "he"), frame(0x89, "p"), frame(0x80, "llo"), goodbye], { cut: true });
await show("continuation of nothing", [frame(0x80, "x")]);
await show("text within a text", [frame(0x01, "a"), frame(0x81, "b")]);
await show("close within a text", [frame(0x01, "a"), goodbye]);

const utf8 = (hex: string) => Buffer.from(hex, "hex");
await show("text beyond ASCII", [frame(0x81, "κόσμε €😀"), goodbye]);
await show("character cut by a fragment", [frame(0x01, utf8("f09f")), frame(0x80, utf8("9880")), goodbye]);
for (const [name, hex] of [
  ["a byte of nothing", "61ff62"],
  ["an overlong form", "c0af"],
  ["a surrogate", "eda080"],
  ["beyond U+10FFFF", "f4908080"],
  ["a character that ends early", "f09f98"],
] as const) {
  await show(name, [frame(0x81, utf8(hex))]);
  await show(`${name}, in fragments`, [frame(0x01, utf8(hex).subarray(0, 1)), frame(0x80, utf8(hex).subarray(1))]);
}
await show("bytes that are no text", [frame(0x82, utf8("61ff62")), goodbye]);

await show("close without a code", [frame(0x88)]);
await show("close of one byte", [frame(0x88, "x")]);
await show("close with a reason", [frame(0x88, code(1000, "bye"))]);
await show("close with a reason of 123", [frame(0x88, code(1000, "x".repeat(123)))]);
await show("close with a reason that is no text", [frame(0x88, code(1000, utf8("ff")))]);
for (const right of [1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]) await show(`close ${right}`, [frame(0x88, code(right))]);
for (const wrong of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]) await show(`close ${wrong}`, [frame(0x88, code(wrong))]);
await show("after a close", [goodbye, frame(0x81, "late"), frame(0x89, "late")]);

const extensions = "permessage-deflate";
const packed = (text: string) => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
await show("compressed", [frame(0xc1, packed("x".repeat(900))), goodbye], { extensions });
await show("compressed, in fragments", [frame(0x41, packed("x".repeat(900)).subarray(0, 3)), frame(0x80, packed("x".repeat(900)).subarray(3)), goodbye], { extensions });
await show("compressed to too much", [frame(0xc1, packed("x".repeat(1001)))], { extensions });
await show("a bomb of 100 MB", [frame(0xc1, packed("x".repeat(100_000_000)).subarray(0, 900))], { extensions });
await show("rubbish as compressed", [frame(0xc1, "rubbish")], { extensions });
await show("compressed text that is no text", [frame(0xc1, deflateRawSync(utf8("61ff62"), { finishFlush: 2 }).subarray(0, -4))], { extensions });
await show("compressed continuation", [frame(0x41, packed("xx").subarray(0, 1)), frame(0xc0, packed("xx").subarray(1))], { extensions });

other.send("still here?");
console.log(await new Promise((resolve) => (other.onmessage = ({ data }) => resolve(data))));
seen = [];
other.close();
server.stop(true);
