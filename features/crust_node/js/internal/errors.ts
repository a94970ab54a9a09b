// Node's coded errors: `codes.ERR_*` constructors with Node's messages, and the texts they share.
// Loads nothing; the inspector is required only for values that cannot be described without it.

type ErrorBase = ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor | SyntaxErrorConstructor | URIErrorConstructor;
type MessageOf = string | ((...args: any[]) => string);
// eslint-style loose constructor: every code takes its own arguments.
export type NodeErrorConstructor = new (...args: any[]) => Error & { code: string };

/** Every coded error, by code. Node's documentation page "Errors" lists what each means. */
export const codes: Record<string, NodeErrorConstructor> = Object.create(null);

const kIsNodeError = Symbol.for("crust.node.isNodeError");

function define(code: string, message: MessageOf, Base: ErrorBase, prepare?: (error: any, args: any[]) => void): void {
  const NodeError = function (...args: any[]) {
    const text = typeof message === "function" ? message(...args) : message;
    const error: any = new (Base as ErrorConstructor)(text);
    if (Error.captureStackTrace) Error.captureStackTrace(error, new.target ?? NodeError);
    Object.defineProperty(error, "toString", { value: describeSelf, enumerable: false, writable: true, configurable: true });
    error.code = code;
    if (prepare) prepare(error, args);
    return error;
  };
  Object.defineProperty(NodeError, "name", { value: "NodeError" });
  (NodeError as any).prototype = Object.create((Base as ErrorConstructor).prototype, {
    constructor: { value: Base, enumerable: false, writable: true, configurable: true },
  });
  (NodeError as any)[kIsNodeError] = true;
  Object.defineProperty(NodeError, Symbol.hasInstance, { value: (v: any) => v instanceof Base && v.code === code });
  codes[code] = NodeError as unknown as NodeErrorConstructor;
}

function describeSelf(this: Error & { code: string }): string {
  return `${this.name} [${this.code}]: ${this.message}`;
}

/** `a`, `a or b`, `a, b, or c`. */
export function formatList(items: readonly string[], conjunction = "or"): string {
  switch (items.length) {
    case 0: return "";
    case 1: return items[0]!;
    case 2: return `${items[0]} ${conjunction} ${items[1]}`;
    default: return `${items.slice(0, -1).join(", ")}, ${conjunction} ${items[items.length - 1]}`;
  }
}

function inspectShallow(value: unknown): string {
  return require("crust:console/node_inspect").inspect(value, { depth: -1 });
}

function describeString(value: string): string {
  const short = value.length > 28 ? `${value.slice(0, 25)}...` : value;
  return short.includes("'") ? JSON.stringify(short) : `'${short}'`;
}

/** The words after "Received " that say what a wrong argument was. */
export function determineSpecificType(value: any): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "undefined": return "undefined";
    case "bigint": return `type bigint (${value}n)`;
    case "number": return `type number (${Object.is(value, -0) ? "-0" : String(value)})`;
    case "boolean": return `type boolean (${value})`;
    case "symbol": return `type symbol (${String(value)})`;
    case "function": return `function ${value.name}`;
    case "string": return `type string (${describeString(value)})`;
    default:
      if (value.constructor && "name" in value.constructor) return `an instance of ${value.constructor.name}`;
      return inspectShallow(value);
  }
}

const primitiveTypes = new Set(["string", "function", "number", "object", "Function", "Object", "boolean", "bigint", "symbol"]);

function describeSubject(name: string): string {
  if (name.endsWith(" argument")) return `The ${name}`;
  return `The "${name}" ${name.includes(".") ? "property" : "argument"}`;
}

function describeExpected(expected: string | readonly string[]): string {
  const types: string[] = [];
  const instances: string[] = [];
  const others: string[] = [];
  for (const value of typeof expected === "string" ? [expected] : expected) {
    if (primitiveTypes.has(value)) types.push(value.toLowerCase());
    else if (/^[A-Z][a-zA-Z0-9]*$/.test(value)) instances.push(value);
    else others.push(value);
  }
  // "object" reads as one more instance when classes are listed too.
  if (instances.length > 0) {
    const at = types.indexOf("object");
    if (at !== -1) {
      types.splice(at, 1);
      instances.push("Object");
    }
  }
  let text = "";
  if (types.length > 0) {
    text += `${types.length > 1 ? "one of type" : "of type"} ${formatList(types, "or")}`;
    if (instances.length > 0 || others.length > 0) text += " or ";
  }
  if (instances.length > 0) {
    text += `an instance of ${formatList(instances, "or")}`;
    if (others.length > 0) text += " or ";
  }
  if (others.length > 1) text += `one of ${formatList(others, "or")}`;
  else if (others.length === 1) text += `${others[0]!.toLowerCase() !== others[0] ? "an " : ""}${others[0]}`;
  return text;
}

/** `12345678` → `12_345_678`, as Node prints large numbers in range errors. */
export function addNumericalSeparator(digits: string): string {
  let out = "";
  let at = digits.length;
  const start = digits[0] === "-" ? 1 : 0;
  for (; at >= start + 4; at -= 3) out = `_${digits.slice(at - 3, at)}${out}`;
  return `${digits.slice(0, at)}${out}`;
}

function describeOutOfRange(name: string, range: string, input: any, replaceDefault = false): string {
  let received: string;
  if (Number.isInteger(input) && Math.abs(input) > 2 ** 32) received = addNumericalSeparator(String(input));
  else if (typeof input === "bigint") {
    received = String(input);
    if (input > 2n ** 32n || input < -(2n ** 32n)) received = addNumericalSeparator(received);
    received += "n";
  } else received = require("crust:console/node_inspect").inspect(input);
  return `${replaceDefault ? name : `The value of "${name}" is out of range.`} It must be ${range}. Received ${received}`;
}

function describeInvalidValue(name: string, value: any, reason = "is invalid"): string {
  let shown: string = require("crust:console/node_inspect").inspect(value);
  if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
  return `The ${name.includes(".") ? "property" : "argument"} '${name}' ${reason}. Received ${shown}`;
}

define("ERR_AMBIGUOUS_ARGUMENT", (name, reason) => `The "${name}" argument is ambiguous. ${reason}`, TypeError);
define("ERR_ARG_NOT_ITERABLE", (name) => `${name} must be iterable`, TypeError);
define("ERR_ASSERTION", (text) => text, Error);
define("ERR_ASYNC_CALLBACK", (name) => `${name} must be a function`, TypeError);
define("ERR_ASYNC_TYPE", (name) => `Invalid name for async "type": ${name}`, TypeError);
define("ERR_BUFFER_OUT_OF_BOUNDS", (name) => name ? `"${name}" is outside of buffer bounds` : "Attempt to access memory outside buffer bounds", RangeError);
define("ERR_BUFFER_TOO_LARGE", (max) => `Cannot create a Buffer larger than ${max} bytes`, RangeError);
define("ERR_BROTLI_INVALID_PARAM", (param) => `${param} is not a valid Brotli parameter`, RangeError);
define("ERR_CHILD_PROCESS_IPC_REQUIRED", (name) => `Forked processes must have an IPC channel, missing value 'ipc' in ${name}`, Error);
define("ERR_CHILD_PROCESS_STDIO_MAXBUFFER", (name) => `${name} maxBuffer length exceeded`, RangeError);
define("ERR_CONSOLE_WRITABLE_STREAM", (name) => `Console expects a writable stream instance for ${name}`, TypeError);
define("ERR_CRYPTO_HASH_FINALIZED", "Digest already called", Error);
define("ERR_CRYPTO_HASH_UPDATE_FAILED", "Hash update failed", Error);
define("ERR_CRYPTO_INVALID_DIGEST", (name) => `Invalid digest: ${name}`, TypeError);
define("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length", RangeError);
define("ERR_DIR_CLOSED", "Directory handle was closed", Error);
define("ERR_DIR_CONCURRENT_OPERATION", "Cannot do synchronous work on directory handle with concurrent asynchronous operations", Error);
define("ERR_DUPLICATE_STARTUP_SNAPSHOT_MAIN_FUNCTION", "Deserialize main function is already configured.", Error);
define("ERR_ENCODING_INVALID_ENCODED_DATA", (encoding) => `The encoded data was not valid for encoding ${encoding}`, TypeError);
define("ERR_ENCODING_NOT_SUPPORTED", (encoding) => `The "${encoding}" encoding is not supported`, RangeError);
define("ERR_EVENT_RECURSION", (type) => `The event "${type}" is already being dispatched`, Error);
define("ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value", Error, (error, [reason]) => { error.reason = reason; });
define("ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", (name) => `The feature ${name} is unavailable on the current platform, which is being used to run this program`, TypeError);
define("ERR_FS_CP_DIR_TO_NON_DIR", "Cannot overwrite non-directory with directory", Error);
define("ERR_FS_CP_EEXIST", "Target already exists", Error);
define("ERR_FS_CP_EINVAL", "Invalid src or dest", Error);
define("ERR_FS_CP_NON_DIR_TO_DIR", "Cannot overwrite directory with non-directory", Error);
define("ERR_FS_EISDIR", (path) => `Path is a directory: rm returned EISDIR (is a directory) ${path}`, Error);
define("ERR_FS_FILE_TOO_LARGE", (size) => `File size (${size}) is greater than 2 GiB`, RangeError);
define("ERR_FS_INVALID_SYMLINK_TYPE", (type) => `Symlink type must be one of "dir", "file", or "junction". Received "${type}"`, Error);
define("ERR_HTTP_BODY_NOT_ALLOWED", "Adding content for this request method or response status is not allowed.", Error);
define("ERR_HTTP_CONTENT_LENGTH_MISMATCH", (sent, told) => `Response body's content-length of ${sent} byte(s) does not match the content-length of ${told} byte(s) set in header`, Error);
define("ERR_HTTP_HEADERS_SENT", (name) => `Cannot ${name} headers after they are sent to the client`, Error);
define("ERR_HTTP_INVALID_HEADER_VALUE", (value, name) => `Invalid value "${value}" for header "${name}"`, TypeError);
define("ERR_HTTP_INVALID_STATUS_CODE", (status) => `Invalid status code: ${status}`, RangeError);
define("ERR_HTTP_REQUEST_TIMEOUT", "Request timeout", Error);
define("ERR_HTTP_SOCKET_ASSIGNED", "ServerResponse has an already assigned socket", Error);
define("ERR_HTTP_SOCKET_ENCODING", "Changing the socket encoding is not allowed per RFC7230 Section 3.", Error);
define("ERR_HTTP_TRAILER_INVALID", "Trailers are invalid with this transfer encoding", Error);
define("ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor", TypeError);
define("ERR_INCOMPATIBLE_OPTION_PAIR", (a, b) => `Option "${a}" cannot be used in combination with option "${b}"`, TypeError);
define("ERR_INVALID_ADDRESS_FAMILY", (family, host, port) => `Invalid address family: ${family} ${host}:${port}`, RangeError);
define("ERR_INVALID_ARG_TYPE", (name, expected, actual) => `${describeSubject(name)} must be ${describeExpected(expected)}. Received ${determineSpecificType(actual)}`, TypeError);
define("ERR_INVALID_ARG_VALUE", describeInvalidValue, TypeError);
define("ERR_INVALID_ASYNC_ID", (type, value) => `Invalid ${type} value: ${value}`, RangeError);
define("ERR_INVALID_BUFFER_SIZE", (size) => `Buffer size must be a multiple of ${size}`, RangeError);
define("ERR_INVALID_CHAR", (name, field) => `Invalid character in ${name}${field === undefined ? "" : ` ["${field}"]`}`, TypeError);
define("ERR_INVALID_CURSOR_POS", "Cannot set cursor row without setting its column", TypeError);
define("ERR_INVALID_FD", (value) => `"fd" must be a positive integer: ${value}`, RangeError);
define("ERR_INVALID_FD_TYPE", (type) => `Unsupported fd type: ${type}`, TypeError);
define("ERR_INVALID_FILE_URL_HOST", (platform) => `File URL host must be "localhost" or empty on ${platform}`, TypeError);
define("ERR_INVALID_FILE_URL_PATH", (reason) => `File URL path ${reason}`, TypeError, (error, [, input]) => { if (input !== undefined) error.input = input; });
define("ERR_INVALID_HANDLE_TYPE", "This handle type cannot be sent", TypeError);
define("ERR_INVALID_IP_ADDRESS", (value) => `Invalid IP address: ${value}`, TypeError);
define("ERR_INVALID_MIME_SYNTAX", (production, text, at) => `The MIME syntax for a ${production} in "${text}" is invalid${at !== -1 ? ` at ${at}` : ""}`, TypeError);
define("ERR_INVALID_OPT_VALUE_ENCODING", (value) => `The value "${value}" is invalid for option "encoding"`, TypeError);
define("ERR_INVALID_PROTOCOL", (protocol, expected) => `Protocol "${protocol}" not supported. Expected "${expected}"`, TypeError);
define("ERR_INVALID_RETURN_VALUE", (input, name, value) => `Expected ${input} to be returned from the "${name}" function but got ${describeReturned(value)}.`, TypeError);
define("ERR_INVALID_STATE", (text) => `Invalid state: ${text}`, Error);
define("ERR_INVALID_SYNC_FORK_INPUT", (value) => `Asynchronous forks do not support Buffer, TypedArray, DataView or string input: ${value}`, TypeError);
define("ERR_INVALID_THIS", (type) => `Value of "this" must be of type ${type}`, TypeError);
define("ERR_INVALID_TUPLE", (name, expected) => `${name} must be an iterable ${expected} tuple`, TypeError);
define("ERR_INVALID_URI", "URI malformed", URIError);
define("ERR_INVALID_URL", "Invalid URL", TypeError, (error, [input, base]) => {
  error.input = input;
  if (base !== undefined) error.base = base;
});
define("ERR_INVALID_URL_SCHEME", (expected) => `The URL must be ${formatSchemes(expected)}`, TypeError);
define("ERR_IPC_CHANNEL_CLOSED", "Channel closed", Error);
define("ERR_IPC_DISCONNECTED", "IPC channel is already disconnected", Error);
define("ERR_IPC_ONE_PIPE", "Child process can have only one IPC pipe", Error);
define("ERR_IPC_SYNC_FORK", "IPC cannot be used with synchronous forks", Error);
define("ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE", "A message object could not be deserialized successfully in the target vm.Context", Error);
define("ERR_METHOD_NOT_IMPLEMENTED", (name) => `The ${name} method is not implemented`, Error);
define("ERR_NOT_IMPLEMENTED", (name) => `${name} is not implemented in Crust yet`, Error);
define("ERR_MISSING_ARGS", (...names) => {
  const quoted = names.map((name) => (Array.isArray(name) ? name.map((n) => `"${n}"`).join(" or ") : `"${name}"`));
  return `The ${formatList(quoted, "and")} argument${names.length > 1 ? "s" : ""} must be specified`;
}, TypeError);
define("ERR_MISSING_OPTION", (name) => `${name} is required`, TypeError);
define("ERR_MULTIPLE_CALLBACK", "Callback called multiple times", Error);
define("ERR_OUT_OF_RANGE", describeOutOfRange, RangeError);
define("ERR_OPERATION_FAILED", (text) => `Operation failed: ${text}`, Error);
define("ERR_PARSE_ARGS_INVALID_OPTION_VALUE", (text) => text, TypeError);
define("ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL", (text) => `Unexpected argument '${text}'. This command does not take positional arguments`, TypeError);
define("ERR_PARSE_ARGS_UNKNOWN_OPTION", (option, allowPositionals) => `Unknown option '${option}'${allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- ${JSON.stringify(option)}` : ""}`, TypeError);
define("ERR_PERFORMANCE_INVALID_TIMESTAMP", (value) => `${value} is not a valid timestamp`, TypeError);
define("ERR_REQUIRE_ASYNC_MODULE", "require() cannot be used on an ESM graph with top-level await. Use import() instead.", Error);
define("ERR_SCRIPT_EXECUTION_TIMEOUT", (ms) => `Script execution timed out after ${ms}ms`, Error);
define("ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.", Error);
define("ERR_SERVER_NOT_RUNNING", "Server is not running.", Error);
define("ERR_SOCKET_BAD_PORT", (name, port, allowZero = true) => `${name} should be ${allowZero ? ">=" : ">"} 0 and < 65536. Received ${determineSpecificType(port)}.`, RangeError);
define("ERR_STREAM_ALREADY_FINISHED", (name) => `Cannot call ${name} after a stream was finished`, Error);
define("ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable", Error);
define("ERR_STREAM_DESTROYED", (name) => `Cannot call ${name} after a stream was destroyed`, Error);
define("ERR_STREAM_NULL_VALUES", "May not write null values to stream", TypeError);
define("ERR_STREAM_PREMATURE_CLOSE", "Premature close", Error);
define("ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF", Error);
define("ERR_STREAM_UNABLE_TO_PIPE", "Cannot pipe to a closed or destroyed stream", Error);
define("ERR_STREAM_UNSHIFT_AFTER_END_EVENT", "stream.unshift() after end event", Error);
define("ERR_STREAM_WRAP", "Stream has StringDecoder set or is in objectMode", Error);
define("ERR_STREAM_WRITE_AFTER_END", "write after end", Error);
define("ERR_SYNTHETIC", "JavaScript Callstack", Error);
define("ERR_TTY_INIT_FAILED", "TTY initialization failed", Error);
define("ERR_UNAVAILABLE_DURING_EXIT", "Cannot call function in process exit handler", Error);
define("ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET", "`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active", Error);
define("ERR_UNESCAPED_CHARACTERS", (name) => `${name} contains unescaped characters`, TypeError);
define("ERR_UNHANDLED_ERROR", (value) => value === undefined ? "Unhandled error." : `Unhandled error. (${value})`, Error);
define("ERR_UNKNOWN_BUILTIN_MODULE", (name) => `No such built-in module: ${name}`, Error);
define("ERR_UNKNOWN_CREDENTIAL", (kind, id) => `${kind} identifier does not exist: ${id}`, Error);
define("ERR_UNKNOWN_ENCODING", (encoding) => `Unknown encoding: ${encoding}`, TypeError);
define("ERR_UNKNOWN_SIGNAL", (signal) => `Unknown signal: ${signal}`, TypeError);
define("ERR_UNSUPPORTED_DIR_IMPORT", (path, base) => `Directory import '${path}' is not supported resolving ES modules imported from ${base}`, Error);
define("ERR_USE_AFTER_CLOSE", (name) => `${name} was closed`, Error);
define("ERR_VALID_PERFORMANCE_ENTRY_TYPE", "At least one valid performance entry type is required", Error);
define("ERR_WORKER_NOT_RUNNING", "Worker instance not running", Error);
define("ERR_WORKER_UNSUPPORTED_OPERATION", (name) => `${name} is not supported in workers`, TypeError);
define("ERR_ZLIB_INITIALIZATION_FAILED", "Initialization failed", Error);

function describeReturned(value: any): string {
  if (typeof value === "object" && value?.constructor?.name) return `an instance of ${value.constructor.name}`;
  return determineSpecificType(value);
}

function formatSchemes(expected: string | string[]): string {
  const list = (Array.isArray(expected) ? expected : [expected]).slice();
  return list.length === 1 ? `of scheme ${list[0]}` : `one of scheme ${formatList(list, "or")}`;
}

/** The error of an aborted operation: `AbortError`, code `ABORT_ERR`. */
export class AbortError extends Error {
  code = "ABORT_ERR";
  constructor(message = "The operation was aborted", options?: ErrorOptions) {
    if (options !== undefined && typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("options", "Object", options);
    super(message, options);
    Object.defineProperty(this, "name", { value: "AbortError", enumerable: false, writable: true, configurable: true });
  }
}

/** Two errors that happened together; the outer one's text and code win. */
export function aggregateTwoErrors(inner: any, outer: any): any {
  if (inner && outer && inner !== outer) {
    if (Array.isArray(outer.errors)) {
      outer.errors.push(inner);
      return outer;
    }
    const error: any = new AggregateError([outer, inner], outer.message);
    error.code = outer.code;
    return error;
  }
  return inner || outer;
}

/** Throws for a part of Node's API that does not exist here. */
export function notImplemented(name: string): never {
  throw new codes.ERR_NOT_IMPLEMENTED!(name);
}

/** Leaves `fn` and its callees out of the stack of errors it throws. */
export function hideStackFrames<T extends (...args: any[]) => any>(fn: T): T {
  return fn;
}
