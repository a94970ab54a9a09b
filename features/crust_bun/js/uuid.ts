// Bun.randomUUIDv7: identifiers that sort by the time they were made.

let lastTime = 0;
let counter = 0;

/** 12 bits of a counter follow the time, so that identifiers of one millisecond keep their order. */
const COUNTER_LIMIT = 0x1000;
/** A counter starts in the lower half, so that it seldom runs over within its millisecond. */
const COUNTER_START = 0x800;

function nextCounter(time: number, random: Uint8Array): number {
  if (time !== lastTime) {
    lastTime = time;
    counter = (((random[6] as number) << 8) | (random[7] as number)) % COUNTER_START;
  } else {
    counter = (counter + 1) % COUNTER_LIMIT;
  }
  return counter;
}

export function randomUUIDv7(encoding: "hex" | "base64" | "base64url" | "buffer" = "hex", timestamp: number | Date = Date.now()): string | Buffer {
  const time = Math.trunc(Number(timestamp));
  if (!(time >= 0)) throw new RangeError("timestamp must be a non-negative number of milliseconds");
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  const sequence = nextCounter(time, bytes);
  for (let i = 0; i < 6; i++) bytes[i] = Math.trunc(time / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  if (encoding === "buffer") return Buffer.from(bytes.buffer);
  if (encoding === "base64" || encoding === "base64url") return Buffer.from(bytes.buffer).toString(encoding);
  if (encoding !== "hex") throw new TypeError("Encoding must be one of base64, base64url, hex, or buffer");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
