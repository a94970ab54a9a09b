// `util.promisify` and `util.callbackify`, apart from util so that fs, timers and streams load nothing else.

import { codes } from "crust:node/internal/errors";
import { validateFunction } from "crust:node/internal/validators";

export const kCustomPromisify = Symbol.for("nodejs.util.promisify.custom");
/** Names for the values of a callback that takes several: the promise then gives an object. */
export const kCustomPromisifyArgs = Symbol("customPromisifyArgs");

export function promisify(original: any): any {
  validateFunction(original, "original");
  const custom = (original as any)[kCustomPromisify];
  if (custom) {
    validateFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, kCustomPromisify, { value: custom, enumerable: false, writable: false, configurable: true });
  }
  const names: string[] | undefined = (original as any)[kCustomPromisifyArgs];
  function promisified(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const result: any = Reflect.apply(original as any, this, [
        ...args,
        (error: unknown, ...values: unknown[]) => {
          if (error) reject(error);
          else if (names !== undefined && values.length > 1) resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
          else resolve(values[0]);
        },
      ]);
      if (result !== null && typeof result === "object" && typeof result.then === "function") {
        process.emitWarning("Calling promisify on a function that returns a Promise is likely a mistake.", "DeprecationWarning", "DEP0174");
      }
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original));
  Object.defineProperty(promisified, kCustomPromisify, { value: promisified, enumerable: false, writable: false, configurable: true });
  return Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = kCustomPromisify;

function settleLater(callback: (...args: any[]) => void, self: unknown, error: any): void {
  let reason = error;
  if (!reason) {
    reason = new codes.ERR_FALSY_VALUE_REJECTION!(error);
    reason.reason = error;
  }
  process.nextTick(() => Reflect.apply(callback, self, [reason]));
}

export function callbackify(original: any): any {
  validateFunction(original, "original");
  function callbackified(this: unknown, ...args: any[]): void {
    const callback = args.pop();
    validateFunction(callback, "last argument");
    Reflect.apply(original as any, this, args).then(
      (value: unknown) => process.nextTick(() => Reflect.apply(callback, this, [null, value])),
      (error: unknown) => settleLater(callback, this, error),
    );
  }
  const descriptors: any = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  return Object.defineProperties(callbackified, descriptors);
}
