// `Readable.from`: a stream over an iterable, pulled one value at a time.

import { Buffer } from "node:buffer";
import { codes } from "crust:node/internal/errors";

export function from(Readable: any, iterable: any, options?: any): any {
  if (typeof iterable === "string" || iterable instanceof (Buffer as any)) {
    return new Readable({
      objectMode: true,
      ...options,
      read(this: any) {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  let iterator: any;
  if (iterable?.[Symbol.asyncIterator]) iterator = iterable[Symbol.asyncIterator]();
  else if (iterable?.[Symbol.iterator]) iterator = iterable[Symbol.iterator]();
  else throw new codes.ERR_INVALID_ARG_TYPE!("iterable", ["Iterable"], iterable);

  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let reading = false;
  readable._read = function () {
    if (reading) return;
    reading = true;
    pull(readable, iterator, () => {
      reading = false;
    });
  };
  readable._destroy = function (error: any, callback: (error?: any) => void) {
    close(iterator, error).then(
      () => process.nextTick(callback, error),
      (late) => process.nextTick(callback, late || error),
    );
  };
  return readable;
}

/** Pushes until the stream has enough: then `pause` runs, at once, so that the next `_read` is heard. */
async function pull(readable: any, iterator: any, pause: () => void): Promise<void> {
  try {
    while (true) {
      const next = iterator.next();
      const { value, done } = typeof next?.then === "function" ? await next : next;
      if (done) {
        readable.push(null);
        return;
      }
      const chunk = value && typeof value.then === "function" ? await value : value;
      if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES!();
      if (readable.push(chunk)) continue;
      pause();
      return;
    }
  } catch (error) {
    readable.destroy(error);
  }
}

async function close(iterator: any, error: any): Promise<void> {
  if (error !== undefined && error !== null && typeof iterator.throw === "function") {
    const { value, done } = await iterator.throw(error);
    await value;
    if (done) return;
  }
  if (typeof iterator.return === "function") {
    const { value } = await iterator.return();
    await value;
  }
}
