// Maps, sets and their iterators.
import type { Formatter } from "crust:console/inspect/formatter";
import { Kind } from "crust:console/inspect/kinds";

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get!;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")!.get!;
const { forEach: mapForEach } = Map.prototype;
const { forEach: setForEach } = Set.prototype;

export function formatCollection(f: Formatter, value: object, kind: Kind): void {
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  if (kind === Kind.Map) formatMap(f, value as Map<unknown, unknown>);
  else if (kind === Kind.Set) formatSet(f, value as Set<unknown>);
  else formatIterator(f, value as Iterator<unknown>, kind === Kind.MapIterator ? "MapIterator" : "SetIterator");
  f.quoteStrings = quoted;
}

function formatMap(f: Formatter, map: Map<unknown, unknown>): void {
  const size = mapSize.call(map) as number;
  if (size === 0) {
    f.out += "Map {}";
    return;
  }
  if (f.tooDeep()) return f.elided("Map", true);
  f.out += `Map(${size}) {`;
  const entries = new Entries(f);
  mapForEach.call(map, (item, key) => {
    entries.start();
    f.format(key);
    f.out += ": ";
    f.format(item);
  });
  entries.end();
}

function formatSet(f: Formatter, set: Set<unknown>): void {
  const size = setSize.call(set) as number;
  if (size === 0) {
    f.out += "Set {}";
    return;
  }
  if (f.tooDeep()) return f.elided("Set", true);
  f.out += `Set(${size}) {`;
  const entries = new Entries(f);
  setForEach.call(set, (item) => {
    entries.start();
    f.format(item);
  });
  entries.end();
}

/** The values an iterator still has. Reading them is the only way to see them, and it uses them up, as in Bun. */
function formatIterator(f: Formatter, iterator: Iterator<unknown>, name: string): void {
  if (f.tooDeep()) return f.elided(name, true);
  f.out += `${name} { `;
  const entries = new Entries(f);
  const next = iterator.next;
  for (let step = Reflect.apply(next, iterator, []) as IteratorResult<unknown>; !step.done; step = Reflect.apply(next, iterator, []) as IteratorResult<unknown>) {
    entries.start();
    f.format(step.value);
  }
  entries.end();
}

/** Lines between the braces of a collection; every entry ends with a comma. */
class Entries {
  count = 0;
  private readonly f: Formatter;

  constructor(f: Formatter) {
    this.f = f;
    f.indent++;
    f.depth++;
  }

  start(): void {
    const { f } = this;
    if (this.count > 0) f.comma();
    if (!f.singleLine) f.newline();
    else if (this.count > 0 || !f.out.endsWith(" ")) f.out += " ";
    this.count++;
  }

  end(): void {
    const { f } = this;
    f.indent--;
    f.depth--;
    if (this.count === 0) {
      if (!f.singleLine) f.out += "  ".repeat(f.indent);
      f.out += "}";
    } else if (f.singleLine) {
      f.out += " }";
    } else {
      f.comma();
      f.newline();
      f.out += "}";
    }
  }
}

