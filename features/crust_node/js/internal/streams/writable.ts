// `Writable`: a sink that takes one chunk at a time through `_write` (or several through `_writev`) and buffers the rest.

import EventEmitter from "node:events";
import { Buffer } from "node:buffer";
import { codes } from "crust:node/internal/errors";
import { construct, destroy, errorOrDestroy, undestroy } from "crust:node/internal/streams/destroy";
import { highWaterMarkOf } from "crust:node/internal/streams/high_water_mark";
import { Stream } from "crust:node/internal/streams/legacy";

const EE: any = EventEmitter;
const kOnFinished = Symbol("kOnFinished");

function nop(): void {}

type Callback = (error?: any) => void;
interface Pending {
  chunk: any;
  encoding: string;
  callback: Callback;
}

export class WritableState {
  objectMode: boolean;
  highWaterMark: number;
  finalCalled = false;
  needDrain = false;
  ending = false;
  ended = false;
  finished = false;
  destroyed = false;
  decodeStrings: boolean;
  defaultEncoding: string;
  length = 0;
  writing = false;
  corked = 0;
  sync = true;
  bufferProcessing = false;
  onwrite: Callback;
  writecb: Callback | null = null;
  writelen = 0;
  /** Callbacks of synchronous writes, run together on the next tick. */
  afterWrites: { stream: any; state: WritableState; callbacks: Callback[] } | null = null;
  buffered: (Pending | null)[] = [];
  bufferedIndex = 0;
  allNoop = true;
  pendingcb = 0;
  constructed = true;
  prefinished = false;
  errorEmitted = false;
  emitClose: boolean;
  autoDestroy: boolean;
  errored: any = null;
  closed = false;
  closeEmitted = false;
  writable?: boolean;
  [kOnFinished]: Callback[] = [];

  constructor(options: any, stream: any, isDuplex: boolean) {
    this.objectMode = Boolean(options?.objectMode) || (isDuplex && Boolean(options?.writableObjectMode));
    this.highWaterMark = highWaterMarkOf(options, this.objectMode, "writableHighWaterMark", isDuplex);
    this.decodeStrings = options?.decodeStrings !== false;
    this.defaultEncoding = options?.defaultEncoding || "utf8";
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.onwrite = (error) => onWrite(stream, error);
  }

  getBuffer(): any[] {
    return this.buffered.slice(this.bufferedIndex);
  }

  get bufferedRequestCount(): number {
    return this.buffered.length - this.bufferedIndex;
  }
}

export function Writable(this: any, options?: any): any {
  // A Duplex is no instance by its prototype chain alone; both sides call this on themselves.
  if (!(this instanceof (Writable as any))) return new (Writable as any)(options);
  initWritable(this, options, false);
  Stream.call(this, options);
  adoptWritableOptions(this, options);
  construct(this, () => afterConstruct(this));
}
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);
(Writable as any).WritableState = WritableState;

Object.defineProperty(Writable, Symbol.hasInstance, {
  value(this: any, object: any) {
    if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
    return this === Writable && Boolean(object) && object._writableState instanceof WritableState;
  },
});

export function initWritable(stream: any, options: any, isDuplex: boolean): void {
  stream._writableState = new WritableState(options, stream, isDuplex);
}

export function adoptWritableOptions(stream: any, options: any): void {
  if (!options) return;
  if (typeof options.write === "function") stream._write = options.write;
  if (typeof options.writev === "function") stream._writev = options.writev;
  if (typeof options.destroy === "function") stream._destroy = options.destroy;
  if (typeof options.final === "function") stream._final = options.final;
  if (typeof options.construct === "function") stream._construct = options.construct;
  if (options.signal) require("crust:node/internal/streams/add_abort_signal").addAbortSignalNoValidate(options.signal, stream);
}

export function afterConstruct(stream: any): void {
  const state: WritableState = stream._writableState;
  if (!state.writing) clearBuffer(stream, state);
  if (state.ending) finishMaybe(stream, state);
}

const proto: any = Writable.prototype;

proto.pipe = function pipe(): void {
  errorOrDestroy(this, new codes.ERR_STREAM_CANNOT_PIPE!());
};

/** Checks and takes one chunk; answers an error instead of throwing when the stream is past writing. */
function takeChunk(stream: any, chunk: any, encoding: any, callback: Callback): boolean | Error {
  const state: WritableState = stream._writableState;
  if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES!();
  if (!state.objectMode) {
    if (typeof chunk === "string") {
      if (state.decodeStrings) {
        chunk = (Buffer as any).from(chunk, encoding);
        encoding = "buffer";
      }
    } else if (chunk instanceof (Buffer as any)) encoding = "buffer";
    else if (ArrayBuffer.isView(chunk)) {
      chunk = (Buffer as any).from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = "buffer";
    } else throw new codes.ERR_INVALID_ARG_TYPE!("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
  }
  let error: Error | undefined;
  if (state.ending) error = new codes.ERR_STREAM_WRITE_AFTER_END!();
  else if (state.destroyed) error = new codes.ERR_STREAM_DESTROYED!("write");
  if (error) {
    process.nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb++;
  return writeOrBuffer(stream, state, chunk, callback, encoding);
}

function readEncoding(state: WritableState, encoding: any): string {
  if (!encoding) return state.defaultEncoding;
  if (encoding !== "buffer" && !(Buffer as any).isEncoding(encoding)) throw new codes.ERR_UNKNOWN_ENCODING!(encoding);
  return encoding;
}

proto.write = function write(chunk: any, encoding?: any, callback?: any): boolean {
  if (typeof encoding === "function") {
    callback = encoding;
    encoding = undefined;
  }
  return takeChunk(this, chunk, readEncoding(this._writableState, encoding), typeof callback === "function" ? callback : nop) === true;
};

function writeOrBuffer(stream: any, state: WritableState, chunk: any, callback: Callback, encoding: string): boolean {
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const belowMark = state.length < state.highWaterMark;
  if (!belowMark) state.needDrain = true;
  if (state.writing || state.corked || state.errored || !state.constructed) {
    state.buffered.push({ chunk, encoding, callback });
    if (state.allNoop && callback !== nop) state.allNoop = false;
  } else doWrite(stream, state, false, length, chunk, encoding, callback);
  // Once errored or destroyed there is no point in writing on.
  return belowMark && !state.errored && !state.destroyed;
}

function doWrite(stream: any, state: WritableState, several: boolean, length: number, chunk: any, encoding: string, callback: Callback): void {
  state.writelen = length;
  state.writecb = callback;
  state.writing = true;
  state.sync = true;
  if (state.destroyed) state.onwrite(new codes.ERR_STREAM_DESTROYED!("write"));
  else if (several) stream._writev(chunk, state.onwrite);
  else stream._write(chunk, encoding, state.onwrite);
  state.sync = false;
}

function onWriteError(stream: any, state: WritableState, error: any, callback: Callback): void {
  --state.pendingcb;
  callback(error);
  failBuffered(state);
  errorOrDestroy(stream, error);
}

function onWrite(stream: any, error?: any): void {
  const state: WritableState = stream._writableState;
  const { sync, writecb: callback } = state;
  if (typeof callback !== "function") {
    errorOrDestroy(stream, new codes.ERR_MULTIPLE_CALLBACK!());
    return;
  }
  state.writing = false;
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;
  if (error) {
    void error.stack;
    state.errored ||= error;
    if (stream._readableState && !stream._readableState.errored) stream._readableState.errored = error;
    if (sync) process.nextTick(onWriteError, stream, state, error, callback);
    else onWriteError(stream, state, error, callback);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) clearBuffer(stream, state);
  if (!sync) {
    afterWrite(stream, state, [callback]);
    return;
  }
  // Callbacks of writes that finished at once share one tick.
  if (state.afterWrites !== null) state.afterWrites.callbacks.push(callback);
  else {
    state.afterWrites = { stream, state, callbacks: [callback] };
    process.nextTick(runAfterWrites, state.afterWrites);
  }
}

function runAfterWrites({ stream, state, callbacks }: { stream: any; state: WritableState; callbacks: Callback[] }): void {
  state.afterWrites = null;
  afterWrite(stream, state, callbacks);
}

function afterWrite(stream: any, state: WritableState, callbacks: Callback[]): void {
  if (!state.ending && !stream.destroyed && state.length === 0 && state.needDrain) {
    state.needDrain = false;
    stream.emit("drain");
  }
  for (const callback of callbacks) {
    state.pendingcb--;
    callback(null);
  }
  if (state.destroyed) failBuffered(state);
  finishMaybe(stream, state);
}

/** Tells everything that waits that it will not be written. */
function failBuffered(state: WritableState): void {
  if (state.writing) return;
  for (let i = state.bufferedIndex; i < state.buffered.length; i++) {
    const { chunk, callback } = state.buffered[i]!;
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.errored ?? new codes.ERR_STREAM_DESTROYED!("write"));
  }
  callFinished(state, state.errored ?? new codes.ERR_STREAM_DESTROYED!("end"));
  resetBuffer(state);
}

function callFinished(state: WritableState, error: any): void {
  for (const callback of state[kOnFinished].splice(0)) callback(error);
}

function resetBuffer(state: WritableState): void {
  state.buffered = [];
  state.bufferedIndex = 0;
  state.allNoop = true;
}

function clearBuffer(stream: any, state: WritableState): void {
  if (state.corked || state.bufferProcessing || state.destroyed || !state.constructed) return;
  const { buffered, bufferedIndex } = state;
  const count = buffered.length - bufferedIndex;
  if (count === 0) return;
  let at = bufferedIndex;
  state.bufferProcessing = true;
  if (count > 1 && stream._writev) {
    state.pendingcb -= count - 1;
    const pending = (at === 0 ? buffered : buffered.slice(at)) as Pending[];
    const callback: Callback = state.allNoop ? nop : (error) => {
      for (const one of pending) one.callback(error);
    };
    const chunks: any = pending.slice();
    chunks.allBuffers = pending.every((one) => one.encoding === "buffer");
    doWrite(stream, state, true, state.length, chunks, "", callback);
    resetBuffer(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[at]!;
      buffered[at++] = null;
      doWrite(stream, state, false, state.objectMode ? 1 : chunk.length, chunk, encoding, callback);
    } while (at < buffered.length && !state.writing);
    if (at === buffered.length) resetBuffer(state);
    else if (at > 256) {
      buffered.splice(0, at);
      state.bufferedIndex = 0;
    } else state.bufferedIndex = at;
  }
  state.bufferProcessing = false;
}

proto._write = function _write(chunk: any, encoding: string, callback: Callback): void {
  if (!this._writev) throw new codes.ERR_METHOD_NOT_IMPLEMENTED!("_write()");
  this._writev([{ chunk, encoding }], callback);
};
proto._writev = null;

proto.cork = function cork(): void {
  this._writableState.corked++;
};
proto.uncork = function uncork(): void {
  const state: WritableState = this._writableState;
  if (!state.corked) return;
  state.corked--;
  if (!state.writing) clearBuffer(this, state);
};

proto.setDefaultEncoding = function setDefaultEncoding(encoding: any): any {
  if (typeof encoding === "string") encoding = encoding.toLowerCase();
  if (!(Buffer as any).isEncoding(encoding)) throw new codes.ERR_UNKNOWN_ENCODING!(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

proto.end = function end(chunk?: any, encoding?: any, callback?: any): any {
  const state: WritableState = this._writableState;
  if (typeof chunk === "function") {
    callback = chunk;
    chunk = undefined;
    encoding = undefined;
  } else if (typeof encoding === "function") {
    callback = encoding;
    encoding = undefined;
  }
  let error: any;
  if (chunk !== null && chunk !== undefined) {
    const result = takeChunk(this, chunk, readEncoding(state, encoding), nop);
    if (result instanceof Error) error = result;
  }
  if (state.corked) {
    state.corked = 1;
    this.uncork();
  }
  if (error === undefined) {
    if (!state.errored && !state.ending) {
      state.ending = true;
      finishMaybe(this, state, true);
      state.ended = true;
    } else if (state.finished) error = new codes.ERR_STREAM_ALREADY_FINISHED!("end");
    else if (state.destroyed) error = new codes.ERR_STREAM_DESTROYED!("end");
  }
  if (typeof callback === "function") {
    if (error) process.nextTick(callback, error);
    else if (state.errored) process.nextTick(callback, state.errored);
    else if (state.finished) process.nextTick(callback);
    else state[kOnFinished].push(callback);
  }
  return this;
};

function needFinish(state: WritableState): boolean {
  return (
    state.ending && !state.destroyed && state.constructed && state.length === 0 && !state.errored && state.buffered.length === 0 &&
    !state.finished && !state.writing && !state.errorEmitted && !state.closeEmitted
  );
}

function callFinal(stream: any, state: WritableState): void {
  let called = false;
  const onFinal = (error?: any) => {
    if (called) {
      errorOrDestroy(stream, error ?? new codes.ERR_MULTIPLE_CALLBACK!());
      return;
    }
    called = true;
    state.pendingcb--;
    if (error) {
      callFinished(state, error);
      errorOrDestroy(stream, error, state.sync);
    } else if (needFinish(state)) {
      state.prefinished = true;
      stream.emit("prefinish");
      // `_final` may answer at once: the end comes a tick later either way.
      state.pendingcb++;
      process.nextTick(finish, stream, state);
    }
  };
  state.sync = true;
  state.pendingcb++;
  try {
    stream._final(onFinal);
  } catch (error) {
    onFinal(error);
  }
  state.sync = false;
}

function prefinish(stream: any, state: WritableState): void {
  if (state.prefinished || state.finalCalled) return;
  if (typeof stream._final === "function" && !state.destroyed) {
    state.finalCalled = true;
    callFinal(stream, state);
  } else {
    state.prefinished = true;
    stream.emit("prefinish");
  }
}

function finishMaybe(stream: any, state: WritableState, sync?: boolean): void {
  if (!needFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (sync) {
    state.pendingcb++;
    process.nextTick(() => {
      if (needFinish(state)) finish(stream, state);
      else state.pendingcb--;
    });
  } else if (needFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finish(stream: any, state: WritableState): void {
  state.pendingcb--;
  state.finished = true;
  callFinished(state, null);
  stream.emit("finish");
  if (!state.autoDestroy) return;
  const r = stream._readableState;
  if (!r || (r.autoDestroy && (r.endEmitted || r.readable === false))) stream.destroy();
}

proto.destroy = function destroyWritable(error?: any, callback?: Callback): any {
  const state: WritableState = this._writableState;
  if (!state.destroyed && (state.bufferedIndex < state.buffered.length || state[kOnFinished].length > 0)) process.nextTick(failBuffered, state);
  destroy.call(this, error, callback);
  return this;
};
Object.defineProperty(proto.destroy, "name", { value: "destroy" });
proto._undestroy = undestroy;
proto._destroy = function (error: any, callback: Callback) {
  callback(error);
};
proto[EE.captureRejectionSymbol] = function (error: any) {
  this.destroy(error);
};
proto[Symbol.asyncDispose] = function (): Promise<void> {
  let error: any;
  if (!this.destroyed) {
    const { AbortError } = require("crust:node/internal/errors");
    error = this.writableFinished ? null : new AbortError();
    this.destroy(error);
  }
  const { eos } = require("crust:node/internal/streams/end_of_stream");
  return new Promise((resolve, reject) => eos(this, (failure: any) => (failure && failure.name !== "AbortError" ? reject(failure) : resolve())));
};

(Writable as any).fromWeb = function fromWeb(stream: any, options?: any): any {
  return require("crust:node/internal/streams/web_adapters").writableFromWeb(stream, options);
};
(Writable as any).toWeb = function toWeb(stream: any): any {
  return require("crust:node/internal/streams/web_adapters").writableToWeb(stream);
};

function view(get: (state: WritableState) => any, fallback?: any): PropertyDescriptor {
  return {
    get(this: any) {
      return this._writableState ? get(this._writableState) : fallback;
    },
    configurable: true,
  };
}

/** Shared with Duplex, whose prototype chain goes through Readable. */
export const writableViews: PropertyDescriptorMap = {
  writable: {
    get(this: any) {
      const w = this._writableState;
      return Boolean(w) && w.writable !== false && !w.destroyed && !w.errored && !w.ending && !w.ended;
    },
    set(this: any, value: boolean) {
      if (this._writableState) this._writableState.writable = Boolean(value);
    },
    configurable: true,
  },
  writableFinished: view((state) => state.finished, false),
  writableObjectMode: view((state) => state.objectMode, false),
  writableBuffer: view((state) => state.getBuffer()),
  writableEnded: view((state) => state.ending, false),
  writableNeedDrain: view((state) => !state.destroyed && !state.ending && state.needDrain, false),
  writableHighWaterMark: view((state) => state.highWaterMark),
  writableCorked: view((state) => state.corked, 0),
  writableLength: view((state) => state.length),
  writableAborted: view((state) => Boolean(state.writable !== false && (state.destroyed || state.errored) && !state.finished), false),
};

Object.defineProperties(proto, {
  ...writableViews,
  errored: view((state) => state.errored, null),
  closed: view((state) => state.closed, false),
  destroyed: {
    get(this: any) {
      return this._writableState ? this._writableState.destroyed : false;
    },
    set(this: any, value: boolean) {
      if (this._writableState) this._writableState.destroyed = value;
    },
    configurable: true,
  },
});
