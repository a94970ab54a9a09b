// DOMException as a real error: it has its own stack, `Error.isError` is true and `instanceof Error` holds.
// It never decides when to throw; callers do.

import { codedTypeError, defineClone, defineConstants, defineInterface, toDOMString } from "crust:web/webidl";

const LEGACY_CODES: Record<string, number> = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

const LEGACY_CONSTANTS: Record<string, number> = {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
};

let isInstance: (value: object) => boolean;

// The error object is made by `Error` itself, so that it has [[ErrorData]]; the public constructor
// below is a plain function, so that its own prototype is Function.prototype as Web IDL asks.
class ErrorWithName extends Error {
  #name: string;
  #message: string;

  static {
    isInstance = (value) => #name in value;
  }

  constructor(message: string, name: string) {
    super();
    this.#name = name;
    this.#message = message;
  }

  override get name(): string {
    return this.#name;
  }

  override get message(): string {
    return this.#message;
  }

  get code(): number {
    return LEGACY_CODES[this.#name] ?? 0;
  }
}

interface DOMExceptionConstructor {
  new (message?: string, options?: string | { name?: string; cause?: unknown }): DOMException;
  readonly prototype: DOMException;
}

function construct(this: unknown, message?: string, options?: string | { name?: string; cause?: unknown }): object {
  if (new.target === undefined) {
    throw codedTypeError("ERR_CONSTRUCT_CALL_REQUIRED", "Class constructor DOMException cannot be invoked without 'new'");
  }
  const text = message === undefined ? "" : toDOMString(message);
  const isDictionary = typeof options === "object" && options !== null;
  const given = isDictionary ? options.name : (options as string | undefined);
  const name = given === undefined ? "Error" : toDOMString(given);
  const error: object = Reflect.construct(ErrorWithName, [text, name], new.target);
  if (isDictionary && "cause" in options) {
    Object.defineProperty(error, "cause", { value: options.cause, writable: true, configurable: true });
  }
  (Error as { captureStackTrace?: (target: object, from: unknown) => void }).captureStackTrace?.(error, new.target);
  return error;
}

Object.defineProperty(construct, "name", { value: "DOMException" });
Object.defineProperty(construct, "length", { value: 0 });
Object.defineProperty(construct, "prototype", { value: ErrorWithName.prototype, writable: false });
Object.defineProperty(ErrorWithName.prototype, "constructor", { value: construct });
defineInterface(ErrorWithName, "DOMException");
defineConstants(construct as never, LEGACY_CONSTANTS);

const DOMException = construct as unknown as DOMExceptionConstructor;
interface DOMException extends Error {
  readonly code: number;
}

defineClone(ErrorWithName, (value: DOMException) => {
  const copy = new DOMException(value.message, value.name);
  Object.defineProperty(copy, "stack", { value: value.stack, writable: true, configurable: true });
  return copy;
});

/** True for an object made by the DOMException constructor. */
export function isDOMException(value: object): boolean {
  return isInstance(value);
}

export { DOMException };
