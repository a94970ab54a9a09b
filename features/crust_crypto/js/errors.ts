// The DOMExceptions that the Web Cryptography API names.

import { DOMException } from "crust:web/dom_exception";

export function notSupported(what: string): DOMException {
  return new DOMException(`${what} is not supported`, "NotSupportedError");
}

export function dataError(why: string): DOMException {
  return new DOMException(why, "DataError");
}

export function operationError(why: string): DOMException {
  return new DOMException(why, "OperationError");
}

export function syntaxError(why: string): DOMException {
  return new DOMException(why, "SyntaxError");
}

export function invalidAccess(why: string): DOMException {
  return new DOMException(why, "InvalidAccessError");
}

/** What a native answered, or an OperationError for its null. */
export function succeeded<T>(result: T | null, what: string): T {
  if (result === null) {
    throw operationError(`${what} failed`);
  }
  return result;
}

/** The number of an imported key, or a DataError for null. */
export function imported(id: number | null): number {
  if (id === null) {
    throw dataError("The data is not a valid key");
  }
  return id;
}
