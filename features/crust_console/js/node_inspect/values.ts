// The walk of `util.inspect` over a value.
import { proxyTarget } from "crust:ops/console";
import { Kind, isRevoked, kindOf } from "crust:console/inspect/kinds";
import { type Context, CUSTOM, Entry, optionsOf } from "crust:console/node_inspect/context";
import * as entries from "crust:console/node_inspect/entries";
import { errorBase } from "crust:console/node_inspect/errors";
import { layOut } from "crust:console/node_inspect/layout";
import { constructorName, functionBase, nonIndexKeys, prefix, shownKeys, toStringTag } from "crust:console/node_inspect/names";
import { formatPrimitive } from "crust:console/node_inspect/primitives";

const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get!;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")!.get!;

export function formatValue(context: Context, value: unknown, depth: number, insideTyped = false): string {
  if (typeof value !== "object" && typeof value !== "function") return formatPrimitive(context, value);
  if (value === null) return context.stylize("null", "null");
  let object: object = value;
  if (isRevoked(object)) return context.stylize("<Revoked Proxy>", "special");
  for (let target = proxyTarget(object); target !== undefined; target = proxyTarget(object)) object = target;
  const custom = customResult(context, object, value, depth);
  if (custom !== undefined) return custom;
  if (context.seen.includes(object)) return circularMark(context, object);
  return formatObject(context, object, depth, insideTyped);
}

function customResult(context: Context, object: object, original: object, depth: number): string | undefined {
  if (!context.customInspect) return undefined;
  const method: unknown = (object as Record<symbol, unknown>)[CUSTOM];
  if (typeof method !== "function") return undefined;
  const { inspect } = require("crust:console/node_inspect") as typeof import("crust:console/node_inspect");
  if (method === inspect) return undefined;
  const { constructor } = object as { constructor?: { prototype?: unknown } };
  if (constructor && constructor.prototype === object) return undefined;
  const left = context.depth === null ? null : context.depth - depth;
  const result: unknown = Reflect.apply(method, original, [left, optionsOf(context), inspect]);
  if (result === original) return undefined;
  const text = typeof result === "object" ? formatValue(context, result, depth) : String(result);
  return text.replaceAll("\n", `\n${" ".repeat(context.indentation)}`);
}

function circularMark(context: Context, object: object): string {
  context.circular ??= new Map();
  let index = context.circular.get(object);
  if (index === undefined) {
    index = context.circular.size + 1;
    context.circular.set(object, index);
  }
  return context.stylize(`[Circular *${index}]`, "special");
}

/** What is known of an object before its entries are written. */
interface Shape {
  base: string;
  braces: [string, string];
  keys: PropertyKey[];
  kind: Entry;
  write: (depth: number) => string[];
  /** The whole text when there is nothing to put between braces. */
  whole?: string;
}

const none = () => [];

function formatObject(context: Context, value: object, depth: number, insideTyped: boolean): string {
  const constructor = constructorName(context, value, depth);
  const tag = toStringTag(context, value);
  const shape = shapeOf(context, value, constructor, tag, insideTyped, depth);
  if (shape.whole !== undefined) return shape.whole;
  if (context.depth !== null && depth > context.depth) {
    const name = prefix(constructor, tag, Array.isArray(value) ? "Array" : "Object").slice(0, -1);
    return context.stylize(constructor === null ? name : `[${name}]`, "special");
  }
  const next = depth + 1;
  context.seen.push(value);
  context.currentDepth = next;
  const output = shape.write(next);
  for (const key of shape.keys) output.push(entries.formatProperty(context, value, next, key, shape.kind));
  context.seen.pop();
  markReference(context, value, shape);
  if (context.sorted) sortEntries(context, output, shape);
  return layOut(context, output, shape.base, shape.braces, shape.kind, next, value);
}

function markReference(context: Context, value: object, shape: Shape): void {
  const index = context.circular?.get(value);
  if (index === undefined) return;
  const reference = context.stylize(`<ref *${index}>`, "special");
  if (context.compact === true) shape.braces[0] = `${reference} ${shape.braces[0]}`;
  else shape.base = shape.base === "" ? reference : `${reference} ${shape.base}`;
}

function sortEntries(context: Context, output: string[], shape: Shape): void {
  const compare = typeof context.sorted === "function" ? context.sorted : undefined;
  if (shape.kind === Entry.Property) output.sort(compare);
  else if (shape.keys.length > 1) output.push(...output.splice(output.length - shape.keys.length).sort(compare));
}

function shapeOf(context: Context, value: object, constructor: string | null, tag: string, insideTyped: boolean, depth: number): Shape {
  const kind = kindOf(value);
  switch (kind) {
    case Kind.Array: return arrayShape(context, value as unknown[], constructor, tag);
    case Kind.TypedArray:
    case Kind.Buffer: return typedArrayShape(context, value as Uint8Array, constructor, tag);
    case Kind.Map:
    case Kind.Set:
    case Kind.MapIterator:
    case Kind.SetIterator: return collectionShape(context, value, kind, constructor, tag);
    case Kind.ArrayBuffer:
    case Kind.DataView: return bufferShape(context, value, constructor, tag, insideTyped);
    default: return plainShape(context, value, kind, constructor, tag, depth);
  }
}

function arrayShape(context: Context, value: unknown[], constructor: string | null, tag: string): Shape {
  const name = constructor !== "Array" || tag !== "" ? prefix(constructor, tag, "Array", `(${value.length})`) : "";
  const keys = nonIndexKeys(value, context.showHidden);
  const shape: Shape = { base: "", braces: [`${name}[`, "]"], keys, kind: Entry.Extra, write: (depth) => entries.arrayEntries(context, value, depth) };
  if (value.length === 0 && keys.length === 0) shape.whole = `${shape.braces[0]}]`;
  return shape;
}

function typedArrayShape(context: Context, value: Uint8Array, constructor: string | null, tag: string): Shape {
  const keys = nonIndexKeys(value, context.showHidden);
  const fallback = constructor === null ? (typedArrayTag.call(value) as string) : "";
  const name = prefix(constructor, tag, fallback, `(${value.length})`);
  const shape: Shape = { base: "", braces: [`${name}[`, "]"], keys, kind: Entry.Extra, write: (depth) => entries.typedArrayEntries(context, value, depth) };
  if (value.length === 0 && keys.length === 0 && !context.showHidden) shape.whole = `${shape.braces[0]}]`;
  return shape;
}

function collectionShape(context: Context, value: object, kind: Kind, constructor: string | null, tag: string): Shape {
  const keys = shownKeys(value, context.showHidden);
  if (kind === Kind.MapIterator || kind === Kind.SetIterator) {
    // Reading the items is the only way to see them, and it uses them up.
    const items = [...(value as Iterable<unknown>)];
    const arePairs = items.length > 0 && items.every((item) => Array.isArray(item) && item.length === 2);
    const own = `${kind === Kind.MapIterator ? "Map" : "Set"} ${arePairs ? "Entries" : "Iterator"}`;
    return { base: "", braces: [`[${own}] {`, "}"], keys, kind: Entry.Property, write: (depth) => entries.iteratorEntries(context, items, arePairs, depth) };
  }
  const isMap = kind === Kind.Map;
  const size = (isMap ? mapSize : setSize).call(value) as number;
  const name = prefix(constructor, tag, isMap ? "Map" : "Set", `(${size})`);
  const write = isMap
    ? (depth: number) => entries.mapEntries(context, Map.prototype.entries.call(value as Map<unknown, unknown>), depth)
    : (depth: number) => entries.setEntries(context, Set.prototype.values.call(value as Set<unknown>), depth);
  const shape: Shape = { base: "", braces: [`${name}{`, "}"], keys, kind: Entry.Property, write };
  if (size === 0 && keys.length === 0) shape.whole = `${name}{}`;
  return shape;
}

function bufferShape(context: Context, value: object, constructor: string | null, tag: string, insideTyped: boolean): Shape {
  const keys = shownKeys(value, context.showHidden);
  if (value instanceof DataView) {
    keys.unshift("byteLength", "byteOffset", "buffer");
    return { base: "", braces: [`${prefix(constructor, tag, "DataView")}{`, "}"], keys, kind: Entry.Property, write: none };
  }
  const name = prefix(constructor, tag, value instanceof ArrayBuffer ? "ArrayBuffer" : "SharedArrayBuffer");
  const shape: Shape = { base: "", braces: [`${name}{`, "}"], keys, kind: Entry.Property, write: () => insideTyped ? [] : entries.arrayBufferEntries(context, value as ArrayBuffer) };
  if (insideTyped && keys.length === 0) {
    shape.whole = `${name}{ byteLength: ${formatPrimitive(context, (value as ArrayBuffer).byteLength)} }`;
  }
  keys.unshift("byteLength");
  return shape;
}

function plainShape(context: Context, value: object, kind: Kind, constructor: string | null, tag: string, depth: number): Shape {
  const keys = shownKeys(value, context.showHidden);
  const shape: Shape = { base: "", braces: ["{", "}"], keys, kind: Entry.Property, write: none };
  const tooDeep = context.depth !== null && depth > context.depth;
  const named = (fallback: string) => (shape.braces[0] = `${prefix(constructor, tag, fallback)}{`);
  const alone = (text: string, style?: string) => {
    shape.base = text;
    if (keys.length === 0 || (kind === Kind.RegExp && tooDeep)) shape.whole = style === undefined ? text : context.stylize(text, style);
  };
  switch (kind) {
    case Kind.Arguments:
      shape.braces[0] = "[Arguments] {";
      if (keys.length === 0) shape.whole = "[Arguments] {}";
      return shape;
    case Kind.Function: alone(functionBase(context, value as Function, constructor, tag), "special"); return shape;
    case Kind.RegExp: alone(withPrefix("RegExp", RegExp.prototype.toString.call(value)), "regexp"); return shape;
    case Kind.Date: alone(withPrefix("Date", dateText(value as Date)), "date"); return shape;
    case Kind.Error: alone(errorBase(context, value as Error, constructor, tag, keys)); return shape;
    case Kind.Promise:
      named("Promise");
      shape.write = (inner) => entries.promiseEntries(context, value as Promise<unknown>, inner);
      return shape;
    case Kind.WeakMap:
    case Kind.WeakSet:
      named(kind === Kind.WeakMap ? "WeakMap" : "WeakSet");
      shape.write = () => entries.weakEntries(context);
      return shape;
    case Kind.Boxed: return boxedShape(context, value, constructor, tag, shape);
    case Kind.Object:
      if (isRareBox(value)) return boxedShape(context, value, constructor, tag, shape);
      if (value instanceof Error) alone(errorBase(context, value, constructor, tag, keys));
      return value instanceof Error ? shape : ordinaryShape(context, value, constructor, tag, shape);
    default: return ordinaryShape(context, value, constructor, tag, shape);
  }
  function withPrefix(fallback: string, text: string): string {
    const name = prefix(constructor, tag, fallback);
    return name === `${fallback} ` ? text : name + text;
  }
}

function dateText(value: Date): string {
  return Number.isNaN(Date.prototype.getTime.call(value)) ? Date.prototype.toString.call(value) : Date.prototype.toISOString.call(value);
}

function boxedType(value: object): string {
  if (value instanceof Number) return "Number";
  if (value instanceof String) return "String";
  if (value instanceof Boolean) return "Boolean";
  return value instanceof BigInt ? "BigInt" : "Symbol";
}

/** A boxed bigint or symbol; the other boxes have a kind of their own. */
function isRareBox(value: object): boolean {
  try {
    if (value instanceof BigInt) BigInt.prototype.valueOf.call(value);
    else if (value instanceof Symbol) Symbol.prototype.valueOf.call(value);
    else return false;
    return true;
  } catch {
    return false;
  }
}

function boxedShape(context: Context, value: object, constructor: string | null, tag: string, shape: Shape): Shape {
  const type = boxedType(value);
  if (type === "String") shape.keys = nonIndexKeys(value, context.showHidden);
  let base = `[${type}`;
  if (constructor === null) base += " (null prototype)";
  else if (constructor !== type) base += ` (${constructor})`;
  const inner: unknown = (value as { valueOf(): unknown }).valueOf();
  const plain: Context = { ...context, stylize: (text) => text };
  base += `: ${formatPrimitive(plain, inner)}]`;
  if (tag !== "" && tag !== constructor) base += ` [${tag}]`;
  shape.base = base;
  if (shape.keys.length === 0) shape.whole = context.stylize(base, type.toLowerCase());
  return shape;
}

function ordinaryShape(context: Context, value: object, constructor: string | null, tag: string, shape: Shape): Shape {
  if (isNamespace(value)) {
    const { keys } = shape;
    shape.braces[0] = `${prefix(constructor, tag, "Module")}{`;
    shape.keys = [];
    shape.write = (depth) => entries.namespaceEntries(context, value, depth, keys);
    return shape;
  }
  if (constructor !== "Object" || tag !== "") shape.braces[0] = `${prefix(constructor, tag, "Object")}{`;
  if (shape.keys.length === 0) shape.whole = `${shape.braces[0]}}`;
  return shape;
}

function isNamespace(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module" && Object.getPrototypeOf(value) === null && !Object.isExtensible(value);
}
