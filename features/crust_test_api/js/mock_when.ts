// `vi.when(spy)`: what a spy does by its arguments (vitest.dev/guide/recipes/conditional-mocking).
import { equals } from "crust:test_api/equals";
import { format } from "crust:test_api/format";
import { isMock } from "crust:test_api/mock";

interface Action {
  label: string;
  act: () => unknown;
  /** How often it applies; undefined for always. */
  times: number | undefined;
  used: number;
}

interface Behaviour {
  args: unknown[];
  /** The last one that is not used up applies. */
  actions: Action[];
}

type Unmatched = "throw" | ((...args: any[]) => unknown) | undefined;

function shown(args: unknown[]): string {
  return args.map((arg) => format(arg, { singleLine: true })).join(", ");
}

class When {
  readonly behaviours: Behaviour[] = [];
  #current: Behaviour | undefined;
  #spy: any;
  #before: ((...args: any[]) => unknown) | undefined;

  constructor(spy: any, unmatched: Unmatched) {
    this.#spy = spy;
    const before = spy.getMockImplementation() as ((...args: any[]) => unknown) | undefined;
    this.#before = before;
    const { behaviours } = this;
    spy.mockImplementation(function (this: unknown, ...args: unknown[]) {
      const found = behaviours.find((behaviour) => equals(args, behaviour.args));
      const action = found?.actions.findLast(({ times, used }) => times === undefined || used < times);
      if (action !== undefined) {
        action.used++;
        return action.act();
      }
      if (unmatched === "throw") throw new Error(`vi.when: no behavior defined when called with [${shown(args)}]`);
      if (unmatched !== undefined) return unmatched.apply(this, args);
      return before?.apply(this, args);
    });
  }

  calledWith(...args: unknown[]): this {
    this.#current = this.behaviours.find((behaviour) => equals(args, behaviour.args));
    if (this.#current === undefined) this.behaviours.push((this.#current = { args, actions: [] }));
    return this;
  }

  #add(name: string, value: unknown, times: number | undefined, act: () => unknown): this {
    if (this.#current === undefined) throw new TypeError(`vi.when(): ${name} follows calledWith()`);
    if (times !== undefined && (!Number.isInteger(times) || times < 1)) throw new TypeError(`vi.when(): times must be a positive integer, not ${format(times)}`);
    this.#current.actions.push({ label: `${name}(${shown([value])})`, act, times, used: 0 });
    return this;
  }

  thenReturn(value: unknown, options: { times?: number } = {}): this { return this.#add("thenReturn", value, options.times, () => value); }
  thenResolve(value: unknown, options: { times?: number } = {}): this { return this.#add("thenResolve", value, options.times, () => Promise.resolve(value)); }
  thenReject(error: unknown, options: { times?: number } = {}): this { return this.#add("thenReject", error, options.times, () => Promise.reject(error as Error)); }
  thenThrow(error: unknown, options: { times?: number } = {}): this { return this.#add("thenThrow", error, options.times, () => { throw error; }); }
  thenReturnOnce(value: unknown): this { return this.thenReturn(value, { times: 1 }); }
  thenResolveOnce(value: unknown): this { return this.thenResolve(value, { times: 1 }); }
  thenRejectOnce(error: unknown): this { return this.thenReject(error, { times: 1 }); }
  thenThrowOnce(error: unknown): this { return this.thenThrow(error, { times: 1 }); }

  [Symbol.dispose](): void {
    if (this.#before === undefined) this.#spy.mockReset();
    else this.#spy.mockImplementation(this.#before);
  }
}

export function when(spy: unknown, options: { onUnmatched?: Unmatched } = {}): When {
  if (!isMock(spy)) throw new TypeError(`vi.when() takes a mock function, not ${format(spy)}`);
  return new When(spy, options.onUnmatched);
}

export function isWhenChain(value: unknown): boolean {
  return value instanceof When;
}

/** What is left of a chain, a line each: behaviours without an action, and actions that were not used often enough. */
export function unused(chain: unknown): string[] {
  const { behaviours } = chain as When;
  if (behaviours.length === 0) return ["  there is no behavior"];
  return behaviours.flatMap(({ args, actions }) => {
    if (actions.length === 0) return [`  calledWith(${shown(args)}) has no action`];
    const open = actions.filter(({ times, used }) => used < (times ?? 1));
    return open.map(({ label, times, used }) => `  calledWith(${shown(args)}) ${label}: ${used === 0 ? "never called" : `called ${used} of ${times} times`}`);
  });
}
