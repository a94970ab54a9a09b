// `fs.Dir`: a directory whose entries are read one after the other. The list is taken when it is
// opened.

import * as native from "crust:ops/fs";
import { codes } from "crust:node/internal/errors";
import { makeEntries } from "crust:fs/stats";
import { then, toOptions, toPath } from "crust:fs/support";

export class Dir {
  #entries: any[];
  #next = 0;
  #closed = false;
  readonly path: string;

  constructor(path: string, entries: any[]) {
    this.path = path;
    this.#entries = entries;
  }
  readSync(): any {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED!();
    return this.#entries[this.#next++] ?? null;
  }
  read(callback?: (error: unknown, entry?: any) => void): any {
    if (callback === undefined) return new Promise((resolve) => resolve(this.readSync()));
    const entry = this.readSync();
    process.nextTick(callback as never, null as never, entry as never);
  }
  closeSync(): void {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED!();
    this.#closed = true;
    this.#entries = [];
  }
  close(callback?: (error: unknown) => void): any {
    if (callback === undefined) return new Promise<void>((resolve) => resolve(this.closeSync()));
    this.closeSync();
    process.nextTick(callback as never, null as never);
  }
  async *entries(): AsyncGenerator<any> {
    try {
      for (let entry = this.readSync(); entry !== null; entry = this.readSync()) yield entry;
    } finally {
      if (!this.#closed) this.closeSync();
    }
  }
  [Symbol.asyncIterator](): AsyncGenerator<any> {
    return this.entries();
  }
  [Symbol.dispose](): void {
    if (!this.#closed) this.closeSync();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.closeSync();
  }
}

export function openDirectory(isAsync: boolean, path: unknown, options: any): any {
  const settings = toOptions(options, {});
  const root = toPath(path);
  return then(isAsync, native.readdir(isAsync, root, settings.recursive === true, "opendir"),
    (list) => new Dir(root, makeEntries(list, root, true, settings.encoding)));
}
