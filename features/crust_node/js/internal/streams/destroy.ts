// How streams are constructed late and destroyed: errors once, then `close`, always on a later tick.

import { AbortError, aggregateTwoErrors, codes } from "crust:node/internal/errors";
import { isDestroyed, isFinished, isRequest, kIsDestroyed } from "crust:node/internal/streams/inspect_state";

const kDestroy = Symbol("kDestroy");
const kConstruct = Symbol("kConstruct");

function recordError(error: any, w: any, r: any): void {
  if (!error) return;
  // Reading the stack now keeps the place where the error was made.
  void error.stack;
  if (w && !w.errored) w.errored = error;
  if (r && !r.errored) r.errored = error;
}

/** `stream.destroy(error?, callback?)`. */
export function destroy(this: any, error?: any, callback?: (error?: any) => void): any {
  const r = this._readableState;
  const w = this._writableState;
  const state = w || r;
  if (w?.destroyed || r?.destroyed) {
    if (typeof callback === "function") callback();
    return this;
  }
  recordError(error, w, r);
  if (w) w.destroyed = true;
  if (r) r.destroyed = true;
  if (!state.constructed) {
    this.once(kDestroy, function (this: any, late: any) {
      runDestroy(this, aggregateTwoErrors(late, error), callback);
    });
  } else runDestroy(this, error, callback);
  return this;
}

function runDestroy(self: any, error: any, callback?: (error?: any) => void): void {
  let called = false;
  const onDestroy = (late?: any) => {
    if (called) return;
    called = true;
    const r = self._readableState;
    const w = self._writableState;
    recordError(late, w, r);
    if (w) w.closed = true;
    if (r) r.closed = true;
    if (typeof callback === "function") callback(late);
    if (late) process.nextTick(emitErrorAndClose, self, late);
    else process.nextTick(emitClose, self);
  };
  try {
    self._destroy(error || null, onDestroy);
  } catch (thrown) {
    onDestroy(thrown);
  }
}

function emitErrorAndClose(self: any, error: any): void {
  emitErrorOnce(self, error);
  emitClose(self);
}

function emitClose(self: any): void {
  const r = self._readableState;
  const w = self._writableState;
  if (w) w.closeEmitted = true;
  if (r) r.closeEmitted = true;
  if (w?.emitClose || r?.emitClose) self.emit("close");
}

function emitErrorOnce(self: any, error: any): void {
  const r = self._readableState;
  const w = self._writableState;
  if (w?.errorEmitted || r?.errorEmitted) return;
  if (w) w.errorEmitted = true;
  if (r) r.errorEmitted = true;
  self.emit("error", error);
}

/** Makes a destroyed stream usable again; sockets that reconnect need it. */
export function undestroy(this: any): void {
  const r = this._readableState;
  const w = this._writableState;
  const fresh = { constructed: true, closed: false, closeEmitted: false, destroyed: false, errored: null, errorEmitted: false };
  if (r) Object.assign(r, fresh, { reading: false, ended: r.readable === false, endEmitted: r.readable === false });
  if (w) {
    const off = w.writable === false;
    Object.assign(w, fresh, { finalCalled: false, prefinished: false, ended: off, ending: off, finished: off });
  }
}

/** An error of the stream's own working: destroys it, or only reports when it does not destroy itself. */
export function errorOrDestroy(stream: any, error: any, sync?: boolean): any {
  const r = stream._readableState;
  const w = stream._writableState;
  if (w?.destroyed || r?.destroyed) return stream;
  if (r?.autoDestroy || w?.autoDestroy) stream.destroy(error);
  else if (error) {
    recordError(error, w, r);
    if (sync) process.nextTick(emitErrorOnce, stream, error);
    else emitErrorOnce(stream, error);
  }
  return undefined;
}

/** Runs `_construct` on the next tick; reading and writing wait for `then`. */
export function construct(stream: any, then: () => void): void {
  if (typeof stream._construct !== "function") return;
  const r = stream._readableState;
  const w = stream._writableState;
  if (r) r.constructed = false;
  if (w) w.constructed = false;
  stream.once(kConstruct, then);
  // A duplex asks twice and is constructed once.
  if (stream.listenerCount(kConstruct) <= 1) process.nextTick(runConstruct, stream);
}

function runConstruct(stream: any): void {
  let called = false;
  const onConstruct = (error?: any) => {
    if (called) {
      errorOrDestroy(stream, error ?? new codes.ERR_MULTIPLE_CALLBACK!());
      return;
    }
    called = true;
    const r = stream._readableState;
    const w = stream._writableState;
    if (r) r.constructed = true;
    if (w) w.constructed = true;
    if ((w || r).destroyed) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  };
  try {
    stream._construct((error?: any) => process.nextTick(onConstruct, error));
  } catch (error) {
    process.nextTick(onConstruct, error);
  }
}

/** Destroys a stream of any make. */
export function destroyer(stream: any, error?: any): void {
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();
  if (stream.setHeader && typeof stream.abort === "function" && isRequest(stream)) stream.abort();
  else if (isRequest(stream.req)) stream.req.abort();
  else if (typeof stream.destroy === "function") stream.destroy(error);
  else if (typeof stream.close === "function") stream.close();
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}
