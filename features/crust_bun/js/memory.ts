// Bun.gc, Bun.shrink, Bun.allocUnsafe and Bun.concatArrayBuffers.
import { collectGarbage, heapUsage } from "crust:ops/core";

/** Collects garbage; answers the size of the heap in bytes. */
export function gc(force?: boolean): number {
  collectGarbage(Boolean(force));
  const [heapSize] = heapUsage();
  return heapSize as number;
}

/** Gives memory that is not in use back. */
export function shrink(): void {
  collectGarbage(true);
}

/** A typed array whose contents do not matter. */
export function allocUnsafe(size: number): Uint8Array {
  return new Uint8Array(size);
}

type Bytes = ArrayBuffer | ArrayBufferView;

function bytesOf(part: Bytes): Uint8Array {
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer || (part as unknown) instanceof SharedArrayBuffer) return new Uint8Array(part);
  throw new TypeError("Expected TypedArray");
}

/** The buffers one after the other, cut at `maxLength`; an ArrayBuffer, or bytes when asked for. */
export function concatArrayBuffers(buffers: Bytes[], maxLength = Infinity, asUint8Array = false): ArrayBuffer | Uint8Array {
  const parts = Array.from(buffers, bytesOf);
  const length = Math.min(maxLength, parts.reduce((sum, part) => sum + part.length, 0));
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (at >= length) break;
    const piece = part.subarray(0, length - at);
    all.set(piece, at);
    at += piece.length;
  }
  return asUint8Array ? all : all.buffer;
}
