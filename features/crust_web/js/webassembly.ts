// Extends the engine's WebAssembly: the streaming functions, which take a Response, and asynchronous work that keeps
// the process alive until it is done. The engine compiles; nothing here does.

import { startTimeout } from "crust:web/timers";

type AsyncFunction = (...args: unknown[]) => Promise<object>;
type Namespace = Record<string, unknown>;

// The longest timer there is: it stands for "work is pending" towards the event loop.
const FOREVER = 0x7fffffff;

// The engine compiles on its own threads, of which the event loop knows nothing.
function keepingAlive(engine: Namespace, name: string): AsyncFunction {
  const original = engine[name] as AsyncFunction;
  return {
    [name](...args: unknown[]) {
      const promise = Reflect.apply(original, engine, args) as Promise<object>;
      const pending = startTimeout(FOREVER, () => undefined);
      const release = () => void pending.close();
      promise.then(release, release);
      return promise;
    },
  }[name] as AsyncFunction;
}

function streaming(engine: Namespace, name: "compileStreaming" | "instantiateStreaming"): AsyncFunction {
  return {
    [name](...args: unknown[]) {
      const functions = require("crust:web/webassembly_streaming") as typeof import("crust:web/webassembly_streaming");
      return Reflect.apply(functions[name], engine, args) as Promise<object>;
    },
  }[name] as AsyncFunction;
}

function define(engine: Namespace, name: string, value: AsyncFunction): void {
  Object.defineProperty(engine, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The value of the global `WebAssembly`, made from the engine's. */
export function extend(engine: Namespace | undefined): Namespace | undefined {
  if (engine !== undefined) {
    for (const name of ["compile", "instantiate"]) {
      define(engine, name, keepingAlive(engine, name));
    }
    for (const name of ["compileStreaming", "instantiateStreaming"] as const) {
      define(engine, name, streaming(engine, name));
    }
  }
  return engine;
}
