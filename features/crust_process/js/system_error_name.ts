// Names of system errors by their negative numbers, for the few places that have only a number.

import { getSystemErrorName } from "crust:node/util";

export function describe(errno: number): string | number {
  try {
    return getSystemErrorName(errno);
  } catch {
    return errno;
  }
}
