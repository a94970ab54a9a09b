// Objects and class instances: which properties are shown, under which name, and how they are laid out.
import type { Formatter } from "crust:console/inspect/formatter";
import { constructorName, toStringTag } from "crust:console/inspect/kinds";
import { isPlatformClass } from "crust:console/inspect/platform";
import { BLUE, CYAN, DIM, GREEN, RESET, isPlainKey, quote } from "crust:console/inspect/text";

const { getPrototypeOf, getOwnPropertyDescriptor, hasOwn } = Object;

/** Prototypes looked at beyond the object itself. */
const MOST_PROTOTYPES = 5;

export function formatObject(f: Formatter, value: object): void {
  if (f.tooDeep()) {
    f.lineIsFull();
    return f.elided("Object", false);
  }
  if (value === Object.prototype) {
    f.out += "[Object: null prototype] {}";
    return;
  }
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  f.lineIsFull();
  const list = new PropertyList(f, value, true, 0);
  if (!f.sorted && isPlain(value)) for (const key of Object.keys(value)) list.property(value, key);
  else eachProperty(value, f.sorted, (holder, key) => list.property(holder, key));
  if (list.count === 0) f.out += emptyName(value) + "{}";
  else list.close();
  f.quoteStrings = quoted;
}

/** Whether all that is shown of `value` are its own enumerable names. */
function isPlain(value: object): boolean {
  if (getPrototypeOf(value) !== Object.prototype || hasOwn(value, "constructor")) return false;
  return Reflect.ownKeys(value).length === Object.keys(value).length;
}

/** The words before the brace: nothing for a plain object. */
function nameOf(value: object): string {
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype && !hasOwn(value, "constructor") && !hasOwn(value, Symbol.toStringTag)) return "";
  if (prototype === null) return isNamespace(value) ? "Module " : "[Object: null prototype] ";
  const name = constructorName(value);
  if (name !== undefined && name !== "Object" && name !== "") return name + " ";
  const tag = toStringTag(value);
  return tag === undefined || tag === "" || tag === "Object" ? "" : tag + " ";
}

function isNamespace(value: object): boolean {
  return getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module" && !Object.isExtensible(value);
}

function emptyName(value: object): string {
  if (getPrototypeOf(value) === null) return "[Object: null prototype] ";
  const name = constructorName(value);
  return name === undefined || name === "Object" || name === "" ? "" : name + " ";
}

type Visit = (holder: object, key: PropertyKey) => void;

/** Calls `visit` for every property that is shown: own ones, then those of the prototypes. */
export function eachProperty(value: object, sorted: boolean, visit: Visit): void {
  const seen = new Set<PropertyKey>();
  const found: [object, PropertyKey][] = [];
  let hasTag = false;
  let holder: object | null = value;
  for (let level = 0; holder !== null && level <= MOST_PROTOTYPES; level++) {
    for (const key of ownKeys(holder)) {
      if (key === "constructor" || seen.has(key)) continue;
      if (key === Symbol.toStringTag) {
        hasTag ||= typeof getOwnPropertyDescriptor(holder, key)?.value === "string";
        continue;
      }
      seen.add(key);
      found.push([holder, key]);
    }
    if (sorted) break;
    holder = nextPrototype(holder);
  }
  if (found.length === 0 && hasTag) found.push([value, Symbol.toStringTag]);
  if (sorted) found.sort(([, a], [, b]) => compareKeys(a, b));
  for (const [at, key] of found) visit(at, key);
}

function compareKeys(a: PropertyKey, b: PropertyKey): number {
  const left = keyText(a);
  const right = keyText(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function keyText(key: PropertyKey): string {
  return typeof key === "symbol" ? (key.description ?? "") : String(key);
}

function ownKeys(holder: object): PropertyKey[] {
  try {
    return Reflect.ownKeys(holder);
  } catch {
    return [];
  }
}

function nextPrototype(holder: object): object | null {
  try {
    const next = getPrototypeOf(holder) as object | null;
    return next === Object.prototype || next === Function.prototype ? null : next;
  } catch {
    return null;
  }
}

/** Writes properties one after the other, opening the braces at the first. */
export class PropertyList {
  count: number;
  private readonly f: Formatter;
  private readonly value: object;
  private readonly alwaysNewline: boolean;

  /** `count` 0 opens a brace at the first property; 1 goes on after the elements of an array. */
  constructor(f: Formatter, value: object, alwaysNewline: boolean, count: 0 | 1) {
    this.f = f;
    this.value = value;
    this.alwaysNewline = alwaysNewline && !f.singleLine;
    this.count = count;
  }

  property(holder: object, key: PropertyKey): void {
    const descriptor = describe(holder, key);
    if (descriptor === undefined) return;
    this.next(key);
    this.valueOf(holder, descriptor);
  }

  /** A property whose getter is an implementation detail: its value is shown. */
  read(holder: object, key: PropertyKey): void {
    const value: unknown = Reflect.get(holder, key);
    this.next(key);
    this.valueOf(holder, { value, writable: true, enumerable: true, configurable: false });
  }

  /** A property whose value is stood for by `shown`. */
  placeholder(key: PropertyKey, shown: string): void {
    this.next(key);
    this.f.out += shown;
  }

  private next(key: PropertyKey): void {
    if (this.count === 0) this.open();
    else this.separate();
    this.count++;
    writeKey(this.f, key);
  }

  close(): void {
    const { f } = this;
    f.depth--;
    if (f.singleLine) {
      f.line += 2;
      f.out += " }";
    } else {
      f.indent--;
      f.comma();
      f.newline();
      f.out += "}";
      f.line += 1;
    }
  }

  private open(): void {
    const { f } = this;
    f.out += nameOf(this.value);
    if (f.singleLine) {
      f.out += "{ ";
    } else {
      f.line = f.indent * 2 + 1;
      f.indent++;
      f.out += "{";
      f.newline();
    }
    f.depth++;
  }

  private separate(): void {
    const { f } = this;
    f.comma();
    if (this.alwaysNewline || (!f.singleLine && f.lineIsFull())) {
      f.newline();
      f.resetLine();
    } else {
      f.out += " ";
      f.line += 1;
    }
  }

  private valueOf(holder: object, descriptor: PropertyDescriptor): void {
    const { f } = this;
    if (descriptor.get !== undefined || descriptor.set !== undefined) {
      if (descriptor.get !== undefined && isPlatformClass(holder)) return this.plainValue(readGetter(descriptor.get, this.value));
      const text = descriptor.get === undefined ? "[Setter]" : descriptor.set === undefined ? "[Getter]" : "[Getter/Setter]";
      f.out += f.colors ? CYAN + text + RESET : text;
      return;
    }
    this.plainValue(descriptor.value);
  }

  private plainValue(value: unknown): void {
    const { f } = this;
    const isText = f.colors && (typeof value === "string" || value instanceof String);
    if (isText) f.out += RESET + GREEN;
    f.format(value);
    if (isText) f.out += RESET;
  }
}

function readGetter(getter: () => unknown, value: object): unknown {
  try {
    return Reflect.apply(getter, value, []);
  } catch {
    return undefined;
  }
}

function describe(holder: object, key: PropertyKey): PropertyDescriptor | undefined {
  try {
    return getOwnPropertyDescriptor(holder, key) ?? { value: (holder as Record<PropertyKey, unknown>)[key] };
  } catch {
    return undefined;
  }
}

export function writeKey(f: Formatter, key: PropertyKey): void {
  if (typeof key === "symbol") {
    const description = key.description ?? "";
    f.line += description.length + 12;
    const text = `Symbol(${description})`;
    f.out += f.colors ? `${RESET}${DIM}[${RESET}${BLUE}${text}${RESET}${DIM}]:${RESET} ` : `[${text}]: `;
    return;
  }
  const name = String(key);
  if (isPlainKey(name)) {
    f.line += name.length + 1;
    f.out += f.colors ? `${RESET}${name}${DIM}:${RESET} ` : name + ": ";
  } else {
    f.line += name.length + 2;
    f.out += f.colors ? `${RESET}${GREEN}${quote(name)}${RESET}${DIM}:${RESET} ` : quote(name) + ": ";
  }
}
