// `HTTPParser` as Node's HTTP drives it: packages that stand in for sockets take it from `_http_common`.

import { METHODS } from "crust:node/internal/http_constants";
import { BODY, NO_BODY, Parser, UPGRADE } from "crust:node/internal/http/parser";

const REQUEST = 1;
const RESPONSE = 2;
const [ON_BEGIN, ON_HEADERS, ON_HEAD, ON_BODY, ON_END, ON_EXECUTE, ON_TIMEOUT] = [0, 1, 2, 3, 4, 5, 6];
const MOST_HEAD = 16 * 1024;
const answers: Record<number, number> = { 1: NO_BODY, 2: UPGRADE };

export class HTTPParser {
  static readonly REQUEST = REQUEST;
  static readonly RESPONSE = RESPONSE;
  static readonly kOnMessageBegin = ON_BEGIN;
  static readonly kOnHeaders = ON_HEADERS;
  static readonly kOnHeadersComplete = ON_HEAD;
  static readonly kOnBody = ON_BODY;
  static readonly kOnMessageComplete = ON_END;
  static readonly kOnExecute = ON_EXECUTE;
  static readonly kOnTimeout = ON_TIMEOUT;
  static readonly kLenientNone = 0;
  [key: number]: any;
  #parser: Parser | undefined;

  initialize(type: number, _resource?: unknown, mostHead?: number): void {
    const parser = new Parser(type === RESPONSE, mostHead || MOST_HEAD);
    this.#parser = parser;
    parser.onHead = (head) => {
      this[ON_BEGIN]?.();
      const method = type === REQUEST ? METHODS.indexOf(head.method) : undefined;
      const url = type === REQUEST ? head.url : undefined;
      const status = type === RESPONSE ? head.status : undefined;
      const message = type === RESPONSE ? head.message : undefined;
      return answers[this[ON_HEAD]?.(head.major, head.minor, head.raw, method, url, status, message, head.upgrade, head.keepAlive)] ?? BODY;
    };
    parser.onBody = (bytes) => this[ON_BODY]?.(bytes);
    parser.onEnd = (trailers) => {
      if (trailers.length > 0) this[ON_HEADERS]?.(trailers, "");
      this[ON_END]?.();
    };
  }
  /** The bytes that were read, or the error. */
  execute(bytes: any): number | Error {
    if (this.#parser === undefined) throw new TypeError("The parser is not initialized");
    const error = this.#parser.execute(require("node:buffer").Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (error !== undefined) return error;
    return this.#parser.upgraded ? bytes.byteLength - this.#parser.rest().length : bytes.byteLength;
  }
  finish(): Error | undefined {
    return this.#parser?.finish();
  }
  close(): void {
    this.#parser = undefined;
  }
  free(): void {}
  remove(): void {}
  pause(): void {}
  resume(): void {}
  unconsume(): void {}
}
