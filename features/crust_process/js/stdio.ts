// `process.stdin`, `process.stdout` and `process.stderr`: node streams by what the descriptor is.
// Output goes through the console's buffer, so that both keep their order.

import * as native from "crust:ops/process";
import { write as writeText, writeBytes } from "crust:ops/console";
import { Writable } from "crust:node/internal/streams/writable";

function isTerminal(fd: number): boolean {
  return native.descriptorKind(fd) === "TTY";
}

// A file or pipe: written at once, closed by nobody.
function makeOutput(fd: number): any {
  const kind = native.descriptorKind(fd);
  if (kind === "TTY") return keepOpen(new (require("crust:process/tty").WriteStream)(fd), fd);
  const stream: any = new (Writable as any)({
    decodeStrings: false,
    write(chunk: string | Uint8Array, encoding: string, done: (error?: unknown) => void) {
      writeOutput(fd, chunk, encoding);
      done();
    },
  });
  stream._type = kind === "FILE" ? "fs" : "pipe";
  return keepOpen(stream, fd);
}

/** Writes text or bytes to a standard descriptor. */
export function writeOutput(fd: number, chunk: string | Uint8Array, encoding: string): void {
  if (typeof chunk !== "string") writeBytes(fd, chunk);
  else if (encoding === "utf8" || encoding === "utf-8") writeText(fd, chunk);
  else writeBytes(fd, require("crust:node/buffer").Buffer.from(chunk, encoding));
}

function keepOpen(stream: any, fd: number): any {
  stream.fd = fd;
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  stream._destroy = (error: unknown, done: (error: unknown) => void) => done(error);
  return stream;
}

export const stdout = (): unknown => makeOutput(1);
export const stderr = (): unknown => makeOutput(2);

export function stdin(): unknown {
  const { InputStream } = require("crust:process/input");
  if (isTerminal(0)) return new (require("crust:process/tty").ReadStream)(0);
  const stream = new InputStream(0);
  return stream;
}
