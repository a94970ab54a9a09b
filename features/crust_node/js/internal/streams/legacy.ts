// `Stream`, the base of all streams: an EventEmitter with the first generation's `pipe`.

import EventEmitter from "node:events";

const EE: any = EventEmitter;

export function Stream(this: any, options?: any) {
  EE.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EE.prototype);
Object.setPrototypeOf(Stream, EE);

/** The pipe of streams that have neither reading nor writing state. */
Stream.prototype.pipe = function pipe(this: any, target: any, options?: { end?: boolean }): any {
  const source = this;
  const onData = (chunk: any) => {
    if (target.writable && target.write(chunk) === false && source.pause) source.pause();
  };
  const onDrain = () => {
    if (source.readable && source.resume) source.resume();
  };
  let ended = false;
  const onEnd = () => {
    if (ended) return;
    ended = true;
    target.end();
  };
  const onClose = () => {
    if (ended) return;
    ended = true;
    if (typeof target.destroy === "function") target.destroy();
  };
  function onError(this: any, error: unknown) {
    cleanup();
    if (this.listenerCount("error") === 0) this.emit("error", error);
  }
  const cleanup = () => {
    source.removeListener("data", onData);
    target.removeListener("drain", onDrain);
    source.removeListener("end", onEnd);
    source.removeListener("close", onClose);
    for (const side of [source, target]) side.removeListener("error", onError);
    source.removeListener("end", cleanup);
    source.removeListener("close", cleanup);
    target.removeListener("close", cleanup);
  };
  source.on("data", onData);
  target.on("drain", onDrain);
  if (!target._isStdio && options?.end !== false) {
    source.on("end", onEnd);
    source.on("close", onClose);
  }
  for (const side of [source, target]) prependListener(side, "error", onError);
  source.on("end", cleanup);
  source.on("close", cleanup);
  target.on("close", cleanup);
  target.emit("pipe", source);
  return target;
};

Stream.prototype.eventNames = function eventNames(this: any): PropertyKey[] {
  return Reflect.ownKeys(this._events ?? {}).filter((name) => this._events[name] !== undefined);
};

export function prependListener(emitter: any, event: string, listener: (...args: any[]) => void): void {
  if (typeof emitter.prependListener === "function") emitter.prependListener(event, listener);
  else emitter.on(event, listener);
}
