export enum Sign {
  Minus = -1,
  Plus = 1,
}

export function sign(value: number): Sign {
  if (value < 0) return Sign.Minus;
  return Sign.Plus;
}

export const clamp = (value: number, low = 0, high: number = 10): number =>
  value < low ? low : value > high ? high : value;

export class Counter {
  #count = 0;
  constructor(private readonly step: number) {}
  next(): number {
    this.#count += this.step || 1;
    return this.#count;
  }
  never(): void {
    this.#count = 0;
  }
}
