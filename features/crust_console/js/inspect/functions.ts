// Functions and classes.
import type { Formatter } from "crust:console/inspect/formatter";
import { functionName, toStringTag } from "crust:console/inspect/kinds";
import { CYAN, RESET } from "crust:console/inspect/text";

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

/** Whether a function must be called with `new`: only then is its `prototype` fixed. */
export function isClass(value: Function): boolean {
  if (value === Promise) return false;
  if (value === Proxy) return true;
  const prototype = getOwnPropertyDescriptor(value, "prototype");
  return prototype !== undefined && prototype.writable === false;
}

function heading(value: Function): string {
  const tag = toStringTag(value);
  return tag === "AsyncFunction" || tag === "GeneratorFunction" || tag === "AsyncGeneratorFunction" ? tag : "Function";
}

/** A method named by a symbol has no name to show, unless it is the engine's own. */
function shownName(value: Function): string {
  const name = functionName(value);
  if (!name.startsWith("[")) return name;
  return Function.prototype.toString.call(value).includes("[native code]") ? name : "";
}

export function formatFunction(f: Formatter, value: Function): void {
  const name = shownName(value);
  let text: string;
  if (isClass(value)) {
    text = `[class ${name === "" ? "(anonymous)" : name}`;
    f.line += name.length;
    const parent: unknown = getPrototypeOf(value);
    const parentName = typeof parent === "function" && parent !== Function.prototype ? functionName(parent) : "";
    if (parentName !== "") text += ` extends ${parentName}`;
    f.line += parentName.length;
    text += "]";
  } else {
    text = name === "" ? `[${heading(value)}]` : `[${heading(value)}: ${name}]`;
  }
  f.out += f.colors ? CYAN + text + RESET : text;
}
