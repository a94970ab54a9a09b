// Chemical formulas such as `Ca(OH)2` or `CuSO4·5H2O`: how many atoms of which element.

export class FormulaError extends Error {
  override name = "FormulaError";
}

/** Deeper brackets than any real formula has. */
const MAX_DEPTH = 16;
const MAX_LENGTH = 200;

export function parseFormula(formula: string): Map<string, number> {
  if (formula.length > MAX_LENGTH) throw new FormulaError(`longer than ${MAX_LENGTH} characters`);
  const total = new Map<string, number>();
  for (const part of formula.split(/[·*]/)) {
    const [, count, rest] = /^(\d*)(.*)$/.exec(part.trim())!;
    const reader = new Reader(rest);
    add(total, reader.group(0), count === "" ? 1 : Number(count));
    if (!reader.done) throw new FormulaError(`unexpected "${reader.next}"`);
  }
  return total;
}

class Reader {
  #position = 0;

  constructor(private readonly text: string) {}

  get next(): string {
    return this.text[this.#position] ?? "";
  }

  get done(): boolean {
    return this.#position >= this.text.length;
  }

  group(depth: number): Map<string, number> {
    if (depth > MAX_DEPTH) throw new FormulaError("too many brackets");
    const atoms = new Map<string, number>();
    while (!this.done && this.next !== ")") {
      if (this.next === "(") {
        this.#position++;
        const inner = this.group(depth + 1);
        if (this.next !== ")") throw new FormulaError("a bracket is not closed");
        this.#position++;
        add(atoms, inner, this.count());
      } else {
        const symbol = this.take(/[A-Z][a-z]?/y);
        if (symbol === "") throw new FormulaError(`unexpected "${this.next}"`);
        add(atoms, new Map([[symbol, 1]]), this.count());
      }
    }
    if (atoms.size === 0) throw new FormulaError("no elements");
    return atoms;
  }

  count(): number {
    const digits = this.take(/\d+/y);
    return digits === "" ? 1 : Number(digits);
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.#position += found.length;
    return found;
  }
}

function add(into: Map<string, number>, atoms: Map<string, number>, times: number): void {
  for (const [symbol, count] of atoms) into.set(symbol, (into.get(symbol) ?? 0) + count * times);
}
