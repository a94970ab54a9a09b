// What both sides of a WebSocket share: the numbers of the natives and the forms of binary data. Holds no socket.

/** What natives tell (`src/hub.rs`). */
export const MESSAGE = 0;
export const DRAIN = 1;
export const CLOSE = 2;
export const PING = 3;
export const PONG = 4;
export const OPEN = 5;
export const FAILED = 6;
export const CONNECTED = 7;

export const TEXT = 1;
export const BINARY = 2;
export const PING_FRAME = 9;
export const PONG_FRAME = 10;

/** The form in which a program wants bytes. `bytes` owns its whole buffer. */
export function inForm(bytes: Uint8Array, form: string): unknown {
  switch (form) {
    case "arraybuffer":
      return bytes.buffer;
    case "uint8array":
      return bytes;
    case "blob":
      return new Blob([bytes as never]);
    default:
      return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** The bytes of a buffer or a view of one; undefined for anything else. */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  return undefined;
}
