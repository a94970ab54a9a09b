// The periodic table in memory: parsing, look-up by symbol, filtering.

export type State = "solid" | "liquid" | "gas" | "unknown";

export interface Element {
  number: number;
  symbol: string;
  name: string;
  /** Standard atomic weight in daltons. */
  mass: number;
  period: number;
  /** `null` for the lanthanides and actinides, which have none. */
  group: number | null;
  category: string;
  state: State;
}

export interface Query {
  text?: string;
  category?: string;
  state?: string;
  period?: number;
}

export class Table implements Iterable<Element> {
  readonly #elements: Element[];
  readonly #bySymbol: Map<string, Element>;

  private constructor(elements: Element[]) {
    this.#elements = elements;
    this.#bySymbol = new Map(elements.map((element) => [element.symbol.toLowerCase(), element]));
  }

  /** Reads comma-separated lines below a line of names. */
  static parse(text: string): Table {
    const [head, ...lines] = text.trim().split("\n");
    const names = head.split(",");
    return new Table(lines.map((line, index) => toElement(names, line.split(","), index + 2)));
  }

  get size(): number {
    return this.#elements.length;
  }

  get categories(): string[] {
    return [...new Set(this.#elements.map((element) => element.category))];
  }

  /** By symbol in any case, or by atomic number. */
  find(key: string): Element | undefined {
    return this.#bySymbol.get(key.toLowerCase()) ?? this.#elements[Number(key) - 1];
  }

  filter({ text, category, state, period }: Query): Element[] {
    const wanted = text?.toLowerCase();
    return this.#elements.filter((element) =>
      (wanted === undefined || element.name.toLowerCase().includes(wanted))
      && (category === undefined || element.category === category)
      && (state === undefined || element.state === state)
      && (period === undefined || element.period === period));
  }

  [Symbol.iterator](): Iterator<Element> {
    return this.#elements[Symbol.iterator]();
  }
}

function toElement(names: string[], fields: string[], line: number): Element {
  if (fields.length !== names.length) {
    throw new Error(`line ${line} has ${fields.length} fields in place of ${names.length}`);
  }
  const row = Object.fromEntries(names.map((name, index) => [name, fields[index]]));
  return {
    number: Number(row.number),
    symbol: row.symbol,
    name: row.name,
    mass: Number(row.mass),
    period: Number(row.period),
    group: row.group === "" ? null : Number(row.group),
    category: row.category,
    state: row.state as State,
  };
}
