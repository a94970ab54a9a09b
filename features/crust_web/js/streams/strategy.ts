// The queuing strategies: CountQueuingStrategy, ByteLengthQueuingStrategy, and reading a strategy users gave.

import { defineInterface, requireArguments, requireFunction, toDictionary } from "crust:web/webidl";

export interface QueuingStrategy {
  highWaterMark?: number;
  size?: (chunk: never) => number;
}

export type SizeAlgorithm = (chunk: unknown) => number;

const countSize = { size: () => 1 }.size;
const byteLengthSize = { size: (chunk: ArrayBufferView) => chunk.byteLength }.size;

export class CountQueuingStrategy {
  #highWaterMark: number;

  constructor(init: { highWaterMark: number }) {
    this.#highWaterMark = readInit(arguments.length, init);
  }
  get highWaterMark(): number {
    return this.#highWaterMark;
  }
  get size(): () => number {
    void this.#highWaterMark;
    return countSize;
  }
}
defineInterface(CountQueuingStrategy, "CountQueuingStrategy");

export class ByteLengthQueuingStrategy {
  #highWaterMark: number;

  constructor(init: { highWaterMark: number }) {
    this.#highWaterMark = readInit(arguments.length, init);
  }
  get highWaterMark(): number {
    return this.#highWaterMark;
  }
  get size(): (chunk: ArrayBufferView) => number {
    void this.#highWaterMark;
    return byteLengthSize;
  }
}
defineInterface(ByteLengthQueuingStrategy, "ByteLengthQueuingStrategy");

function readInit(given: number, init: { highWaterMark: number }): number {
  requireArguments(given, 1);
  const { highWaterMark } = toDictionary(init, "init");
  if (highWaterMark === undefined) {
    throw new TypeError("A queuing strategy needs a highWaterMark");
  }
  return Number(highWaterMark);
}

/** The high water mark of a strategy. */
export function highWaterMarkOf(strategy: QueuingStrategy, otherwise: number): number {
  const { highWaterMark } = strategy;
  if (highWaterMark === undefined) {
    return otherwise;
  }
  const number = Number(highWaterMark);
  if (!(number >= 0)) {
    throw new RangeError("A highWaterMark must be a non-negative number");
  }
  return number;
}

/** The size algorithm of a strategy; null counts chunks. */
export function sizeAlgorithmOf(strategy: QueuingStrategy): SizeAlgorithm | null {
  const { size } = strategy;
  if (size === undefined) {
    return null;
  }
  const checked = requireFunction(size, "strategy.size") as (chunk: unknown) => number;
  return (chunk) => Reflect.apply(checked, undefined, [chunk]) as number;
}

/** Converts the dictionary once, with its members read in the order of their names. */
export function readStrategy(strategy: unknown): QueuingStrategy {
  const dictionary = toDictionary(strategy as QueuingStrategy | undefined, "strategy");
  const { highWaterMark, size } = dictionary;
  return { ...(highWaterMark === undefined ? {} : { highWaterMark: Number(highWaterMark) }), ...(size === undefined ? {} : { size: requireFunction(size, "strategy.size") as (chunk: never) => number }) };
}
