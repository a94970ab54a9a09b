// A file as a ReadableStream of byte chunks. Opens at the first read and closes at the end. Pipes and
// terminals are read by the event loop, so that nobody waits for them in a thread.

import * as native from "crust:ops/fs";
import { ReadableStream } from "crust:web/streams/readable";

export function streamOf(place: string | number, start: number, end: number, chunk: number): any {
  if (typeof place === "number" && !isFile(place)) return streamOfPipe(place);
  let fd = typeof place === "number" ? place : -1;
  let position = start;
  const close = (): void => {
    if (typeof place === "string" && fd >= 0) native.close(false, fd);
    fd = -1;
  };
  return new ReadableStream({
    async pull(controller: any) {
      if (fd < 0) fd = await native.open(true, place, 0, 0o666);
      const wanted = end < 0 ? chunk : Math.min(chunk, end - position);
      let bytes: Uint8Array;
      try {
        bytes = wanted <= 0 ? new Uint8Array(0) : await native.read(true, fd, wanted, typeof place === "number" && start === 0 ? null : position);
      } catch (error) {
        close();
        throw error;
      }
      position += bytes.length;
      if (bytes.length === 0) {
        close();
        controller.close();
      } else controller.enqueue(bytes);
    },
    cancel: close,
  }, { highWaterMark: 0 } as never);
}

function isFile(fd: number): boolean {
  try {
    return (native.fstat(false, fd)[1] & 0o170000) === 0o100000;
  } catch {
    return true;
  }
}

function streamOfPipe(fd: number): any {
  const pipes = require("crust:ops/process");
  let pipe = -1;
  let settle: ((chunk: Uint8Array | null) => void) | undefined;
  let fail: ((error: unknown) => void) | undefined;
  return new ReadableStream({
    async pull(controller: any) {
      if (pipe < 0) {
        pipe = pipes.pipeOpen(fd, false, (chunk: Uint8Array | null, error?: unknown) => {
          pipes.pipeRead(pipe, false);
          if (error !== undefined) fail?.(error);
          else settle?.(chunk);
        });
      }
      const chunk = await new Promise<Uint8Array | null>((resolve, reject) => {
        settle = resolve;
        fail = reject;
        pipes.pipeRead(pipe, true);
      });
      if (chunk === null) {
        pipes.pipeClose(pipe);
        controller.close();
      } else controller.enqueue(chunk);
    },
    cancel() {
      if (pipe >= 0) pipes.pipeClose(pipe);
    },
  }, { highWaterMark: 0 } as never);
}
