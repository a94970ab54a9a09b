// Callback forms: the last argument is called on a later turn with the error or the result.

import { operations, readArguments } from "crust:fs/operations";
import { validateFunction } from "crust:node/internal/validators";

type Callback = (error: unknown, ...results: any[]) => void;

/** Calls back with what a promise settles to; an error in the callback is the program's, not ours. */
export function settle(promise: Promise<any>, callback: Callback, ...more: any[]): void {
  promise.then(
    (value) => process.nextTick(callback as never, ...(value === undefined && more.length === 0 ? [null] : [null, value, ...more]) as never[]),
    (error) => process.nextTick(callback as never, error as never),
  );
}

/** Makes the callback form of an operation. */
export function callbackForm(name: string): (...args: any[]) => void {
  const operation = operations[name]!;
  // `fs.close(fd)` may go without one.
  const optional = name === "close";
  const form = function (...args: any[]): void {
    let last = args.length - 1;
    while (last > 0 && args[last] === undefined) last--;
    const callback = args[last];
    if (typeof callback !== "function" && optional) {
      settle(operation(true, ...args), (error) => { if (error) throw error; });
      return;
    }
    validateFunction(last > 0 ? callback : undefined, "cb");
    settle(operation(true, ...args.slice(0, last)), callback);
  };
  Object.defineProperty(form, "name", { value: name });
  return form;
}

/** `read` and its relatives also give back the buffer. */
export function read(fd: number, buffer: any, offset?: any, length?: any, position?: any, callback?: any): void {
  const args = [buffer, offset, length, position, callback];
  const at = args.findIndex((value) => typeof value === "function");
  validateFunction(args[at], "cb");
  const given = args.slice(0, at);
  const parsed = readArguments(given[0], given[1], given[2], given[3]);
  settle(operations.read!(true, fd, parsed.target, 0, parsed.target.length, parsed.position), args[at] as Callback, parsed.buffer);
}

export function write(fd: number, data: any, ...rest: any[]): void {
  const at = rest.findIndex((value) => typeof value === "function");
  validateFunction(rest[at], "cb");
  settle(operations.write!(true, fd, data, ...rest.slice(0, at)), rest[at] as Callback, data);
}

function vectored(name: "readv" | "writev") {
  return (fd: number, buffers: any, position: any, callback?: any): void => {
    if (typeof position === "function") {
      callback = position;
      position = null;
    }
    validateFunction(callback, "cb");
    settle(operations[name]!(true, fd, buffers, position), callback, buffers);
  };
}
export const readv = vectored("readv");
export const writev = vectored("writev");
