// Custom inspection: `[Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect)`.
import type { Formatter } from "crust:console/inspect/formatter";

export const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

/** An object's own inspection method, when it has one. */
export function customMethod(value: object): Function | undefined {
  let method: unknown;
  try {
    method = (value as Record<symbol, unknown>)[CUSTOM];
  } catch {
    return undefined;
  }
  return typeof method === "function" ? method : undefined;
}

export function callCustom(f: Formatter, value: object, method: Function): unknown {
  const options = {
    stylize: (text: unknown, style: string) => stylize(f, String(text), style),
    depth: f.maxDepth,
    colors: f.colors,
  };
  const nodeInspect = lazyInspect(() => (require("crust:console/node_inspect") as typeof import("crust:console/node_inspect")).inspect);
  return Reflect.apply(method, value, [f.maxDepth - f.depth, options, nodeInspect]);
}

function lazyInspect(load: () => Function): Function {
  return function inspect(...args: unknown[]) {
    return Reflect.apply(load(), undefined, args);
  };
}

const STYLES: Record<string, [string, string]> = {
  special: ["\x1b[36m", "\x1b[39m"], number: ["\x1b[33m", "\x1b[39m"], bigint: ["\x1b[33m", "\x1b[39m"],
  boolean: ["\x1b[33m", "\x1b[39m"], undefined: ["\x1b[90m", "\x1b[39m"], null: ["\x1b[1m", "\x1b[22m"],
  string: ["\x1b[32m", "\x1b[39m"], symbol: ["\x1b[32m", "\x1b[39m"], date: ["\x1b[35m", "\x1b[39m"],
  regexp: ["\x1b[31m", "\x1b[39m"], module: ["\x1b[4m", "\x1b[24m"],
};

function stylize(f: Formatter, text: string, style: string): string {
  const codes = f.colors ? STYLES[style] : undefined;
  return codes === undefined ? text : codes[0] + text + codes[1];
}
