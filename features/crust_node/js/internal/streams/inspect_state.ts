// Questions about streams of any generation and make: what kind they are and how far they have come.
// Only looks; never changes a stream.

export const kIsDisturbed = Symbol.for("nodejs.stream.disturbed");
export const kIsDestroyed = Symbol.for("nodejs.stream.destroyed");
export const kIsErrored = Symbol.for("nodejs.stream.errored");
export const kIsReadable = Symbol.for("nodejs.stream.readable");
export const kIsWritable = Symbol.for("nodejs.stream.writable");
export const kOnConstructed = Symbol("kOnConstructed");

export function isReadableNodeStream(value: any, strict = false): boolean {
  return Boolean(
    value && typeof value.pipe === "function" && typeof value.on === "function" &&
    (!strict || (typeof value.pause === "function" && typeof value.resume === "function")) &&
    (!value._writableState || value._readableState?.readable !== false) &&
    (!value._writableState || value._readableState),
  );
}

export function isWritableNodeStream(value: any): boolean {
  return Boolean(value && typeof value.write === "function" && typeof value.on === "function" && (!value._readableState || value._writableState?.writable !== false));
}

export function isDuplexNodeStream(value: any): boolean {
  return Boolean(value && typeof value.pipe === "function" && value._readableState && typeof value.on === "function" && typeof value.write === "function");
}

export function isNodeStream(value: any): boolean {
  return Boolean(
    value && (value._readableState || value._writableState || (typeof value.write === "function" && typeof value.on === "function") ||
    (typeof value.pipe === "function" && typeof value.on === "function")),
  );
}

export function isReadableStream(value: any): boolean {
  return Boolean(value && !isNodeStream(value) && typeof value.pipeThrough === "function" && typeof value.getReader === "function" && typeof value.cancel === "function");
}

export function isWritableStream(value: any): boolean {
  return Boolean(value && !isNodeStream(value) && typeof value.getWriter === "function" && typeof value.abort === "function");
}

export function isTransformStream(value: any): boolean {
  return Boolean(value && !isNodeStream(value) && typeof value.readable === "object" && typeof value.writable === "object");
}

export function isWebStream(value: any): boolean {
  return isReadableStream(value) || isWritableStream(value) || isTransformStream(value);
}

export function isIterable(value: any, isAsync?: boolean): boolean {
  if (value == null) return false;
  if (isAsync === true) return typeof value[Symbol.asyncIterator] === "function";
  if (isAsync === false) return typeof value[Symbol.iterator] === "function";
  return typeof value[Symbol.asyncIterator] === "function" || typeof value[Symbol.iterator] === "function";
}

export function isDestroyed(stream: any): boolean | null {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return Boolean(stream.destroyed || stream[kIsDestroyed] || state?.destroyed);
}

export function isWritableEnded(stream: any): boolean | null {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === "boolean" ? state.ended : null;
}

export function isWritableFinished(stream: any, strict?: boolean): boolean | null {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== "boolean") return null;
  return Boolean(state.finished || (strict === false && state.ended === true && state.length === 0));
}

export function isReadableEnded(stream: any): boolean | null {
  if (!isReadableNodeStream(stream)) return null;
  if (stream.readableEnded === true) return true;
  const state = stream._readableState;
  if (!state || state.errored) return false;
  return typeof state.ended === "boolean" ? state.ended : null;
}

export function isReadableFinished(stream: any, strict?: boolean): boolean | null {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== "boolean") return null;
  return Boolean(state.endEmitted || (strict === false && state.ended === true && state.length === 0));
}

export function isReadable(stream: any): boolean | null {
  if (stream && stream[kIsReadable] != null) return stream[kIsReadable];
  if (typeof stream?.readable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

export function isWritable(stream: any): boolean | null {
  if (stream && stream[kIsWritable] != null) return stream[kIsWritable];
  if (typeof stream?.writable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

export function isFinished(stream: any, options?: { readable?: boolean; writable?: boolean }): boolean | null {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  if (options?.readable !== false && isReadable(stream)) return false;
  return !(options?.writable !== false && isWritable(stream));
}

export function readableErrored(stream: any): any {
  if (!isNodeStream(stream)) return null;
  return stream.readableErrored ?? stream._readableState?.errored ?? null;
}

export function writableErrored(stream: any): any {
  if (!isNodeStream(stream)) return null;
  return stream.writableErrored ?? stream._writableState?.errored ?? null;
}

export function isClosed(stream: any): boolean | null {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === "boolean") return stream.closed;
  const { _writableState: w, _readableState: r } = stream;
  if (typeof w?.closed === "boolean" || typeof r?.closed === "boolean") return w?.closed || r?.closed;
  // An outgoing HTTP message tells by a field of its own.
  if (typeof stream._closed === "boolean" && typeof stream._defaultKeepAlive === "boolean") return stream._closed;
  return null;
}

export function isErrored(stream: any): boolean {
  return Boolean(
    stream && (stream[kIsErrored] ?? stream.readableErrored ?? stream.writableErrored ?? stream._readableState?.errorEmitted ??
    stream._writableState?.errorEmitted ?? stream._readableState?.errored ?? stream._writableState?.errored),
  );
}

export function isDisturbed(stream: any): boolean {
  return Boolean(stream && (stream[kIsDisturbed] ?? (stream.readableDidRead || stream.readableAborted)));
}

/** A client request: `abort` where streams have `destroy`. */
export function isRequest(stream: any): boolean {
  return Boolean(stream?.setHeader && typeof stream.abort === "function");
}

export function willEmitClose(stream: any): boolean | null {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  if (!state) return Boolean(typeof stream._sent100 === "boolean" && stream._removedConnection === undefined);
  return Boolean(state.autoDestroy && state.emitClose && state.closed === false);
}
