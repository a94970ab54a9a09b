// The global `navigator`: facts about the machine and the program. There is no browser behind it.

import { navigatorFacts } from "crust:ops/web";
import { codedTypeError, defineInterface } from "crust:web/webidl";

const CREATE = Symbol("create Navigator");

// user agent, platform, number of processors
let facts: [string, string, number] | undefined;

function fact<N extends 0 | 1 | 2>(index: N): [string, string, number][N] {
  return (facts ??= navigatorFacts() as [string, string, number])[index];
}

export class Navigator {
  constructor(token?: symbol) {
    if (token !== CREATE) {
      throw codedTypeError("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
    }
  }
  get userAgent(): string {
    return fact(0);
  }
  get platform(): string {
    return fact(1);
  }
  get hardwareConcurrency(): number {
    return fact(2);
  }
  get language(): string {
    return new Intl.DateTimeFormat().resolvedOptions().locale;
  }
  get languages(): readonly string[] {
    return Object.freeze([this.language]);
  }
}
defineInterface(Navigator, "Navigator");

export const navigator = new Navigator(CREATE);
