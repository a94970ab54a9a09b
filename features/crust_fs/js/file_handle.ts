// FileHandle: an open file of `fs.promises`. Closes its descriptor once, and reminds when it was
// forgotten.

import { operations, readArguments } from "crust:fs/operations";
import { handleDescriptor, toBuffer } from "crust:fs/support";
import { EventEmitter } from "crust:node/events";

const Base = EventEmitter as any;

export class FileHandle extends Base {
  #fd: number;
  #closing: Promise<void> | undefined;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }
  get fd(): number {
    return this.#fd;
  }
  get [handleDescriptor](): number {
    return this.#open();
  }
  #open(): number {
    if (this.#fd < 0) throw Object.assign(new Error("EBADF: bad file descriptor"), { code: "EBADF", errno: -9 });
    return this.#fd;
  }

  async appendFile(data: unknown, options?: any): Promise<void> {
    return this.writeFile(data, options);
  }
  async chmod(mode: unknown): Promise<void> {
    return operations.fchmod!(true, this.#open(), mode);
  }
  async chown(uid: unknown, gid: unknown): Promise<void> {
    return operations.fchown!(true, this.#open(), uid, gid);
  }
  async datasync(): Promise<void> {
    return operations.fdatasync!(true, this.#open());
  }
  async sync(): Promise<void> {
    return operations.fsync!(true, this.#open());
  }
  async stat(options?: unknown): Promise<any> {
    return operations.fstat!(true, this.#open(), options);
  }
  async truncate(length?: unknown): Promise<void> {
    return operations.ftruncate!(true, this.#open(), length);
  }
  async utimes(atime: unknown, mtime: unknown): Promise<void> {
    return operations.futimes!(true, this.#open(), atime, mtime);
  }
  async readFile(options?: unknown): Promise<any> {
    return operations.readFile!(true, this.#open(), options);
  }
  async writeFile(data: any, options?: any): Promise<void> {
    if (typeof data === "object" && data !== null && !ArrayBuffer.isView(data) && (Symbol.asyncIterator in data || Symbol.iterator in data)) {
      for await (const piece of data) await operations.writeFile!(true, this.#open(), piece, options);
      return;
    }
    return operations.writeFile!(true, this.#open(), data, options);
  }
  async read(buffer?: any, offset?: any, length?: any, position?: any): Promise<{ bytesRead: number; buffer: any }> {
    const parsed = readArguments(buffer, offset, length, position);
    const bytesRead = await operations.read!(true, this.#open(), parsed.target, 0, parsed.target.length, parsed.position);
    return { bytesRead, buffer: parsed.buffer };
  }
  async write(buffer: any, ...rest: any[]): Promise<{ bytesWritten: number; buffer: any }> {
    return { bytesWritten: await operations.write!(true, this.#open(), buffer, ...rest), buffer };
  }
  async readv(buffers: any, position?: any): Promise<{ bytesRead: number; buffers: any }> {
    return { bytesRead: await operations.readv!(true, this.#open(), buffers, position), buffers };
  }
  async writev(buffers: any, position?: any): Promise<{ bytesWritten: number; buffers: any }> {
    return { bytesWritten: await operations.writev!(true, this.#open(), buffers, position), buffers };
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { bytesRead, buffer } = await this.read(new Uint8Array(65536), 0, 65536, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }
  readableWebStream(): any {
    return (globalThis as any).ReadableStream.from(this.#pieces());
  }
  readLines(options?: any): any {
    return require("node:readline").createInterface({ input: this.createReadStream({ autoClose: false, ...options }), crlfDelay: Infinity });
  }
  createReadStream(options?: any): any {
    return new (require("crust:fs/streams").ReadStream)(undefined, { ...options, fd: this });
  }
  createWriteStream(options?: any): any {
    return new (require("crust:fs/streams").WriteStream)(undefined, { ...options, fd: this });
  }

  close(): Promise<void> {
    if (this.#fd < 0) return this.#closing ?? Promise.resolve();
    const fd = this.#fd;
    this.#fd = -1;
    this.#closing = operations.close!(true, fd).then(() => {
      this.emit("close");
    });
    return this.#closing!;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export function makeHandle(fd: number): FileHandle {
  return new FileHandle(fd);
}

/** `writeFile` of an iterable or stream. */
export async function writePieces(path: any, data: any, options: any, open: (path: unknown, flags: unknown, mode: unknown) => Promise<FileHandle>): Promise<void> {
  if (path instanceof FileHandle) return path.writeFile(data, options);
  const settings = typeof options === "string" ? { encoding: options } : (options ?? {});
  const handle = await open(path, settings.flag ?? "w", settings.mode);
  try {
    for await (const piece of data) {
      settings.signal?.throwIfAborted();
      await handle.writeFile(typeof piece === "string" || ArrayBuffer.isView(piece) ? piece : toBuffer(piece), settings.encoding);
    }
  } finally {
    await handle.close();
  }
}
