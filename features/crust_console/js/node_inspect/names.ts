// Names that stand before the braces: constructors, tags, functions and classes; and the keys that are shown.
import type { Context } from "crust:console/node_inspect/context";

const { getPrototypeOf, getOwnPropertyDescriptor } = Object;

function isInstance(value: object, constructor: Function): boolean {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

/** The name of the class `value` is an instance of; null when it has no prototype. */
export function constructorName(context: Context, value: object, depth: number): string | null {
  for (let holder: object | null = value; holder !== null; holder = getPrototypeOf(holder)) {
    const descriptor = getOwnPropertyDescriptor(holder, "constructor");
    if (typeof descriptor?.value === "function" && descriptor.value.name !== "" && isInstance(value, descriptor.value as Function)) {
      return String(descriptor.value.name);
    }
  }
  const first = getPrototypeOf(value) as object | null;
  if (first === null) return null;
  const own = builtinName(value);
  if (context.depth !== null && depth > context.depth) return `${own} <Complex prototype>`;
  const parent = constructorName(context, first, depth + 1);
  if (parent !== null) return `${own} <${parent}>`;
  const { inspect } = require("crust:console/node_inspect") as typeof import("crust:console/node_inspect");
  return `${own} <${inspect(first, { customInspect: false, depth: -1 })}>`;
}

function builtinName(value: object): string {
  if (typeof value === "function") return "Function";
  return Array.isArray(value) ? "Array" : "Object";
}

export function toStringTag(context: Context, value: object): string {
  const tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  if (typeof tag !== "string" || tag === "") return "";
  // A tag that is itself listed among the properties is not shown twice.
  const descriptor = getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return descriptor !== undefined && (context.showHidden || descriptor.enumerable) ? "" : tag;
}

/** `Name(size) [tag] `, with a space at the end. */
export function prefix(constructor: string | null, tag: string, fallback: string, size = ""): string {
  if (constructor === null) {
    const name = `[${fallback}${size}: null prototype] `;
    return tag !== "" && fallback !== tag ? `${name}[${tag}] ` : name;
  }
  return tag !== "" && constructor !== tag ? `${constructor}${size} [${tag}] ` : `${constructor}${size} `;
}

/** Own keys that are shown: names, then symbols. */
export function shownKeys(value: object, showHidden: boolean): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  const isEnumerable = (key: PropertyKey) => Object.prototype.propertyIsEnumerable.call(value, key);
  return [...ownNames(value), ...symbols.filter(isEnumerable)];
}

function ownNames(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // The binding of a module that is not evaluated yet cannot be asked whether it is enumerable.
    return Object.getOwnPropertyNames(value);
  }
}

/** Own keys other than the indices of an array. */
export function nonIndexKeys(value: object, showHidden: boolean): PropertyKey[] {
  return shownKeys(value, showHidden).filter((key) => typeof key === "symbol" || !isIndex(String(key)));
}

function isIndex(key: string): boolean {
  const index = Number(key);
  return index >= 0 && index < 0xffffffff && Number.isInteger(index) && String(index) === key;
}

const COMMENTS_AND_STRINGS = /\/\/.*?\n|\/\*[^]*?\*\//g;

function isClass(source: string): boolean {
  if (!source.startsWith("class") || !source.endsWith("}")) return false;
  const head = source.slice(5, source.indexOf("{"));
  return !head.includes("(") || /^\s+[^\s(]+\s*extends/.test(head.replace(COMMENTS_AND_STRINGS, "")) || /^\s+extends/.test(head);
}

function kindOfFunction(value: Function): string {
  const tag = (value as unknown as Record<symbol, unknown>)[Symbol.toStringTag];
  return tag === "AsyncFunction" || tag === "GeneratorFunction" || tag === "AsyncGeneratorFunction" ? tag : "Function";
}

export function functionBase(context: Context, value: Function, constructor: string | null, tag: string): string {
  if (isClass(Function.prototype.toString.call(value))) return classBase(value, constructor, tag);
  const kind = kindOfFunction(value);
  let base = `[${kind}`;
  if (constructor === null) base += " (null prototype)";
  if (value.name === "") base += " (anonymous)";
  else base += `: ${typeof value.name === "string" ? value.name : context.formatValue(context, value.name, 0)}`;
  base += "]";
  if (constructor !== kind && constructor !== null) base += ` ${constructor}`;
  if (tag !== "" && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value: Function, constructor: string | null, tag: string): string {
  const name = (Object.hasOwn(value, "name") && value.name) || "(anonymous)";
  let base = `class ${name}`;
  if (constructor !== "Function" && constructor !== null) base += ` [${constructor}]`;
  if (tag !== "" && constructor !== tag) base += ` [${tag}]`;
  if (constructor === null) return `[${base} extends null prototype]`;
  const parent = (getPrototypeOf(value) as Function | null)?.name;
  return parent ? `[${base} extends ${parent}]` : `[${base}]`;
}
