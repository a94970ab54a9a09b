// `fs.ReadStream` and `fs.WriteStream`: files as streams. Open when made, close when done.

import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateFunction, validateInteger } from "crust:node/internal/validators";
import { Readable } from "crust:node/internal/streams/readable";
import { Writable } from "crust:node/internal/streams/writable";
import { finished } from "crust:node/stream";
import { handleDescriptor, toBuffer, toDescriptor, toOptions, toPath } from "crust:fs/support";
import fs from "crust:fs/fs";

const CHUNK = 65536;

function prepare(stream: any, path: unknown, options: any, defaultFlags: string): any {
  const settings = toOptions(options, {});
  stream.fd = null;
  stream._handle = undefined;
  const { fd } = settings;
  if (fd !== undefined && fd !== null) {
    if (typeof fd === "object" && handleDescriptor in fd) {
      stream._handle = fd;
      stream.fd = fd[handleDescriptor];
      fd.once?.("close", () => stream.close?.());
    } else stream.fd = toDescriptor(fd);
    stream.path = path === undefined || path === null ? undefined : path;
  } else stream.path = typeof path === "string" ? path : toPath(path) && path;
  stream.flags = settings.flags ?? defaultFlags;
  stream.mode = settings.mode ?? 0o666;
  const overrides = settings.fs;
  stream._fs = overrides === undefined || overrides === null ? fs : overrides;
  if (overrides) for (const name of ["open", "close"]) if (overrides[name] !== undefined) validateFunction(overrides[name], `options.fs.${name}`);
  stream.start = settings.start;
  stream.bytesRead = 0;
  if (settings.start !== undefined) {
    validateInteger(settings.start, "start", 0);
    stream.pos = settings.start;
  }
  return settings;
}

function open(stream: any, done: (error?: unknown) => void): void {
  if (stream.fd !== null) {
    done();
    return;
  }
  stream._fs.open(toPath(stream.path), stream.flags, stream.mode, (error: unknown, fd: number) => {
    if (error) {
      done(error);
      return;
    }
    stream.fd = fd;
    done();
    stream.emit("open", fd);
    stream.emit("ready");
  });
}

function close(stream: any, error: unknown, done: (error?: unknown) => void): void {
  const fd = stream.fd;
  stream.fd = null;
  if (stream._handle !== undefined) {
    stream._handle.close().then(() => done(error), (failure: unknown) => done(failure ?? error));
    return;
  }
  if (typeof fd !== "number") {
    done(error);
    return;
  }
  stream._fs.close(fd, (failure: unknown) => done(failure ?? error));
}

// Calls `then` when the stream does nothing with its descriptor any more.
function whenIdle(stream: any, then: () => void): void {
  if (stream._busy) stream.once("crust.idle", then);
  else then();
}
function idle(stream: any): void {
  stream._busy = false;
  if (stream.destroyed) stream.emit("crust.idle");
}

export function ReadStream(this: any, path?: unknown, options?: any): any {
  if (!(this instanceof ReadStream)) return new (ReadStream as any)(path, options);
  const settings = prepare(this, path, options, "r");
  this.end = settings.end ?? Infinity;
  if (settings.end !== undefined && settings.end !== Infinity) validateInteger(settings.end, "end", 0);
  if (settings.start !== undefined && this.end !== Infinity && settings.start > this.end) {
    throw new codes.ERR_OUT_OF_RANGE!("start", `<= "end" (here: ${this.end})`, settings.start);
  }
  if (settings.autoClose !== undefined) validateBoolean(settings.autoClose, "autoClose");
  (Readable as any).call(this, {
    highWaterMark: settings.highWaterMark ?? CHUNK, encoding: settings.encoding ?? undefined, autoDestroy: settings.autoClose ?? true,
    emitClose: settings.emitClose ?? true, objectMode: settings.objectMode, signal: settings.signal,
  });
}
Object.setPrototypeOf(ReadStream, Readable as object);
ReadStream.prototype = Object.create((Readable as any).prototype, { constructor: { value: ReadStream, writable: true, configurable: true } });
Object.assign(ReadStream.prototype, {
  _construct(this: any, done: (error?: unknown) => void): void {
    open(this, done);
  },
  _read(this: any, size: number): void {
    const wanted = this.pos === undefined ? (this.end === Infinity ? size : Math.min(size, this.end - this.bytesRead + 1)) : Math.min(size, this.end - this.pos + 1);
    if (wanted <= 0) {
      this.push(null);
      return;
    }
    this._busy = true;
    const target = toBuffer(new Uint8Array(wanted));
    this._fs.read(this.fd, target, 0, wanted, this.pos ?? null, (error: unknown, count: number) => {
      idle(this);
      if (this.destroyed) return;
      if (error) {
        this.destroy(error);
        return;
      }
      if (count === 0) {
        this.push(null);
        return;
      }
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      this.push(count === wanted ? target : count < wanted / 2 ? toBuffer(target.slice(0, count).slice()) : target.subarray(0, count));
    });
  },
  _destroy(this: any, error: unknown, done: (error?: unknown) => void): void {
    whenIdle(this, () => close(this, error, done));
  },
  close(this: any, callback?: (error?: unknown) => void): void {
    if (callback !== undefined) finished(this, callback);
    this.destroy();
  },
});
Object.defineProperty(ReadStream.prototype, "pending", { get(this: any) { return this.fd === null; }, configurable: true });

export function WriteStream(this: any, path?: unknown, options?: any): any {
  if (!(this instanceof WriteStream)) return new (WriteStream as any)(path, options);
  const settings = prepare(this, path, options, "w");
  this.bytesWritten = 0;
  if (settings.start !== undefined && settings.flags === undefined) this.flags = "w";
  if (settings.flush !== undefined && settings.flush !== null) validateBoolean(settings.flush, "options.flush");
  this.flush = settings.flush ?? false;
  (Writable as any).call(this, {
    highWaterMark: settings.highWaterMark, decodeStrings: true, defaultEncoding: settings.encoding ?? "utf8", autoDestroy: settings.autoClose ?? true,
    emitClose: settings.emitClose ?? true, signal: settings.signal,
  });
}
Object.setPrototypeOf(WriteStream, Writable as object);
WriteStream.prototype = Object.create((Writable as any).prototype, { constructor: { value: WriteStream, writable: true, configurable: true } });

function writeAll(stream: any, bytes: Uint8Array, done: (error?: unknown) => void): void {
  stream._fs.write(stream.fd, bytes, 0, bytes.byteLength, stream.pos ?? null, (error: unknown, count: number) => {
    if (error) {
      done(error);
      return;
    }
    stream.bytesWritten += count;
    if (stream.pos !== undefined) stream.pos += count;
    if (count < bytes.byteLength && !stream.destroyed) writeAll(stream, bytes.subarray(count), done);
    else done();
  });
}

function busyWrite(this: any, bytes: Uint8Array, done: (error?: unknown) => void): void {
  this._busy = true;
  writeAll(this, bytes, (error) => {
    idle(this);
    done(error);
  });
}

Object.assign(WriteStream.prototype, {
  _construct(this: any, done: (error?: unknown) => void): void {
    open(this, done);
  },
  _write(this: any, chunk: Uint8Array, _encoding: string, done: (error?: unknown) => void): void {
    busyWrite.call(this, chunk, done);
  },
  _writev(this: any, chunks: { chunk: Uint8Array }[], done: (error?: unknown) => void): void {
    const all = require("crust:node/buffer").Buffer.concat(chunks.map(({ chunk }) => chunk));
    busyWrite.call(this, all, done);
  },
  _destroy(this: any, error: unknown, done: (error?: unknown) => void): void {
    whenIdle(this, () => {
      if (this.flush && !error && typeof this.fd === "number") fs.fsync(this.fd, (failure: unknown) => close(this, failure, done));
      else close(this, error, done);
    });
  },
  close(this: any, callback?: (error?: unknown) => void): void {
    if (callback !== undefined) {
      if (this.closed) {
        process.nextTick(callback as never);
        return;
      }
      this.on("close", callback);
    }
    if (!this.autoClose && this.autoClose !== undefined) this.on("finish", this.destroy);
    this.end();
  },
});
Object.defineProperty(WriteStream.prototype, "pending", { get(this: any) { return this.fd === null; }, configurable: true });
WriteStream.prototype.destroySoon = (WriteStream.prototype as any).end;
