// Functions and classes that Node has and Crust does not have yet: they exist, so that a program that merely imports
// them loads, and throw ERR_NOT_IMPLEMENTED with their name when used.

import { notImplemented } from "crust:node/internal/errors";

/** `{ connect, createServer }` of `net`, each refusing. */
export function refusedFunctions<const N extends string>(module: string, ...names: N[]): Record<N, (...args: any[]) => never> {
  const made: any = {};
  for (const name of names) made[name] = { [name]: (..._args: unknown[]): never => notImplemented(`${module}.${name}`) }[name];
  return made;
}

/** Classes that may be extended and named in `instanceof`, but not constructed. */
export function refusedClasses<const N extends string>(module: string, ...names: N[]): Record<N, any> {
  const made: any = {};
  for (const name of names) {
    made[name] = function (): never {
      return notImplemented(`${module}.${name}`);
    };
    Object.defineProperty(made[name], "name", { value: name });
  }
  return made;
}
