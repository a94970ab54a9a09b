// A two-way descriptor of a child beyond its first three, as a Duplex.

import { Duplex } from "crust:node/internal/streams/duplex";
import * as native from "crust:ops/process";

export function openDuplex(fd: number): any {
  let stream: any;
  const pipe: number = native.pipeOpen(fd, true, (chunk: Uint8Array | null, error?: Error) => {
    if (error !== undefined) stream.destroy(error);
    else if (chunk === null) stream.push(null);
    else if (!stream.push(require("crust:node/buffer").Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) native.pipeRead(pipe, false);
  });
  stream = new (Duplex as any)({
    read: () => native.pipeRead(pipe, true),
    write(chunk: Uint8Array, _encoding: string, done: (error?: unknown) => void) {
      if (native.pipeWrite(pipe, chunk, (error: unknown) => done(error ?? undefined))) done();
    },
    destroy(error: unknown, done: (error: unknown) => void) {
      native.pipeClose(pipe);
      done(error);
    },
  });
  return stream;
}
