// `Readable`: a source that is read, flows, or is iterated. Buffers up to its high water mark and asks `_read` for more.

import EventEmitter from "node:events";
import { Buffer } from "node:buffer";
import { codes } from "crust:node/internal/errors";
import { construct, destroy, errorOrDestroy, undestroy } from "crust:node/internal/streams/destroy";
import { highWaterMarkOf } from "crust:node/internal/streams/high_water_mark";
import { prependListener, Stream } from "crust:node/internal/streams/legacy";
import { validateObject } from "crust:node/internal/validators";

const EE: any = EventEmitter;
const kPaused = Symbol("kPaused");

/** 1 GiB: a larger read request is refused instead of raising the mark. */
const MAX_HIGH_WATER_MARK = 0x40000000;

export class ReadableState {
  objectMode: boolean;
  highWaterMark: number;
  buffer: any[] = [];
  /** Chunks before this index have been read; the array is trimmed now and then. */
  bufferIndex = 0;
  length = 0;
  pipes: any[] = [];
  flowing: boolean | null = null;
  ended = false;
  endEmitted = false;
  reading = false;
  constructed = true;
  // `_read` may answer at once: then `readable` waits for the next tick.
  sync = true;
  needReadable = false;
  emittedReadable = false;
  readableListening = false;
  resumeScheduled = false;
  errorEmitted = false;
  emitClose: boolean;
  autoDestroy: boolean;
  destroyed = false;
  errored: any = null;
  closed = false;
  closeEmitted = false;
  defaultEncoding: string;
  awaitDrainWriters: any = null;
  multiAwaitDrain = false;
  readingMore = false;
  dataEmitted = false;
  decoder: any = null;
  encoding: string | null = null;
  readable?: boolean;
  [kPaused]: boolean | null = null;

  constructor(options: any, _stream: any, isDuplex: boolean) {
    this.objectMode = Boolean(options?.objectMode) || (isDuplex && Boolean(options?.readableObjectMode));
    this.highWaterMark = highWaterMarkOf(options, this.objectMode, "readableHighWaterMark", isDuplex);
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.defaultEncoding = options?.defaultEncoding || "utf8";
    if (options?.encoding) setDecoder(this, options.encoding);
  }

  get paused(): boolean {
    return this[kPaused] !== false && this[kPaused] !== null;
  }

  get pipesCount(): number {
    return this.pipes.length;
  }
}

function setDecoder(state: ReadableState, encoding: string): void {
  const { StringDecoder } = require("node:string_decoder");
  state.decoder = new StringDecoder(encoding);
  state.encoding = state.decoder.encoding;
}

export function Readable(this: any, options?: any): any {
  if (!(this instanceof Readable)) return new (Readable as any)(options);
  initReadable(this, options, false);
  Stream.call(this, options);
  adoptReadableOptions(this, options);
  construct(this, () => {
    if (this._readableState.needReadable) maybeReadMore(this, this._readableState);
  });
}
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);

export function initReadable(stream: any, options: any, isDuplex: boolean): void {
  stream._readableState = new ReadableState(options, stream, isDuplex);
}

export function adoptReadableOptions(stream: any, options: any): void {
  if (!options) return;
  if (typeof options.read === "function") stream._read = options.read;
  if (typeof options.destroy === "function") stream._destroy = options.destroy;
  if (typeof options.construct === "function") stream._construct = options.construct;
  if (options.signal) require("crust:node/internal/streams/add_abort_signal").addAbortSignalNoValidate(options.signal, stream);
}

const proto: any = Readable.prototype;

(Readable as any).ReadableState = ReadableState;

proto.destroy = destroy;
proto._undestroy = undestroy;
proto._destroy = function (error: any, callback: (error?: any) => void) {
  callback(error);
};
proto[EE.captureRejectionSymbol] = function (error: any) {
  this.destroy(error);
};
proto[Symbol.asyncDispose] = function (): Promise<void> {
  let error: any;
  if (!this.destroyed) {
    const { AbortError } = require("crust:node/internal/errors");
    error = this.readableEnded ? null : new AbortError();
    this.destroy(error);
  }
  const { eos } = require("crust:node/internal/streams/end_of_stream");
  return new Promise((resolve, reject) => eos(this, (failure: any) => (failure && failure !== error ? reject(failure) : resolve())));
};

// ---- Producing

proto.push = function push(chunk: any, encoding?: string): boolean {
  return addToBuffer(this, chunk, encoding, false);
};
proto.unshift = function unshift(chunk: any, encoding?: string): boolean {
  return addToBuffer(this, chunk, encoding, true);
};
proto._read = function _read(): void {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED!("_read()");
};

function canPushMore(state: ReadableState): boolean {
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

/** Chunks of a byte stream become Buffers, or strings of the stream's own encoding. */
function toChunk(state: ReadableState, chunk: any, encoding: string | undefined, toFront: boolean): { chunk: any; encoding: string } | Error {
  if (typeof chunk === "string") {
    const from = encoding || state.defaultEncoding;
    if (state.encoding === from) return { chunk, encoding: from };
    const bytes = (Buffer as any).from(chunk, from);
    if (toFront && state.encoding) return { chunk: bytes.toString(state.encoding), encoding: from };
    return { chunk: bytes, encoding: "" };
  }
  if (chunk instanceof (Buffer as any)) return { chunk, encoding: "" };
  if (ArrayBuffer.isView(chunk)) return { chunk: (Buffer as any).from(chunk.buffer, chunk.byteOffset, chunk.byteLength), encoding: "" };
  return new codes.ERR_INVALID_ARG_TYPE!("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
}

function addToBuffer(stream: any, chunk: any, encoding: string | undefined, toFront: boolean): boolean {
  const state: ReadableState = stream._readableState;
  let bytesEncoding = "";
  if (!state.objectMode && chunk !== null && chunk !== undefined) {
    const made = toChunk(state, chunk, encoding, toFront);
    if (made instanceof Error) {
      errorOrDestroy(stream, made);
      return false;
    }
    ({ chunk, encoding: bytesEncoding } = made);
  }
  if (chunk === null || (chunk === undefined && !state.objectMode)) {
    state.reading = false;
    onEndOfInput(stream, state);
    return false;
  }
  if (!state.objectMode && chunk.length <= 0) {
    state.reading = false;
    maybeReadMore(stream, state);
    return canPushMore(state);
  }
  if (toFront) {
    if (state.endEmitted) errorOrDestroy(stream, new codes.ERR_STREAM_UNSHIFT_AFTER_END_EVENT!());
    else if (state.destroyed || state.errored) return false;
    else addChunk(stream, state, chunk, true);
  } else if (state.ended) errorOrDestroy(stream, new codes.ERR_STREAM_PUSH_AFTER_EOF!());
  else if (state.destroyed || state.errored) return false;
  else {
    state.reading = false;
    if (state.decoder && !bytesEncoding && !(state.objectMode && typeof chunk === "string")) {
      chunk = state.decoder.write(chunk);
      if (state.objectMode || chunk.length !== 0) addChunk(stream, state, chunk, false);
      else maybeReadMore(stream, state);
    } else addChunk(stream, state, chunk, false);
  }
  return canPushMore(state);
}

function addChunk(stream: any, state: ReadableState, chunk: any, toFront: boolean): void {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
    // Nothing waits before it: straight to the listeners.
    forgetDrains(state);
    state.dataEmitted = true;
    stream.emit("data", chunk);
  } else {
    state.length += state.objectMode ? 1 : chunk.length;
    if (!toFront) state.buffer.push(chunk);
    else if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
    else state.buffer.unshift(chunk);
    if (state.needReadable) emitReadable(stream);
  }
  maybeReadMore(stream, state);
}

function forgetDrains(state: ReadableState): void {
  if (state.multiAwaitDrain) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function onEndOfInput(stream: any, state: ReadableState): void {
  if (state.ended) return;
  if (state.decoder) {
    const chunk = state.decoder.end();
    if (chunk?.length) {
      state.buffer.push(chunk);
      state.length += state.objectMode ? 1 : chunk.length;
    }
  }
  state.ended = true;
  if (state.sync) emitReadable(stream);
  else {
    state.needReadable = false;
    state.emittedReadable = true;
    emitReadableNow(stream);
  }
}

function emitReadable(stream: any): void {
  const state: ReadableState = stream._readableState;
  state.needReadable = false;
  if (!state.emittedReadable) {
    state.emittedReadable = true;
    process.nextTick(emitReadableNow, stream);
  }
}

function emitReadableNow(stream: any): void {
  const state: ReadableState = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length || state.ended)) {
    stream.emit("readable");
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  // A scheduled resume starts the flow itself, after its event.
  if (!state.resumeScheduled) flow(stream);
}

/** Reads ahead until the mark, each time on a later tick than the push that made room. */
function maybeReadMore(stream: any, state: ReadableState): void {
  if (state.readingMore || !state.constructed) return;
  state.readingMore = true;
  process.nextTick(readMore, stream, state);
}

function readMore(stream: any, state: ReadableState): void {
  while (!state.reading && !state.ended && (state.length < state.highWaterMark || (state.flowing && state.length === 0))) {
    const before = state.length;
    stream.read(0);
    if (before === state.length) break;
  }
  state.readingMore = false;
}

// ---- Reading

function nextPowerOfTwo(n: number): number {
  if (n > MAX_HIGH_WATER_MARK) throw new codes.ERR_OUT_OF_RANGE!("size", "<= 1GiB", n);
  let size = 1;
  while (size < n) size *= 2;
  return size;
}

function sizeToRead(n: number, state: ReadableState): number {
  if (n <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  // Without a size: one chunk as it was pushed; text that waits comes in one piece.
  if (Number.isNaN(n)) return state.length && (state.flowing || !state.decoder) ? state.buffer[state.bufferIndex].length : state.length;
  if (n <= state.length) return n;
  return state.ended ? state.length : 0;
}

proto.read = function read(n?: number): any {
  if (n === undefined) n = Number.NaN;
  else if (!Number.isInteger(n)) n = Number.parseInt(n as any, 10);
  const state: ReadableState = this._readableState;
  const asked = n;
  if (n > state.highWaterMark) state.highWaterMark = nextPowerOfTwo(n);
  if (n !== 0) state.emittedReadable = false;
  if (n === 0 && state.needReadable && ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark : state.length > 0) || state.ended)) {
    if (state.length === 0 && state.ended) endReadable(this);
    else emitReadable(this);
    return null;
  }
  n = sizeToRead(n, state);
  if (n === 0 && state.ended) {
    if (state.length === 0) endReadable(this);
    return null;
  }
  let doRead = state.needReadable || state.length === 0 || state.length - n < state.highWaterMark;
  if (state.ended || state.reading || state.destroyed || state.errored || !state.constructed) doRead = false;
  if (doRead) {
    callRead(this, state);
    if (!state.reading) n = sizeToRead(asked, state);
  }
  const chunk = n > 0 ? takeFromBuffer(n, state) : null;
  if (chunk === null) {
    state.needReadable = state.length <= state.highWaterMark;
    n = 0;
  } else {
    state.length -= n;
    forgetDrains(state);
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    if (asked !== n && state.ended) endReadable(this);
  }
  if (chunk !== null && !state.errored && !state.closeEmitted) {
    state.dataEmitted = true;
    this.emit("data", chunk);
  }
  return chunk;
};

function callRead(stream: any, state: ReadableState): void {
  state.reading = true;
  state.sync = true;
  if (state.length === 0) state.needReadable = true;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    errorOrDestroy(stream, error);
  }
  state.sync = false;
}

function dropRead(state: ReadableState, index: number): void {
  if (index === state.buffer.length) {
    state.buffer.length = 0;
    state.bufferIndex = 0;
  } else if (index > 1024) {
    state.buffer.splice(0, index);
    state.bufferIndex = 0;
  } else state.bufferIndex = index;
}

/** Takes `n` bytes (or one object) off the buffer; the caller keeps `length`. */
function takeFromBuffer(n: number, state: ReadableState): any {
  if (state.length === 0) return null;
  const { buffer } = state;
  let at = state.bufferIndex;
  if (state.objectMode) {
    const chunk = buffer[at];
    buffer[at] = null;
    dropRead(state, at + 1);
    return chunk;
  }
  if (!n || n >= state.length) {
    const rest = at === 0 ? buffer : buffer.slice(at);
    const all = state.decoder ? rest.join("") : rest.length === 1 ? rest[0] : (Buffer as any).concat(rest, state.length);
    buffer.length = 0;
    state.bufferIndex = 0;
    return all;
  }
  const parts: any[] = [];
  let missing = n;
  while (missing > 0) {
    const chunk = buffer[at];
    if (chunk.length > missing) {
      parts.push(chunk.slice(0, missing));
      buffer[at] = chunk.slice(missing);
      break;
    }
    parts.push(chunk);
    missing -= chunk.length;
    buffer[at++] = null;
  }
  dropRead(state, at);
  return state.decoder ? parts.join("") : parts.length === 1 ? parts[0] : (Buffer as any).concat(parts, n);
}

function endReadable(stream: any): void {
  const state: ReadableState = stream._readableState;
  if (state.endEmitted) return;
  state.ended = true;
  process.nextTick(emitEnd, state, stream);
}

function emitEnd(state: ReadableState, stream: any): void {
  if (state.errored || state.closeEmitted || state.endEmitted || state.length !== 0) return;
  state.endEmitted = true;
  stream.emit("end");
  if (stream.writable && stream.allowHalfOpen === false) process.nextTick(endWritableSide, stream);
  else if (state.autoDestroy) {
    const w = stream._writableState;
    if (!w || (w.autoDestroy && (w.finished || w.writable === false))) stream.destroy();
  }
}

function endWritableSide(stream: any): void {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

// ---- Flowing

function flow(stream: any): void {
  const state: ReadableState = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

proto.isPaused = function isPaused(): boolean {
  return this._readableState[kPaused] === true || this._readableState.flowing === false;
};

proto.setEncoding = function setEncoding(encoding: string): any {
  const state: ReadableState = this._readableState;
  setDecoder(state, encoding);
  let text = "";
  for (const chunk of state.buffer.slice(state.bufferIndex)) text += state.decoder.write(chunk);
  state.buffer.length = 0;
  state.bufferIndex = 0;
  if (text !== "") state.buffer.push(text);
  state.length = text.length;
  return this;
};

proto.resume = function resume(): any {
  const state: ReadableState = this._readableState;
  if (state.destroyed) return this;
  if (!state.flowing) {
    // With a `readable` listener the stream is read, not made to flow.
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      process.nextTick(resumeNow, this, state);
    }
  }
  state[kPaused] = false;
  return this;
};

function resumeNow(stream: any, state: ReadableState): void {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit("resume");
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}

proto.pause = function pause(): any {
  const state: ReadableState = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit("pause");
  }
  state[kPaused] = true;
  return this;
};

proto.on = function on(event: string | symbol, listener: (...args: any[]) => void): any {
  const result = Stream.prototype.on.call(this, event, listener);
  const state: ReadableState = this._readableState;
  if (event === "data") {
    state.readableListening = this.listenerCount("readable") > 0;
    if (state.flowing !== false) this.resume();
  } else if (event === "readable" && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length) emitReadable(this);
    else if (!state.reading) process.nextTick((self: any) => self.read(0), this);
  }
  return result;
};
proto.addListener = proto.on;

proto.removeListener = function removeListener(event: string | symbol, listener: (...args: any[]) => void): any {
  const result = Stream.prototype.removeListener.call(this, event, listener);
  if (event === "readable") process.nextTick(updateListening, this);
  else if (event === "data" && this.listenerCount("data") === 0) this._readableState.dataListening = false;
  return result;
};
proto.off = proto.removeListener;

proto.removeAllListeners = function removeAllListeners(event?: string | symbol): any {
  const result = Stream.prototype.removeAllListeners.apply(this, arguments as any);
  if (event === "readable" || event === undefined) process.nextTick(updateListening, this);
  return result;
};

function updateListening(self: any): void {
  const state: ReadableState = self._readableState;
  state.readableListening = self.listenerCount("readable") > 0;
  if (state.resumeScheduled && state[kPaused] === false) state.flowing = true;
  else if (self.listenerCount("data") > 0) self.resume();
  else if (!state.readableListening) state.flowing = null;
}

// ---- Piping

proto.pipe = function pipe(target: any, options?: { end?: boolean }): any {
  const source = this;
  const state: ReadableState = this._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(target);
  const doEnd = options?.end !== false && target !== process.stdout && target !== process.stderr;
  const endListener = doEnd ? onEnd : unpipe;
  if (state.endEmitted) process.nextTick(endListener);
  else source.once("end", endListener);
  target.on("unpipe", onUnpipe);
  let drain: (() => void) | undefined;
  let cleaned = false;

  function onUnpipe(readable: any, info: any): void {
    if (readable === source && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanup();
    }
  }
  function onEnd(): void {
    target.end();
  }
  function unpipe(): void {
    source.unpipe(target);
  }
  function cleanup(): void {
    target.removeListener("close", onClose);
    target.removeListener("finish", onFinish);
    if (drain) target.removeListener("drain", drain);
    target.removeListener("error", onError);
    target.removeListener("unpipe", onUnpipe);
    source.removeListener("end", onEnd);
    source.removeListener("end", unpipe);
    source.removeListener("data", onData);
    cleaned = true;
    // The target that was waited for is gone: what it held back must go on.
    if (drain && state.awaitDrainWriters && (!target._writableState || target._writableState.needDrain)) drain();
  }
  function pause(): void {
    if (!cleaned) {
      if (state.pipes.length === 1 && state.pipes[0] === target) {
        state.awaitDrainWriters = target;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(target)) state.awaitDrainWriters.add(target);
      source.pause();
    }
    if (!drain) {
      drain = drainListener(source, target);
      target.on("drain", drain);
    }
  }
  function onData(chunk: any): void {
    if (target.write(chunk) === false) pause();
  }
  function onError(error: any): void {
    unpipe();
    target.removeListener("error", onError);
    if (target.listenerCount("error") !== 0) return;
    const s = target._writableState || target._readableState;
    if (s && !s.errorEmitted) errorOrDestroy(target, error);
    else target.emit("error", error);
  }
  function onClose(): void {
    target.removeListener("finish", onFinish);
    unpipe();
  }
  function onFinish(): void {
    target.removeListener("close", onClose);
    unpipe();
  }

  source.on("data", onData);
  prependListener(target, "error", onError);
  target.once("close", onClose);
  target.once("finish", onFinish);
  target.emit("pipe", source);
  if (target.writableNeedDrain === true) pause();
  else if (!state.flowing) source.resume();
  return target;
};

function drainListener(source: any, target: any): () => void {
  return () => {
    const state: ReadableState = source._readableState;
    if (state.awaitDrainWriters === target) state.awaitDrainWriters = null;
    else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(target);
    if ((!state.awaitDrainWriters || state.awaitDrainWriters.size === 0) && source.listenerCount("data")) source.resume();
  };
}

proto.unpipe = function unpipe(target?: any): any {
  const state: ReadableState = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!target) {
    const targets = state.pipes;
    state.pipes = [];
    this.pause();
    for (const one of targets) one.emit("unpipe", this, { hasUnpiped: false });
    return this;
  }
  const index = state.pipes.indexOf(target);
  if (index === -1) return this;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) this.pause();
  target.emit("unpipe", this, { hasUnpiped: false });
  return this;
};

// ---- Iterating and adapting

/** Wraps a stream of the first generation. */
proto.wrap = function wrap(stream: any): any {
  let paused = false;
  stream.on("data", (chunk: any) => {
    if (!this.push(chunk) && stream.pause) {
      paused = true;
      stream.pause();
    }
  });
  stream.on("end", () => this.push(null));
  stream.on("error", (error: any) => errorOrDestroy(this, error));
  stream.on("close", () => this.destroy());
  stream.on("destroy", () => this.destroy());
  this._read = () => {
    if (paused && stream.resume) {
      paused = false;
      stream.resume();
    }
  };
  for (const key of Object.keys(stream)) if (this[key] === undefined && typeof stream[key] === "function") this[key] = stream[key].bind(stream);
  return this;
};

proto[Symbol.asyncIterator] = function (): AsyncIterableIterator<any> {
  return require("crust:node/internal/streams/async_iterator").createAsyncIterator(this);
};
proto.iterator = function iterator(options?: any): AsyncIterableIterator<any> {
  if (options !== undefined) validateObject(options, "options");
  return require("crust:node/internal/streams/async_iterator").createAsyncIterator(this, options);
};

(Readable as any).from = function from(iterable: any, options?: any): any {
  return require("crust:node/internal/streams/from").from(Readable, iterable, options);
};
(Readable as any).wrap = function wrap(source: any, options?: any): any {
  return new (Readable as any)({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error: any, callback: (error?: any) => void) {
      require("crust:node/internal/streams/destroy").destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};
(Readable as any).fromWeb = function fromWeb(stream: any, options?: any): any {
  return require("crust:node/internal/streams/web_adapters").readableFromWeb(stream, options);
};
(Readable as any).toWeb = function toWeb(stream: any, options?: any): any {
  return require("crust:node/internal/streams/web_adapters").readableToWeb(stream, options);
};

// ---- Views of the state

function view(get: (state: ReadableState, self: any) => any, set?: (this: any, value: any) => void): PropertyDescriptor {
  return {
    get(this: any) {
      return this._readableState ? get(this._readableState, this) : undefined;
    },
    ...(set && { set }),
    enumerable: false,
    configurable: true,
  };
}

Object.defineProperties(proto, {
  readable: {
    get(this: any) {
      const r = this._readableState;
      // A stream that was never readable, or has nothing left to say, is not.
      return Boolean(r) && r.readable !== false && !r.destroyed && !r.errorEmitted && !r.endEmitted;
    },
    set(this: any, value: boolean) {
      if (this._readableState) this._readableState.readable = Boolean(value);
    },
    configurable: true,
  },
  readableDidRead: view((state) => state.dataEmitted),
  readableAborted: view((state) => Boolean(state.readable !== false && (state.destroyed || state.errored) && !state.endEmitted)),
  readableHighWaterMark: view((state) => state.highWaterMark),
  readableBuffer: view((state) => state.buffer.slice(state.bufferIndex)),
  readableFlowing: view((state) => state.flowing, function (this: any, value: any) {
    if (this._readableState) this._readableState.flowing = value;
  }),
  readableLength: view((state) => state.length),
  readableObjectMode: { get(this: any) { return this._readableState ? this._readableState.objectMode : false; }, configurable: true },
  readableEncoding: { get(this: any) { return this._readableState ? this._readableState.encoding : null; }, configurable: true },
  errored: { get(this: any) { return this._readableState ? this._readableState.errored : null; }, configurable: true },
  closed: { get(this: any) { return this._readableState ? this._readableState.closed : false; }, configurable: true },
  destroyed: {
    get(this: any) {
      return this._readableState ? this._readableState.destroyed : false;
    },
    set(this: any, value: boolean) {
      if (this._readableState) this._readableState.destroyed = value;
    },
    configurable: true,
  },
  readableEnded: { get(this: any) { return this._readableState ? this._readableState.endEmitted : false; }, configurable: true },
});

export function readableErroredOf(stream: any): any {
  return stream._readableState?.errored ?? null;
}

// Operators (`map`, `filter`, …) load when the first of them is called.
const streamOperators = ["drop", "filter", "flatMap", "map", "take", "compose"];
const promiseOperators = ["every", "forEach", "reduce", "toArray", "some", "find"];
for (const name of [...streamOperators, ...promiseOperators]) {
  const method = {
    [name](this: any, ...args: any[]) {
      const { operators } = require("crust:node/internal/streams/operators");
      const result = Reflect.apply(operators[name], this, args);
      return streamOperators.includes(name) && name !== "compose" ? (Readable as any).from(result) : result;
    },
  }[name];
  Object.defineProperty(proto, name, { value: method, enumerable: false, configurable: true, writable: true });
}
