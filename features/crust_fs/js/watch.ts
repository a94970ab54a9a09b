// `fs.watch` (inotify), its async iterator, and `fs.watchFile` (polling).

import * as native from "crust:ops/fs";
import { codes, AbortError } from "crust:node/internal/errors";
import { EventEmitter } from "crust:node/events";
import { validateFunction } from "crust:node/internal/validators";
import { makeStats } from "crust:fs/stats";
import { encodePath, toOptions, toPath } from "crust:fs/support";

const Base = EventEmitter as any;
type Listener = (event: string, name: any) => void;

class FSWatcher extends Base {
  #id: number;
  #closed = false;

  constructor(path: string, recursive: boolean, persistent: boolean, encoding: string | undefined) {
    super();
    this.#id = native.watchOpen(path, recursive, (event: string, name: string) => this.emit("change", event, encodePath(name, encoding)));
    if (!persistent) native.watchRef(this.#id, false);
  }
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    native.watchClose(this.#id);
    process.nextTick(() => this.emit("close"));
  }
  ref(): this {
    if (!this.#closed) native.watchRef(this.#id, true);
    return this;
  }
  unref(): this {
    if (!this.#closed) native.watchRef(this.#id, false);
    return this;
  }
}

export function watch(path: unknown, options?: any, listener?: Listener): FSWatcher {
  if (typeof options === "function") {
    listener = options;
    options = undefined;
  }
  const { recursive = false, persistent = true, encoding, signal } = toOptions(options, {});
  const watcher = new FSWatcher(toPath(path, "filename"), recursive, persistent, encoding);
  if (listener !== undefined) {
    validateFunction(listener, "listener");
    watcher.on("change", listener);
  }
  signal?.addEventListener("abort", () => watcher.close(), { once: true });
  return watcher;
}

export async function* watchIterator(path: unknown, options?: any): AsyncGenerator<{ eventType: string; filename: any }> {
  const pending: { eventType: string; filename: any }[] = [];
  let wake: (() => void) | undefined;
  const signal = options?.signal;
  const watcher = watch(path, options, (eventType, filename) => {
    pending.push({ eventType, filename });
    wake?.();
  });
  signal?.addEventListener("abort", () => wake?.(), { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
      const event = pending.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => { wake = resolve; });
    }
  } finally {
    watcher.close();
  }
}

class StatWatcher extends Base {
  #timer: any;
  #previous: any;

  constructor(path: string, interval: number, persistent: boolean, bigint: boolean) {
    super();
    const look = (): any => makeStats(native.stat(false, path, true, false) ?? new Array(18).fill(0), bigint);
    this.#previous = look();
    this.#timer = setInterval(() => {
      const current = look();
      const previous = this.#previous;
      if (current.mtimeMs === previous.mtimeMs && current.ctimeMs === previous.ctimeMs && current.size === previous.size && current.ino === previous.ino) return;
      this.#previous = current;
      this.emit("change", current, previous);
    }, interval);
    if (!persistent) this.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
    this.emit("stop");
  }
  ref(): this {
    this.#timer.ref();
    return this;
  }
  unref(): this {
    this.#timer.unref();
    return this;
  }
}

const watched = new Map<string, StatWatcher>();

export function watchFile(path: unknown, options?: any, listener?: any): StatWatcher {
  if (typeof options === "function") {
    listener = options;
    options = undefined;
  }
  validateFunction(listener, "listener");
  const name = require("crust:node/path").resolve(toPath(path, "filename"));
  let watcher = watched.get(name);
  if (watcher === undefined) {
    watched.set(name, (watcher = new StatWatcher(name, options?.interval ?? 5007, options?.persistent ?? true, options?.bigint === true)));
  }
  watcher.on("change", listener);
  return watcher;
}

export function unwatchFile(path: unknown, listener?: any): void {
  if (path === undefined) throw new codes.ERR_INVALID_ARG_TYPE!("path", ["string", "Buffer", "URL"], path);
  const name = require("crust:node/path").resolve(toPath(path, "filename"));
  const watcher = watched.get(name);
  if (watcher === undefined) return;
  if (typeof listener === "function") watcher.removeListener("change", listener);
  else watcher.removeAllListeners("change");
  if (watcher.listenerCount("change") === 0) {
    watcher.stop();
    watched.delete(name);
  }
}
