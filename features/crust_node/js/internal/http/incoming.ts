// `http.IncomingMessage`: a message as it is read, a request on servers and an answer on clients. Reads no socket
// itself: the connection pushes the body.

import { AbortError } from "crust:node/internal/errors";
import { eos } from "crust:node/internal/streams/end_of_stream";
import { Readable } from "crust:node/internal/streams/readable";
import { lowerName } from "crust:node/internal/http/parser";

const kHeaders = Symbol("kHeaders");
const kHeadersDistinct = Symbol("kHeadersDistinct");
const kTrailers = Symbol("kTrailers");
const kTrailersDistinct = Symbol("kTrailersDistinct");
const kSignal = Symbol("kSignal");

/** Fields of which only the first counts. */
const single = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

export function IncomingMessage(this: any, socket?: any): any {
  if (!(this instanceof (IncomingMessage as any))) return new (IncomingMessage as any)(socket);
  (Readable as any).call(this, { highWaterMark: socket?.readableHighWaterMark });
  this.socket = socket;
  this.httpVersionMajor = null;
  this.httpVersionMinor = null;
  this.httpVersion = null;
  this.complete = false;
  this[kHeaders] = null;
  this.rawHeaders = [];
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = "";
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = socket;
  this._consuming = false;
  // Set when nobody reads the body, so that the connection can go on.
  this._dumped = false;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

const proto: any = IncomingMessage.prototype;

function distinct(raw: string[]): Record<string, string[]> {
  const made: Record<string, string[]> = Object.create(null);
  for (let index = 0; index < raw.length; index += 2) {
    const key = lowerName(raw[index]!) ?? raw[index]!.toLowerCase();
    (made[key] ??= []).push(raw[index + 1]!);
  }
  return made;
}

function joined(message: any, raw: string[]): Record<string, any> {
  const made = {};
  for (let index = 0; index < raw.length; index += 2) message._addHeaderLine(raw[index], raw[index + 1], made);
  return made;
}

function lazy(name: string, key: symbol, make: (message: any) => unknown): void {
  Object.defineProperty(proto, name, {
    get(this: any) {
      return (this[key] ??= make(this));
    },
    set(this: any, value: unknown) {
      this[key] = value;
    },
    enumerable: false,
    configurable: true,
  });
}
lazy("headers", kHeaders, (message) => joined(message, message.rawHeaders));
lazy("headersDistinct", kHeadersDistinct, (message) => distinct(message.rawHeaders));
lazy("trailers", kTrailers, (message) => joined(message, message.rawTrailers));
lazy("trailersDistinct", kTrailersDistinct, (message) => distinct(message.rawTrailers));
lazy("signal", kSignal, (message) => {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new AbortError());
  if (message.destroyed) abort();
  else message.once("close", abort);
  return controller.signal;
});
Object.defineProperty(proto, "connection", {
  get(this: any) {
    return this.socket;
  },
  set(this: any, socket: unknown) {
    this.socket = socket;
  },
  enumerable: false,
  configurable: true,
});

/** Names and values in turn as headers, or as trailers behind the body. */
proto._addHeaderLines = function (lines: string[], count: number): void {
  if (!lines?.length) return;
  const known = this.complete ? "rawTrailers" : "rawHeaders";
  this[known] = lines.length === count ? lines : lines.slice(0, count);
  this[this.complete ? kTrailers : kHeaders] = undefined;
};

/** A field into `made`, by what is known of repetitions. */
proto._addHeaderLine = function (name: string, value: string, made: Record<string, any>): void {
  const key = lowerName(name) ?? name.toLowerCase();
  const before = made[key];
  if (key === "set-cookie") {
    if (before === undefined) made[key] = [value];
    else before.push(value);
  } else if (before === undefined) {
    if (key === "__proto__") Object.defineProperty(made, key, { value, enumerable: true, writable: true, configurable: true });
    else made[key] = value;
  } else if (key === "cookie") {
    made[key] = `${before}; ${value}`;
  } else if (this.joinDuplicateHeaders || !single.has(key)) {
    made[key] = `${before}, ${value}`;
  }
};
proto._addHeaderLineDistinct = function (name: string, value: string, made: Record<string, string[]>): void {
  (made[name.toLowerCase()] ??= []).push(value);
};

proto.setTimeout = function (milliseconds: number, callback?: () => void): any {
  if (callback) this.on("timeout", callback);
  this.socket.setTimeout(milliseconds);
  return this;
};

proto._read = function (): void {
  this._consuming = true;
  // Read to its end the body asks for nothing: what follows is another message's.
  if (!this.complete && this.socket?.readable) this.socket.resume?.();
};

// An error that nobody listens to is told by `aborted` and `close`.
function over(message: any, error: any, done: (error?: any) => void): void {
  if (message.listenerCount("error") === 0) done();
  else done(error);
}

proto._destroy = function (error: any, done: (error?: any) => void): void {
  if (!this.readableEnded || !this.complete) {
    this.aborted = true;
    this.emit("aborted");
  }
  const { socket } = this;
  if (!this.aborted || !socket || socket.destroyed) {
    process.nextTick(over, this, error, done);
    return;
  }
  socket.destroy(error);
  const stop = eos(socket, (failure: any) => {
    stop();
    const reason = failure?.code === "ERR_STREAM_PREMATURE_CLOSE" ? null : failure;
    process.nextTick(over, this, reason || error, done);
  });
};

/** Throws the rest of the body away. */
proto._dump = function (): void {
  if (this._dumped) return;
  this._dumped = true;
  // Listeners of data that comes too late would only be told of nothing.
  this.removeAllListeners("data");
  this.resume();
};
proto._dumpAndCloseReadable = function (): void {
  this._dumped = true;
  this._readableState.ended = true;
  this._readableState.endEmitted = true;
  this._readableState.destroyed = true;
  this._readableState.closed = true;
  this._readableState.closeEmitted = true;
};
