// `Duplex`, `Transform` and `PassThrough`: both sides of a stream in one object.

import { codes } from "crust:node/internal/errors";
import { construct } from "crust:node/internal/streams/destroy";
import { Stream } from "crust:node/internal/streams/legacy";
import { adoptReadableOptions, initReadable, Readable } from "crust:node/internal/streams/readable";
import { adoptWritableOptions, afterConstruct, initWritable, Writable, writableViews } from "crust:node/internal/streams/writable";

export function Duplex(this: any, options?: any): any {
  if (!(this instanceof (Duplex as any))) return new (Duplex as any)(options);
  initReadable(this, options, true);
  initWritable(this, options, true);
  Stream.call(this, options);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options) {
    if (options.readable === false) {
      Object.assign(this._readableState, { readable: false, ended: true, endEmitted: true });
    }
    if (options.writable === false) {
      Object.assign(this._writableState, { writable: false, ending: true, ended: true, finished: true });
    }
    adoptReadableOptions(this, { ...options, signal: undefined });
    adoptWritableOptions(this, options);
  }
  construct(this, () => {
    if (this._readableState.needReadable) this.read(0);
    afterConstruct(this);
  });
}
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);

for (const name of ["write", "_write", "_writev", "end", "cork", "uncork", "setDefaultEncoding", "destroy"]) {
  (Duplex.prototype as any)[name] = (Writable.prototype as any)[name];
}

Object.defineProperties(Duplex.prototype, {
  ...writableViews,
  errored: {
    get(this: any) {
      return this._readableState?.errored ?? this._writableState?.errored ?? null;
    },
    configurable: true,
  },
  closed: {
    get(this: any) {
      return Boolean(this._readableState?.closed && this._writableState?.closed);
    },
    configurable: true,
  },
  destroyed: {
    get(this: any) {
      if (this._readableState === undefined || this._writableState === undefined) return false;
      return this._readableState.destroyed && this._writableState.destroyed;
    },
    set(this: any, value: boolean) {
      if (this._readableState && this._writableState) {
        this._readableState.destroyed = value;
        this._writableState.destroyed = value;
      }
    },
    configurable: true,
  },
});

(Duplex as any).from = function from(body: any): any {
  return require("crust:node/internal/streams/duplexify").duplexify(body, "body");
};
(Duplex as any).fromWeb = function fromWeb(pair: any, options?: any): any {
  return require("crust:node/internal/streams/web_adapters").duplexFromWeb(pair, options);
};
(Duplex as any).toWeb = function toWeb(duplex: any, options?: any): any {
  return require("crust:node/internal/streams/web_adapters").duplexToWeb(duplex, options);
};

// ---- Transform

const kCallback = Symbol("kCallback");

export function Transform(this: any, options?: any): any {
  if (!(this instanceof (Transform as any))) return new (Transform as any)(options);
  // A readable side that holds nothing still lets one transformed chunk through at a time.
  const readableMark = options ? options.readableHighWaterMark : undefined;
  const tight = options && readableMark === 0 ? { ...options, highWaterMark: null, readableHighWaterMark: 0, writableHighWaterMark: options.writableHighWaterMark || 0 } : options;
  Duplex.call(this, tight);
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === "function") this._transform = options.transform;
    if (typeof options.flush === "function") this._flush = options.flush;
  }
  // A subclass with a `_final` of its own still gets its flush.
  this.on("prefinish", prefinish);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function final(this: any, callback?: (error?: any) => void): void {
  if (typeof this._flush === "function" && !this.destroyed) {
    this._flush((error?: any, data?: any) => {
      if (error) {
        if (callback) callback(error);
        else this.destroy(error);
        return;
      }
      if (data != null) this.push(data);
      this.push(null);
      callback?.();
    });
  } else {
    this.push(null);
    callback?.();
  }
}

function prefinish(this: any): void {
  if (this._final !== final) final.call(this);
}

const transform: any = Transform.prototype;
transform._final = final;
transform._transform = function _transform(): void {
  throw new codes.ERR_METHOD_NOT_IMPLEMENTED!("_transform()");
};

transform._write = function _write(chunk: any, encoding: string, callback: (error?: any) => void): void {
  const r = this._readableState;
  const w = this._writableState;
  const lengthBefore = r.length;
  this._transform(chunk, encoding, (error?: any, value?: any) => {
    if (error) {
      callback(error);
      return;
    }
    if (value != null) this.push(value);
    // Goes on at once while the reading side has room, or when this chunk made nothing to wait for.
    if (w.ended || lengthBefore === r.length || r.length < r.highWaterMark) callback();
    else this[kCallback] = callback;
  });
};

transform._read = function _read(): void {
  const callback = this[kCallback];
  if (callback) {
    this[kCallback] = null;
    callback();
  }
};

export function PassThrough(this: any, options?: any): any {
  if (!(this instanceof (PassThrough as any))) return new (PassThrough as any)(options);
  Transform.call(this, options);
}
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
(PassThrough.prototype as any)._transform = function (chunk: any, _encoding: string, callback: (error: any, value: any) => void): void {
  callback(null, chunk);
};

/** Two ends of one connection: what is written to one is read from the other. */
export function duplexPair(options?: any): [any, any] {
  const kOther = Symbol("other");
  const kPending = Symbol("pending");
  const make = () =>
    new (Duplex as any)({
      ...options,
      read(this: any) {
        const callback = this[kPending];
        if (callback) {
          this[kPending] = null;
          callback();
        }
      },
      write(this: any, chunk: any, _encoding: string, callback: () => void) {
        const other = this[kOther];
        if (chunk.length === 0) process.nextTick(callback);
        else {
          other.push(chunk);
          other[kPending] = callback;
        }
      },
      final(this: any, callback: () => void) {
        this[kOther].on("end", callback);
        this[kOther].push(null);
      },
      destroy(this: any, error: any, callback: (error: any) => void) {
        const other = this[kOther];
        if (other && !other.destroyed) process.nextTick(() => other.destroy(error));
        callback(error);
      },
    });
  const [a, b] = [make(), make()];
  a[kOther] = b;
  b[kOther] = a;
  return [a, b];
}
