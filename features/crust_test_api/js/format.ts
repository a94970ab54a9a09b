// Values as text in the format of snapshots (pretty-format's): one property a line, keys sorted, trailing
// commas. Custom serializers come first. Never calls a getter twice.

export interface FormatOptions {
  /** Everything on one line. */
  singleLine?: boolean;
  /** `Object {` and `Array [` in place of `{` and `[`. */
  printBasicPrototype?: boolean;
  /** Strings with `"` and `\` escaped. */
  escapeString?: boolean;
  /** Backslashes of regular expressions doubled, and functions without their names: as snapshots have them. */
  snapshot?: boolean;
  maxDepth?: number;
}

export interface Serializer {
  test(value: unknown): boolean;
  serialize?(value: any, config: any, indentation: string, depth: number, refs: unknown[], printer: (value: unknown, ...rest: any[]) => string): string;
  print?(value: any, print: (value: unknown) => string, indent: (text: string) => string, options: any, colors: any): string;
}

interface State {
  options: FormatOptions;
  serializers: readonly Serializer[];
  path: unknown[];
}

const { getOwnPropertySymbols, getPrototypeOf } = Object;
const toString = Object.prototype.toString;

export function format(value: unknown, options: FormatOptions = {}, serializers: readonly Serializer[] = []): string {
  return print(value, "", 0, { options, serializers, path: [] });
}

function print(value: unknown, indent: string, depth: number, state: State): string {
  for (const serializer of state.serializers) {
    if (serializer.test(value)) return printCustom(serializer, value, indent, depth, state);
  }
  const basic = printBasic(value, state);
  if (basic !== undefined) return basic;
  if (state.path.includes(value)) return "[Circular]";
  state.path.push(value);
  try {
    return printComplex(value as object, indent, depth, state);
  } finally {
    state.path.pop();
  }
}

function printCustom(serializer: Serializer, value: unknown, indent: string, depth: number, state: State): string {
  const nested = (inner: unknown, _config?: unknown, indentation: string = indent, level: number = depth) => print(inner, indentation, level, state);
  if (typeof serializer.serialize === "function") {
    return serializer.serialize(value, { indent: "  ", min: false, escapeString: false, printBasicPrototype: false, spacingInner: "\n", spacingOuter: "\n", plugins: state.serializers, maxDepth: Infinity, maxWidth: Infinity, callToJSON: true, compareKeys: undefined, colors: noColours }, indent, depth, [], nested as any);
  }
  const spacing = (text: string) => text.split("\n").map((line) => `${indent}  ${line}`).join("\n");
  const printed = serializer.print!(value, (inner) => print(inner, indent, depth, state), spacing, { edgeSpacing: "\n", min: false, spacing: "\n" }, noColours);
  if (typeof printed !== "string") throw new TypeError("A snapshot serializer must return a string");
  return printed;
}

const noColour = { open: "", close: "" };
const noColours = { comment: noColour, content: noColour, prop: noColour, tag: noColour, value: noColour };

function printBasic(value: unknown, state: State): string | undefined {
  switch (typeof value) {
    case "undefined": return "undefined";
    case "boolean": return `${value}`;
    case "number": return Object.is(value, -0) ? "-0" : String(value);
    case "bigint": return `${value}n`;
    case "string": return quoted(value, state);
    case "symbol": return value.toString();
    case "function": return isMock(value) ? undefined : state.options.snapshot ? "[Function]" : functionName(value as Function);
    default:
  }
  if (value === null) return "null";
  const tag = toString.call(value);
  if (tag === "[object WeakMap]") return "WeakMap {}";
  if (tag === "[object WeakSet]") return "WeakSet {}";
  if (value instanceof Date) return Number.isNaN(+value) ? "Date { NaN }" : value.toISOString();
  if (tag === "[object Symbol]") return (value as symbol).toString();
  if (tag === "[object RegExp]") return state.options.snapshot ? RegExp.prototype.toString.call(value).replace(/[$()*+.?[\\\]^{|}]/g, "\\$&") : RegExp.prototype.toString.call(value);
  if (value instanceof Error) return `[${errorText(value)}]`;
  return undefined;
}

function quoted(text: string, state: State): string {
  return state.options.escapeString ? `"${text.replace(/"|\\/g, "\\$&")}"` : `"${text}"`;
}

function functionName(fn: Function): string {
  return `[Function ${fn.name || "anonymous"}]`;
}

function errorText(error: Error): string {
  const name = error.name || "Error";
  return error.message === "" || error.message === undefined ? name : `${name}: ${error.message}`;
}

function constructorName(value: any): string {
  const constructor = value.constructor;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}

function printComplex(value: any, indent: string, depth: number, state: State): string {
  const { options } = state;
  const tooDeep = depth + 1 > (options.maxDepth ?? Infinity);
  if (isAsymmetric(value)) return printAsymmetric(value, indent, depth, state);
  if (isMock(value)) return printMock(value, indent, depth, state);
  if (typeof value.toJSON === "function" && !tooDeep) return print(value.toJSON(), indent, depth, state);
  if (isElement(value)) return printElement(value, indent, depth, state);
  const tag = toString.call(value);
  if (tag === "[object Arguments]") return tooDeep ? "[Arguments]" : `Arguments ${list(value, "[", "]", indent, depth, state)}`;
  if (isArrayLike(tag)) {
    const name = constructorName(value);
    const prefix = name === "Array" && options.printBasicPrototype !== true ? "" : `${name} `;
    return tooDeep ? `[${name}]` : `${prefix}${list(value, "[", "]", indent, depth, state)}`;
  }
  if (tag === "[object Map]") return tooDeep ? "[Map]" : `Map ${entries(value.entries(), " => ", indent, depth, state)}`;
  if (tag === "[object Set]") return tooDeep ? "[Set]" : `Set ${list(Array.from(value.values()), "{", "}", indent, depth, state)}`;
  if (tooDeep) return `[${constructorName(value)}]`;
  const name = constructorName(value);
  const prefix = name === "Object" && options.printBasicPrototype !== true ? "" : `${name} `;
  return `${prefix}${properties(value, indent, depth, state)}`;
}

function isArrayLike(tag: string): boolean {
  return tag === "[object Array]" || tag === "[object ArrayBuffer]" || tag === "[object DataView]" || /^\[object (?:Uint8|Uint8Clamped|Int8|Uint16|Int16|Uint32|Int32|Float16|Float32|Float64|BigInt64|BigUint64)Array\]$/.test(tag);
}

/** What stands between brackets: separated by commas, on lines of their own unless on a single line. */
function enclosed(open: string, close: string, items: string[], indent: string, state: State): string {
  if (items.length === 0) return `${open}${close}`;
  if (state.options.singleLine === true) {
    const space = open === "{" ? "" : "";
    return `${open}${space}${items.join(", ")}${space}${close}`;
  }
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}${close}`;
}

function list(values: any, open: string, close: string, indent: string, depth: number, state: State): string {
  const items: string[] = [];
  const bytes = values instanceof ArrayBuffer ? new Uint8Array(values) : values instanceof DataView ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : values;
  for (let index = 0; index < bytes.length; index++) {
    items.push(index in bytes ? print(bytes[index], `${indent}  `, depth + 1, state) : "");
  }
  return enclosed(open, close, items, indent, state);
}

function entries(iterator: Iterable<[unknown, unknown]>, arrow: string, indent: string, depth: number, state: State): string {
  const items: string[] = [];
  for (const [key, value] of iterator) {
    items.push(`${print(key, `${indent}  `, depth + 1, state)}${arrow}${print(value, `${indent}  `, depth + 1, state)}`);
  }
  return enclosed("{", "}", items, indent, state);
}

export function sortedKeys(value: object): PropertyKey[] {
  const keys: PropertyKey[] = Object.keys(value).sort();
  for (const symbol of getOwnPropertySymbols(value)) {
    if (Object.getOwnPropertyDescriptor(value, symbol)?.enumerable === true) keys.push(symbol);
  }
  return keys;
}

function properties(value: any, indent: string, depth: number, state: State): string {
  const items = sortedKeys(value).map((key) => {
    const name = typeof key === "symbol" ? key.toString() : quoted(String(key), state);
    return `${name}: ${print(value[key], `${indent}  `, depth + 1, state)}`;
  });
  return enclosed("{", "}", items, indent, state);
}

const ASYMMETRIC = Symbol.for("jest.asymmetricMatcher");

export function isAsymmetric(value: unknown): value is any {
  return value !== null && typeof value === "object" && ((value as any).$$typeof === ASYMMETRIC || (value as any)["asymmetricMatch"] instanceof Function);
}

function printAsymmetric(value: any, indent: string, depth: number, state: State): string {
  const name = typeof value.toString === "function" && value.toString !== Object.prototype.toString ? value.toString() : "AsymmetricMatcher";
  if (name === "ArrayContaining" || name === "ArrayNotContaining" || name === "ArrayOf") {
    const sample = Array.isArray(value.sample) ? value.sample : [value.sample];
    return `${name} ${list(sample, "[", "]", indent, depth, state)}`;
  }
  if (name === "ObjectContaining" || name === "ObjectNotContaining") return `${name} ${properties(value.sample, indent, depth, state)}`;
  if (name === "StringMatching" || name === "StringNotMatching" || name === "StringContaining" || name === "StringNotContaining") {
    return `${name} ${print(value.sample, indent, depth, state)}`;
  }
  return typeof value.toAsymmetricMatcher === "function" ? value.toAsymmetricMatcher() : name;
}

function isMock(value: any): boolean {
  return typeof value === "function" && value._isMockFunction === true;
}

function printMock(value: any, indent: string, depth: number, state: State): string {
  const name = value.getMockName() === "jest.fn()" ? "" : ` ${value.getMockName()}`;
  const calls = value.mock.calls.length === 0 ? "" : ` ${properties({ calls: value.mock.calls, results: value.mock.results }, indent, depth, state)}`;
  return `[MockFunction${name}]${calls}`;
}

const ELEMENTS = new Set<unknown>([Symbol.for("react.element"), Symbol.for("react.transitional.element"), Symbol.for("react.test.json")]);

function isElement(value: any): boolean {
  return ELEMENTS.has(value.$$typeof);
}

function elementName(type: any): string {
  if (typeof type === "string") return type;
  if (typeof type === "function") return type.displayName || type.name || "Unknown";
  if (type === Symbol.for("react.fragment")) return "React.Fragment";
  if (type === Symbol.for("react.suspense")) return "React.Suspense";
  if (type !== null && typeof type === "object" && type.$$typeof === Symbol.for("react.forward_ref")) return type.displayName || `ForwardRef(${type.render?.name ?? ""})`;
  if (type !== null && typeof type === "object" && type.$$typeof === Symbol.for("react.memo")) return type.displayName || `Memo(${elementName(type.type)})`;
  return "UNDEFINED";
}

/** React's elements, and the JSON of its test renderer. */
function printElement(value: any, indent: string, depth: number, state: State): string {
  const props = value.props ?? {};
  const name = elementName(value.type);
  const keys = Object.keys(props).filter((key) => key !== "children" && props[key] !== undefined).sort();
  if (typeof value.key === "string" && value.key !== "") keys.unshift("key");
  const inner = `${indent}  `;
  const attributes = keys.map((key) => {
    const prop = key === "key" ? value.key : props[key];
    if (typeof prop === "string") return `\n${inner}${key}="${prop}"`;
    const text = print(prop, `${inner}  `, depth + 1, state);
    const short = text.includes("\n") ? `{\n${inner}  ${text}\n${inner}}` : `{${text}}`;
    return `\n${inner}${key}=${short}`;
  });
  const children: unknown[] = [];
  const collect = (child: unknown): void => {
    if (Array.isArray(child)) child.forEach(collect);
    else if (child !== null && child !== undefined && child !== false && child !== true && child !== "") children.push(child);
  };
  collect(value.children ?? props.children);
  const open = `<${name}${attributes.join("")}${attributes.length > 0 ? `\n${indent}` : ""}`;
  if (children.length === 0) return `${open}${attributes.length > 0 ? "" : " "}/>`;
  const texts = children.map((child) => `${inner}${typeof child === "string" || typeof child === "number" ? String(child) : print(child, inner, depth + 1, state)}`);
  return `${open}>\n${texts.join("\n")}\n${indent}</${name}>`;
}

/** The name of a value's class, for messages. */
export function className(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const prototype = getPrototypeOf(value);
  return prototype === null ? "Object" : constructorName(value);
}
