// The entries between the braces of each kind of object.
import { promiseResult, promiseState } from "crust:ops/console";
import { type Context, Entry } from "crust:console/node_inspect/context";
import { layOut } from "crust:console/node_inspect/layout";
import { formatBigInt, formatNumber, formatPrimitive, quote } from "crust:console/node_inspect/primitives";

export type EntryWriter = (context: Context, value: never, depth: number) => string[];

const PLAIN_KEY = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

function more(count: number, noun = "item"): string {
  return `... ${count} more ${noun}${count > 1 ? "s" : ""}`;
}

export function formatProperty(context: Context, value: object, depth: number, key: PropertyKey, kind: Entry, original: object = value): string {
  const descriptor = Object.getOwnPropertyDescriptor(value, key) ??
    { value: (value as Record<PropertyKey, unknown>)[key], configurable: true, enumerable: false };
  const [text, gap] = propertyValue(context, descriptor, depth, kind, original);
  if (kind === Entry.Element) return text;
  return `${keyText(context, key, descriptor)}:${gap}${text}`;
}

function propertyValue(context: Context, descriptor: PropertyDescriptor, depth: number, kind: Entry, original: object): [string, string] {
  if (descriptor.value !== undefined) {
    const step = context.compact !== true || kind !== Entry.Property ? 2 : 3;
    context.indentation += step;
    const text = context.formatValue(context, descriptor.value, depth);
    const gap = step === 3 && context.breakLength < text.length ? `\n${" ".repeat(context.indentation)}` : " ";
    context.indentation -= step;
    return [text, gap];
  }
  if (descriptor.get !== undefined) return [getterText(context, descriptor, depth, original), " "];
  if (descriptor.set !== undefined) return [context.stylize("[Setter]", "special"), " "];
  return [context.stylize("undefined", "undefined"), " "];
}

function getterText(context: Context, descriptor: PropertyDescriptor, depth: number, original: object): string {
  const label = descriptor.set === undefined ? "Getter" : "Getter/Setter";
  const special = (text: string) => context.stylize(text, "special");
  const { getters } = context;
  const wanted = getters === true || (getters === "get" && descriptor.set === undefined) || (getters === "set" && descriptor.set !== undefined);
  if (!wanted) return special(`[${label}]`);
  let value: unknown;
  try {
    value = Reflect.apply(descriptor.get as () => unknown, original, []);
  } catch (error) {
    return `${special(`[${label}:`)} <Inspection threw (${(error as Error | null)?.message})>${special("]")}`;
  }
  context.indentation += 2;
  let text: string;
  if (value === null) text = `${special(`[${label}:`)} ${context.stylize("null", "null")}${special("]")}`;
  else if (typeof value === "object" || typeof value === "function") text = `${special(`[${label}]`)} ${context.formatValue(context, value, depth)}`;
  else text = `${special(`[${label}:`)} ${formatPrimitive(context, value)}${special("]")}`;
  context.indentation -= 2;
  return text;
}

function keyText(context: Context, key: PropertyKey, descriptor: PropertyDescriptor): string {
  if (typeof key === "symbol") {
    const text = context.stylize(quoteControl(key.toString()), "symbol");
    return descriptor.enumerable === false ? `[${text}]` : text;
  }
  const name = String(key);
  if (name === "__proto__") return "['__proto__']";
  if (descriptor.enumerable === false) return context.stylize(`[${quoteControl(name)}]`, "string");
  return PLAIN_KEY.test(name) ? context.stylize(name, "name") : context.stylize(quote(name), "string");
}

function quoteControl(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /[\x00-\x1f\x7f-\x9f]/.test(text) ? quote(text).slice(1, -1) : text;
}

export function arrayEntries(context: Context, value: unknown[], depth: number): string[] {
  const entries: string[] = [];
  const most = Math.max(0, Math.min(context.maxArrayLength, value.length));
  let index = 0;
  while (index < value.length && entries.length < most) {
    if (Object.hasOwn(value, index)) {
      entries.push(formatProperty(context, value, depth, index, Entry.Element));
      index++;
    } else {
      const end = endOfHole(value, index);
      entries.push(context.stylize(`<${end - index} empty item${end - index > 1 ? "s" : ""}>`, "undefined"));
      index = end;
    }
  }
  if (index < value.length) entries.push(more(value.length - index));
  return entries;
}

function endOfHole(value: unknown[], from: number): number {
  const near = Math.min(value.length, from + 1000);
  let end = from;
  while (end < near && !Object.hasOwn(value, end)) end++;
  if (end < near || end === value.length) return end;
  for (const key of Object.keys(value)) {
    const index = Number(key);
    if (index >= end) return Number.isInteger(index) ? index : value.length;
  }
  return value.length;
}

export function typedArrayEntries(context: Context, value: ArrayLike<number | bigint>, depth: number): string[] {
  const most = Math.min(Math.max(0, context.maxArrayLength), value.length);
  const entries: string[] = [];
  for (let i = 0; i < most; i++) {
    const element = value[i] as number | bigint;
    entries.push(typeof element === "bigint"
      ? formatBigInt(context.stylize, element, context.numericSeparator)
      : formatNumber(context.stylize, element, context.numericSeparator));
  }
  if (value.length > most) entries.push(more(value.length - most));
  if (context.showHidden) {
    context.indentation += 2;
    for (const key of ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"]) {
      entries.push(`[${key}]: ${context.formatValue(context, (value as unknown as Record<string, unknown>)[key], depth, true)}`);
    }
    context.indentation -= 2;
  }
  return entries;
}

export function arrayBufferEntries(context: Context, value: ArrayBuffer): string[] {
  if ((value as { detached?: boolean }).detached === true) return [context.stylize("(detached)", "special")];
  const bytes = new Uint8Array(value);
  const most = Math.min(Math.max(0, context.maxArrayLength), bytes.length);
  let text = Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (bytes.length > most) text += ` ... ${bytes.length - most} more byte${bytes.length - most > 1 ? "s" : ""}`;
  return [`${context.stylize("[Uint8Contents]", "special")}: <${text}>`];
}

export function setEntries(context: Context, value: Iterable<unknown>, depth: number): string[] {
  return listEntries(context, [...value], (item) => context.formatValue(context, item, depth));
}

export function mapEntries(context: Context, value: Iterable<[unknown, unknown]>, depth: number): string[] {
  return listEntries(context, [...value], ([key, item]) =>
    `${context.formatValue(context, key, depth)} => ${context.formatValue(context, item, depth)}`);
}

function listEntries<T>(context: Context, items: T[], write: (item: T) => string): string[] {
  const most = Math.min(Math.max(0, context.maxArrayLength), items.length);
  context.indentation += 2;
  const entries = items.slice(0, most).map(write);
  context.indentation -= 2;
  if (items.length > most) entries.push(more(items.length - most));
  return entries;
}

/** What an iterator of a map or set still had. */
export function iteratorEntries(context: Context, items: unknown[], arePairs: boolean, depth: number): string[] {
  return listEntries(context, items, (item) => {
    if (!arePairs || !Array.isArray(item)) return context.formatValue(context, item, depth);
    const pair = item.map((part) => context.formatValue(context, part, depth));
    return layOut(context, pair, "", ["[", "]"], Entry.Extra, depth, item);
  });
}

export function promiseEntries(context: Context, value: Promise<unknown>, depth: number): string[] {
  const state = promiseState(value);
  if (state === 0) return [context.stylize("<pending>", "special")];
  if (state === -1) return [context.stylize("<unknown>", "special")];
  context.indentation += 2;
  const text = context.formatValue(context, promiseResult(value), depth);
  context.indentation -= 2;
  return [state === 2 ? `${context.stylize("<rejected>", "special")} ${text}` : text];
}

export function weakEntries(context: Context): string[] {
  return [context.stylize("<items unknown>", "special")];
}

/** Bindings of a module; one that is not initialised yet is shown as such. */
export function namespaceEntries(context: Context, value: object, depth: number, keys: PropertyKey[]): string[] {
  return keys.map((key) => {
    try {
      Reflect.get(value, key);
    } catch {
      return `${keyText(context, key, { enumerable: true })}: ${context.stylize("<uninitialized>", "special")}`;
    }
    return formatProperty(context, value, depth, key, Entry.Property);
  });
}
