// What a file changed is put back before the next one runs in the same process: properties of the global
// object and of whatever it, the language and the builtin modules hand out. What this cannot undo shows as a
// reason for a new process.
import { isReferenced, watchBuiltins } from "crust:ops/core";
import { clearAllTimers } from "crust:web/timers";

interface Saved {
  object: any;
  descriptors: Map<PropertyKey, PropertyDescriptor>;
  prototype: object | null;
  /** Names and values of data properties, and names and getters of others: what is compared after each file. */
  names: PropertyKey[];
  values: unknown[];
  accessors: Array<[PropertyKey, PropertyDescriptor]>;
}

const saved = new Map<object, Saved>();
/** What was there before any builtin module was loaded for a test: no module adds to it later. */
let first = new Set<object>();
/** A builtin module has just been loaded. */
let isLoading = false;
let environment: Record<string, string> = {};
let directory = "";

const { getOwnPropertyDescriptor, getPrototypeOf, defineProperty } = Object;
const { ownKeys } = Reflect;
/** Like a descriptor's `get`, without making one. */
const getterOf = (Object.prototype as any).__lookupGetter__ as (this: object, key: PropertyKey) => unknown;

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function remember(object: any): void {
  if (!isObject(object)) return;
  const known = saved.get(object);
  if (known !== undefined) {
    if (isLoading && !first.has(object)) addNew(known);
    return;
  }
  const descriptors = new Map<PropertyKey, PropertyDescriptor>();
  for (const key of ownKeys(object)) descriptors.set(key, getOwnPropertyDescriptor(object, key)!);
  const data = [...descriptors].filter(([, descriptor]) => "value" in descriptor);
  saved.set(object, {
    object, descriptors, prototype: getPrototypeOf(object),
    names: data.map(([key]) => key),
    values: data.map(([, descriptor]) => descriptor.value),
    accessors: [...descriptors].filter(([, descriptor]) => !("value" in descriptor)),
  });
}

/** What modules put on a class that another one has handed out already: `node:stream` completes the streams of `node:net`. */
function addNew(known: Saved): void {
  for (const key of ownKeys(known.object)) {
    if (known.descriptors.has(key)) continue;
    const descriptor = getOwnPropertyDescriptor(known.object, key)!;
    known.descriptors.set(key, descriptor);
    if ("value" in descriptor) {
      known.names.push(key);
      known.values.push(descriptor.value);
    } else {
      known.accessors.push([key, descriptor]);
    }
  }
}

function rememberChain(value: unknown): void {
  for (let at: any = value; isObject(at) && !first.has(at) && (isLoading || !saved.has(at)); at = getPrototypeOf(at)) remember(at);
}

/**
 * A class with its statics, its instances' methods and what it inherits; a function that carries something; an
 * object and its class's methods. Other functions have nothing that could be replaced.
 */
function rememberWhole(value: any): void {
  if (typeof value !== "function") return rememberChain(value);
  const prototype: unknown = Object.hasOwn(value, "prototype") ? value.prototype : undefined;
  // A function that is no class has an empty prototype.
  const isClass = isObject(prototype) && (ownKeys(prototype).length > 1 || getPrototypeOf(prototype) !== Object.prototype);
  if (isClass) {
    rememberChain(value);
    rememberChain(prototype);
  } else if (ownKeys(value).length > (prototype === undefined ? 2 : 3)) {
    remember(value);
  }
}

/** `extensible`: objects of the test API that tests may extend; `api`: its functions, whose modifiers are made when they are read. */
export function saveGlobals(extensible: object[], api: unknown[]): void {
  const global = globalThis as any;
  // Read by this file itself: loaded now, so that reading them is no change.
  void global.console;
  global.process.eventNames();
  watchLazy(globalThis);
  remember(globalThis);
  for (const { value } of saved.get(globalThis)!.descriptors.values()) {
    if (api.includes(value)) continue;
    rememberWhole(value);
    // Namespaces: `Intl`, `WebAssembly`.
    if (isObject(value) && typeof value === "object" && Symbol.toStringTag in value) {
      for (const descriptor of saved.get(value)!.descriptors.values()) rememberWhole(descriptor.value);
    }
  }
  for (const value of hidden()) rememberWhole(value);
  for (const object of extensible) remember(object);
  first = new Set(saved.keys());
  watchBuiltins(rememberModule);
  const { process } = global;
  environment = { ...process.env };
  directory = process.cwd();
}

/** Classes and prototypes of the language that no global names. */
function hidden(): unknown[] {
  function* generator(): Generator { /* never run */ }
  async function* asyncGenerator(): AsyncGenerator { /* never run */ }
  const iterators = [[].values(), new Map().entries(), new Set().values(), "".matchAll(/x/g), ""[Symbol.iterator]()];
  return [
    getPrototypeOf(Uint8Array), generator.constructor, asyncGenerator.constructor, (async () => {}).constructor,
    ...iterators.map((iterator) => getPrototypeOf(iterator)), getPrototypeOf(generator.prototype), getPrototypeOf(asyncGenerator.prototype),
  ];
}

/** Properties of the global object and of `Bun` that load when they are first read: what they are then is what they go back to. */
function watchLazy(object: any): void {
  for (const key of ownKeys(object)) {
    const { get, set, enumerable, configurable } = getOwnPropertyDescriptor(object, key)!;
    if (get === undefined || set === undefined || !configurable) continue;
    const read = (): unknown => {
      const value: unknown = get.call(object);
      noteLoaded(object, key);
      rememberWhole(value);
      return value;
    };
    defineProperty(object, key, { get: read, set, enumerable: enumerable!, configurable: true });
  }
}

function noteLoaded(object: object, key: PropertyKey): void {
  const one = saved.get(object);
  const descriptor = getOwnPropertyDescriptor(object, key);
  if (one === undefined || descriptor === undefined || !("value" in descriptor)) return;
  one.descriptors.set(key, descriptor);
  one.names.push(key);
  one.values.push(descriptor.value);
  one.accessors = one.accessors.filter(([name]) => name !== key);
}

function rememberModule(namespace: any): void {
  if (!isObject(namespace.default)) return;
  isLoading = true;
  rememberExports(namespace.default);
  isLoading = false;
}

/** What a builtin module hands out: the object that `require` gives, its classes, and the objects in it. */
function rememberExports(exported: any): void {
  if (!saved.has(exported) && (exported as any)[Symbol.toStringTag] === "Bun") watchLazy(exported);
  remember(exported);
  // `fs.promises` and its like stand behind getters, and hold getters that load more.
  remember((exported as any).promises);
  if (typeof exported === "function") rememberWhole(exported);
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(exported))) {
    if (typeof value === "function") rememberWhole(value);
    else if (isObject(value) && getPrototypeOf(value) === Object.prototype) remember(value);
  }
}

function same(a: PropertyDescriptor, b: PropertyDescriptor): boolean {
  return Object.is(a.value, b.value) && a.get === b.get && a.set === b.set && a.writable === b.writable && a.enumerable === b.enumerable && a.configurable === b.configurable;
}

/** Whether an object is as it was, by the values of its properties: cheap, as hardly any file changes one. */
function isUnchanged({ object, descriptors, names, values, accessors, prototype }: Saved): boolean {
  if (ownKeys(object).length !== descriptors.size || getPrototypeOf(object) !== prototype) return false;
  for (let at = 0; at < names.length; at++) {
    const value = object[names[at]!];
    if (value !== values[at] && (value === value || values[at] === values[at])) return false;
  }
  for (let at = 0; at < accessors.length; at++) {
    const [key, before] = accessors[at]!;
    if (getterOf.call(object, key) !== before.get) return false;
  }
  return true;
}

export function restoreGlobals(): void {
  restoreProcess();
  for (const one of saved.values()) if (!isUnchanged(one)) restore(one);
}

function restore({ object, descriptors, prototype }: Saved): void {
  for (const key of ownKeys(object)) {
    const before = descriptors.get(key);
    // A property that cannot be deleted stays; nothing else can be done about it.
    if (before === undefined) Reflect.deleteProperty(object, key);
    else if (!same(before, getOwnPropertyDescriptor(object, key)!)) Reflect.defineProperty(object, key, before);
  }
  for (const [key, descriptor] of descriptors) if (!Object.hasOwn(object, key)) Reflect.defineProperty(object, key, descriptor);
  if (getPrototypeOf(object) !== prototype) Reflect.setPrototypeOf(object, prototype);
}

function restoreProcess(): void {
  const { process } = globalThis as any;
  const { env } = process;
  for (const key of Object.keys(env)) if (!(key in environment)) delete env[key];
  for (const key in environment) if (env[key] !== environment[key]) env[key] = environment[key];
  if (process.cwd() !== directory) process.chdir(directory);
  if (process._eventsCount > 0) {
    for (const name of process.eventNames()) process.removeAllListeners(name);
  }
  process.exitCode = undefined;
}

/** Stops timers; answers whether something else keeps the loop alive that belongs to a file that is over. */
export function leftovers(): boolean {
  clearAllTimers();
  return isReferenced();
}
