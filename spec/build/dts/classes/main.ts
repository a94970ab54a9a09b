/**
 * A counter.
 *
 * @example new Counter(1)
 */
export class Counter<out T = number> implements Iterable<T> {
  #hidden: number = 1;
  private secret: Secret = {};
  protected items: T[] = [];
  /** How many. */
  readonly size: number = 0;
  static instance?: Counter;
  constructor(public start: number, private step: number = 1) {}
  get value(): number { return this.#hidden; }
  set value(value: number) { this.#hidden = value; }
  /** With a string. */
  add(item: string): this;
  add(item: T, count?: number): this;
  add(): this { return this; }
  private help(): void {}
  isEmpty(this: Counter<T>): this is Counter<never> { return this.size === 0; }
  *[Symbol.iterator](): Iterator<T> { yield* this.items; }
}
interface Secret {}

export abstract class Shape { abstract area(): number; protected abstract name?: string; }

export function parse(text: string): number;
export function parse(text: string, radix: number): bigint;
export function parse(text: string): number | bigint { return Number(text); }
export namespace parse { export const radix: Radix = 10; export type Radix = 10 | 16; }

/** A value and a type. */
export const Kind: { readonly a: Kind } = { a: "a" };
export type Kind = "a";

export enum Color { Red = 1, Green = Red << 1, Blue }
export const enum Flag { A = 1, B = A | 2 }
export namespace Color { export const first: Color = Color.Red; }

export const brand: unique symbol = Symbol("brand");
export interface Branded { readonly [brand]: true; [Symbol.iterator](): Iterator<1> }
export type Parts<T> = T extends `${infer Head}.${infer Tail}` ? [Head, Parts<Tail>] : { [K in keyof T as K & string]: T[K] };
export function check(value: unknown): asserts value is string {}
export const frozen = { a: 1, list: ["x", 2], call(n: number): void {} } as const;
