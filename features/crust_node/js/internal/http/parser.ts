// One direction of an HTTP/1 connection as a machine over bytes (RFC 9112): heads, bodies, trailers. Strict: what two
// readers could understand in two ways is refused. Knows no socket.

import { Buffer } from "crust:node/buffer";
import { METHODS } from "crust:node/internal/http_constants";

export interface Head {
  method: string;
  url: string;
  status: number;
  message: string;
  major: number;
  minor: number;
  /** Names and values in turn, as they were sent. */
  raw: string[];
  /** Asks for another protocol, or agrees to it. */
  upgrade: boolean;
  /** Another message may follow on this connection. */
  keepAlive: boolean;
  hasHost: boolean;
  /** The field of that name, when it is there. */
  expect: string | undefined;
}

/** What `onHead` answers: the body is read; there is none; there is none and what follows is another protocol; the body
 * is read and then another protocol follows. */
export const BODY = 0;
export const NO_BODY = 1;
export const UPGRADE = 2;
export const UPGRADE_AFTER_BODY = 3;

const HEAD = 0;
const LENGTH = 1;
const CHUNK_SIZE = 2;
const CHUNK_DATA = 3;
const CHUNK_END = 4;
const TRAILERS = 5;
const UNTIL_END = 6;
const CLOSED = 7;
const UPGRADED = 8;
const FAILED = 9;

/** Names that came before with their small letters: every connection sends the same ones. Bounds what a peer can fill. */
const MOST_NAMES = 512;
const names = new Map<string, string>();
const methods = new Set(METHODS);
const name = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex -- what a head may not hold
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?:^|[^\r])\n/;
const versions = new Set(["0.9", "1.0", "1.1", "2.0"]);
// A chunk's size in hexadecimal: more digits are no number that this program could count.
const MOST_DIGITS = 13;
const MOST_EXTENSION = 16 * 1024;

export class ParseError extends Error {
  code: string;
  reason: string;
  bytesParsed = 0;
  rawPacket: any = undefined;
  constructor(code: string, reason: string) {
    super(`Parse Error: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}
Object.defineProperty(ParseError.prototype, "name", { value: "Error" });

/** The lower-case name; undefined for what is none. */
export function lowerName(raw: string): string | undefined {
  const known = names.get(raw);
  if (known !== undefined) return known;
  if (!name.test(raw)) return undefined;
  if (names.size >= MOST_NAMES || raw.length > 64) return raw.toLowerCase();
  // Of its own: a piece of a head would keep all of it in memory.
  const own = raw.split("").join("");
  const lower = own.toLowerCase();
  names.set(own, lower);
  return lower;
}

const isSpace = (code: number): boolean => code === 32 || code === 9;

function trimmed(text: string, start: number, end: number): string {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The fields that decide how long the body is and whether the connection goes on. */
class Framing {
  length = -1;
  coding: string | undefined;
  close = false;
  stay = false;
  asks = false;
  agrees = false;
  hasHost = false;
  expect: string | undefined;

  take(lower: string, value: string): void {
    switch (lower) {
      case "content-length":
        if (this.length !== -1) throw new ParseError("HPE_UNEXPECTED_CONTENT_LENGTH", "Duplicate Content-Length");
        this.length = lengthOf(value);
        break;
      case "transfer-encoding":
        this.coding = this.coding === undefined ? value : `${this.coding}, ${value}`;
        break;
      case "connection":
        for (const one of value.toLowerCase().split(",")) {
          const word = one.trim();
          if (word === "close") this.close = true;
          else if (word === "keep-alive") this.stay = true;
          else if (word === "upgrade") this.agrees = true;
        }
        break;
      case "host":
        this.hasHost = true;
        break;
      case "expect":
        this.expect = this.expect === undefined ? value : `${this.expect}, ${value}`;
        break;
      case "upgrade":
        this.asks = true;
    }
  }
  /** Whether the last coding is the one that says where it ends. */
  isChunked(): boolean {
    if (this.coding === undefined) return false;
    const words = this.coding.toLowerCase().split(",").map((word) => word.trim());
    const at = words.indexOf("chunked");
    if (at !== -1 && at !== words.length - 1) throw new ParseError("HPE_INVALID_TRANSFER_ENCODING", "Invalid `Transfer-Encoding` header value");
    return at !== -1;
  }
}

function lengthOf(value: string): number {
  if (value === "") throw new ParseError("HPE_INVALID_CONTENT_LENGTH", "Empty Content-Length");
  if (!/^\d+$/.test(value)) throw new ParseError("HPE_INVALID_CONTENT_LENGTH", "Invalid character in Content-Length");
  const length = Number(value);
  if (!Number.isSafeInteger(length)) throw new ParseError("HPE_INVALID_CONTENT_LENGTH", "Content-Length overflow");
  return length;
}

function fieldError(line: string): ParseError {
  if (/^[\t ]/.test(line)) return new ParseError("HPE_INVALID_HEADER_TOKEN", "Unexpected whitespace after header value");
  if (/^(transfer-encoding|content-length|connection|upgrade|proxy-connection)[\t ]*:/i.test(line)) return new ParseError("HPE_INVALID_HEADER_TOKEN", "Invalid header field char");
  return new ParseError("HPE_INVALID_HEADER_TOKEN", "Invalid header token");
}

// What is wrong with a head that holds what it may not.
function characterError(head: string, isResponse: boolean): ParseError {
  const at = forbidden.exec(head)!;
  const character = at[0]!;
  const inFirst = head.lastIndexOf("\n", at.index) === -1;
  if (inFirst && !isResponse) {
    const before = head.slice(0, at.index + 1);
    if (character.endsWith("\n") || character === "\r") {
      return / HTTP\/\d\.\d.?$/s.test(before) ? new ParseError("HPE_INVALID_VERSION", "Expected CRLF after version") : new ParseError("HPE_INVALID_URL", "Invalid characters in url");
    }
    return before.includes(" ") ? new ParseError("HPE_INVALID_URL", "Invalid characters in url") : new ParseError("HPE_INVALID_METHOD", "Invalid method encountered");
  }
  if (inFirst) return character === "\r" ? new ParseError("HPE_LF_EXPECTED", "Missing expected LF after response line") : new ParseError("HPE_CR_EXPECTED", "Missing expected CR after response line");
  if (character === "\r") return new ParseError("HPE_LF_EXPECTED", "Missing expected LF after header value");
  if (character.endsWith("\n")) return new ParseError("HPE_CR_EXPECTED", "Missing expected CR after header value");
  const line = head.slice(head.lastIndexOf("\n", at.index) + 1, at.index);
  return new ParseError("HPE_INVALID_HEADER_TOKEN", line.includes(":") ? "Invalid header value char" : "Invalid header token");
}

function readRequestLine(line: string, head: Head): void {
  const first = line.indexOf(" ");
  const method = first === -1 ? line : line.slice(0, first);
  if (!methods.has(method)) {
    if (method === "PRI" && line === "PRI * HTTP/2.0") throw new ParseError("HPE_PAUSED_H2_UPGRADE", "Pause on PRI/Upgrade");
    throw new ParseError("HPE_INVALID_METHOD", "Invalid method encountered");
  }
  let start = first;
  while (line[start] === " ") start++;
  const last = line.indexOf(" ", start);
  head.method = method;
  head.url = first === -1 ? "" : line.slice(start, last === -1 ? undefined : last);
  checkTarget(method, head.url);
  if (last === -1) {
    // The oldest version has no name.
    [head.major, head.minor] = [0, 9];
    return;
  }
  readVersion(trimmed(line, last, line.length), head, "Expected HTTP/, RTSP/ or ICE/");
}

function checkTarget(method: string, url: string): void {
  // eslint-disable-next-line no-control-regex -- what a target may not hold
  if (/[^\x21-\x7e]/.test(url)) throw new ParseError("HPE_INVALID_URL", url.includes("\t") ? "Invalid characters in url" : "Invalid char in url path");
  const wanted = method === "CONNECT" ? /^[\w\-.:[\]@%]+$/ : /^(?:[/*]|[a-zA-Z]+:\/\/)/;
  if (!wanted.test(url)) throw new ParseError("HPE_INVALID_URL", "Invalid characters in url");
}

function readVersion(text: string, head: Head, expected: string): void {
  if (!text.startsWith("HTTP/")) throw new ParseError("HPE_INVALID_CONSTANT", expected);
  const version = text.slice(5);
  if (!versions.has(version)) throw new ParseError("HPE_INVALID_VERSION", /^\d\.\d/.test(version) && version.length > 3 ? "Expected CRLF after version" : "Invalid HTTP version");
  head.major = Number(version[0]);
  head.minor = Number(version[2]);
}

function readStatusLine(line: string, head: Head): void {
  const match = /^(\S+) (\d{3})(?: (.*))?$/.exec(line);
  if (match === null) {
    if (!line.startsWith("HTTP/")) throw new ParseError("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/");
    throw new ParseError("HPE_INVALID_STATUS", "Invalid status code");
  }
  readVersion(match[1]!, head, "Expected HTTP/, RTSP/ or ICE/");
  head.status = Number(match[2]);
  head.message = match[3] ?? "";
}

export class Parser {
  onHead: (head: Head) => number = () => BODY;
  onBody: (bytes: any) => void = () => {};
  onEnd: (trailers: string[]) => void = () => {};
  readonly #isResponse: boolean;
  readonly #mostHead: number;
  #state = HEAD;
  #input: any = undefined;
  #at = 0;
  /** The text of the input from `#textAt` on, while heads are read from it. */
  #text = "";
  #textAt = -1;
  #left = 0;
  #chunked = false;
  #goesOn = true;
  #upgradeAfter = false;
  #begun = false;

  constructor(isResponse: boolean, mostHead: number) {
    this.#isResponse = isResponse;
    this.#mostHead = mostHead;
  }

  /** The head that was read asked for another protocol, and what follows is not HTTP. */
  get upgraded(): boolean {
    return this.#state === UPGRADED;
  }
  /** Between two messages: nothing of the next one is there. */
  get isIdle(): boolean {
    return this.#state === HEAD && !this.#begun;
  }
  /** What arrived and was not read. */
  rest(): any {
    const rest = this.#input.subarray(this.#at);
    this.#input = undefined;
    return rest;
  }

  /** Reads what arrived; the error when it is no HTTP. What a callback throws passes through, and the rest waits. */
  execute(bytes: any): ParseError | undefined {
    if (this.#state === FAILED) return undefined;
    const left = this.#input;
    this.#input = left === undefined || this.#at === left.length ? bytes : Buffer.concat([left.subarray(this.#at), bytes]);
    this.#at = 0;
    this.#textAt = -1;
    try {
      while (this.#at < this.#input.length && this.#state !== UPGRADED && this.#step());
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#state = FAILED;
      error.bytesParsed = this.#at;
      error.rawPacket = bytes;
      return error;
    }
    // Bytes that were handed out belong to whoever took them.
    if (this.#state !== UPGRADED && this.#at === this.#input.length) this.#input = undefined;
    this.#text = "";
    return undefined;
  }

  /** The connection has ended: the error when a message is missing its end. */
  finish(): ParseError | undefined {
    if (this.#state === UNTIL_END) {
      this.#finishMessage([]);
      return undefined;
    }
    if (this.#state === FAILED || this.#state === UPGRADED || this.#state === CLOSED || this.isIdle) return undefined;
    this.#state = FAILED;
    const error = new ParseError("HPE_INVALID_EOF_STATE", "Invalid EOF state");
    error.message = "Parse Error";
    return error;
  }

  // One part of a message; false when it needs more bytes.
  #step(): boolean {
    switch (this.#state) {
      case HEAD: return this.#readHead();
      case LENGTH:
      case CHUNK_DATA: return this.#readBytes();
      case CHUNK_SIZE: return this.#readChunkSize();
      case CHUNK_END: return this.#readChunkEnd();
      case TRAILERS: return this.#readTrailers();
      case UNTIL_END: {
        const bytes = this.#input.subarray(this.#at);
        this.#at = this.#input.length;
        this.onBody(bytes);
        return false;
      }
      default: return this.#afterClose();
    }
  }

  #afterClose(): boolean {
    const byte = this.#input[this.#at];
    if (byte !== 13 && byte !== 10) throw new ParseError("HPE_CLOSED_CONNECTION", "Data after `Connection: close`");
    this.#at++;
    return true;
  }

  // Where the head that begins at `#at` ends; -1 while that has not arrived.
  #headEnd(): number {
    const input = this.#input;
    while (!this.#begun && (input[this.#at] === 13 || input[this.#at] === 10)) this.#at++;
    if (this.#at === input.length) return -1;
    this.#begun = true;
    let end = this.#textAt === -1 ? -1 : this.#text.indexOf("\r\n\r\n", this.#at - this.#textAt);
    if (end === -1) {
      this.#textAt = this.#at;
      this.#text = input.latin1Slice(this.#at, Math.min(input.length, this.#at + this.#mostHead * 2));
      end = this.#text.indexOf("\r\n\r\n");
    }
    return end;
  }

  #readHead(): boolean {
    const end = this.#headEnd();
    if (end === -1) {
      if (this.#begun) this.#checkBegun(this.#text);
      return false;
    }
    const start = this.#at - this.#textAt;
    const head = this.#parseHead(this.#text.slice(start, end));
    const framing = this.#frame(head);
    this.#at = this.#textAt + end + 4;
    this.#begun = false;
    this.#deliver(head, framing);
    return true;
  }

  // A head that is not whole may show already that it is none.
  #checkBegun(text: string): void {
    const last = text.lastIndexOf("\r\n");
    const lines = last === -1 ? 0 : text.split("\r\n").length;
    if (text.length - lines * 4 > this.#mostHead) throw new ParseError("HPE_HEADER_OVERFLOW", "Header overflow");
    const open = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (forbidden.test(open)) throw characterError(open, this.#isResponse);
    if (last !== -1) {
      this.#parseHead(text.slice(0, last));
      return;
    }
    if (this.#isResponse) {
      if (!"HTTP/".startsWith(open.slice(0, 5))) throw new ParseError("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/");
      return;
    }
    const method = open.split(" ", 1)[0]!;
    const known = open.includes(" ") ? methods.has(method) : METHODS.some((one) => one.startsWith(method));
    if (!known && !"PRI * HTTP/2.0".startsWith(open)) throw new ParseError("HPE_INVALID_METHOD", "Invalid method encountered");
  }

  #parseHead(text: string): Head & { framing: Framing } {
    if (forbidden.test(text)) throw characterError(text, this.#isResponse);
    const head = { method: "", url: "", status: 0, message: "", major: 1, minor: 1, raw: [] as string[], upgrade: false, keepAlive: true, hasHost: false, expect: undefined, framing: new Framing() };
    let end = text.indexOf("\r\n");
    if (end === -1) end = text.length;
    const line = text.slice(0, end);
    if (this.#isResponse) readStatusLine(line, head);
    else readRequestLine(line, head);
    const size = head.url.length + readFields(text, end + 2, head.raw, head.framing);
    if (size >= this.#mostHead) throw new ParseError("HPE_HEADER_OVERFLOW", "Header overflow");
    return head;
  }

  #frame(head: Head & { framing: Framing }): Framing {
    const { framing } = head;
    head.hasHost = framing.hasHost;
    head.expect = framing.expect;
    const isNew = head.major > 0 && head.minor > 0;
    head.keepAlive = isNew ? !framing.close : framing.stay && !framing.close;
    head.upgrade = framing.asks && framing.agrees && (!this.#isResponse || head.status === 101);
    if (head.method === "CONNECT") head.upgrade = true;
    if (framing.coding !== undefined && framing.length !== -1) throw new ParseError("HPE_INVALID_TRANSFER_ENCODING", "Transfer-Encoding can't be present with Content-Length");
    this.#chunked = framing.isChunked();
    if (framing.coding !== undefined && !this.#chunked && !this.#isResponse) throw new ParseError("HPE_INVALID_TRANSFER_ENCODING", "Request has invalid `Transfer-Encoding`");
    const bodiless = head.status === 204 || head.status === 304 || (head.status >= 100 && head.status < 200);
    if (this.#isResponse && !bodiless && !this.#chunked && framing.length === -1) head.keepAlive = false;
    return framing;
  }

  #deliver(head: Head, framing: Framing): void {
    this.#goesOn = head.keepAlive;
    this.#upgradeAfter = false;
    const isBodiless = this.#isResponse && (head.status === 204 || head.status === 304 || (head.status >= 100 && head.status < 200));
    // Whatever the listener does, the next bytes are read as the head says.
    this.#state = this.#bodyState(framing, isBodiless);
    const answer = this.onHead(head);
    if (answer === UPGRADE || answer === UPGRADE_AFTER_BODY) this.#upgradeAfter = true;
    if (answer === NO_BODY || answer === UPGRADE) {
      // A message without the body that its head tells of: its end is here, and another can follow.
      if (answer === NO_BODY && this.#isResponse && this.#state === UNTIL_END) this.#goesOn = framing.close ? false : head.major > 0 && head.minor > 0;
      this.#state = HEAD;
    }
    if (this.#state === HEAD) this.#finishMessage([]);
  }

  #bodyState(framing: Framing, isBodiless: boolean): number {
    if (isBodiless) return HEAD;
    if (this.#chunked) return CHUNK_SIZE;
    if (framing.length > 0) {
      this.#left = framing.length;
      return LENGTH;
    }
    return this.#isResponse && framing.length === -1 ? UNTIL_END : HEAD;
  }

  #finishMessage(trailers: string[]): void {
    if (this.#upgradeAfter) this.#state = UPGRADED;
    else this.#state = this.#goesOn ? HEAD : CLOSED;
    this.onEnd(trailers);
  }

  #readBytes(): boolean {
    const end = Math.min(this.#at + this.#left, this.#input.length);
    const bytes = this.#input.subarray(this.#at, end);
    this.#left -= bytes.length;
    this.#at = end;
    const isWhole = this.#left === 0;
    if (isWhole) this.#state = this.#state === LENGTH ? HEAD : CHUNK_END;
    const ends = isWhole && this.#state === HEAD;
    try {
      this.onBody(bytes);
    } finally {
      if (ends) this.#finishMessage([]);
    }
    return true;
  }

  // A line that ends at CRLF; undefined while it is not whole.
  #line(most: number, tooLong: string, missing: string): string | undefined {
    const end = this.#input.indexOf(10, this.#at);
    const size = (end === -1 ? this.#input.length : end) - this.#at;
    if (size > most) throw new ParseError(tooLong, tooLong === "HPE_HEADER_OVERFLOW" ? "Header overflow" : "Chunk extensions overflow");
    if (end === -1) return undefined;
    if (this.#input[end - 1] !== 13) throw new ParseError("HPE_CR_EXPECTED", missing);
    const text = this.#input.latin1Slice(this.#at, end - 1);
    this.#at = end + 1;
    return text;
  }

  #readChunkSize(): boolean {
    const start = this.#at;
    const line = this.#line(MOST_EXTENSION, "HPE_CHUNK_EXTENSIONS_OVERFLOW", "Missing expected CR after chunk size");
    if (line === undefined) {
      const first = this.#input[start];
      if (first !== 13 && !/[\da-f]/i.test(String.fromCharCode(first))) throw new ParseError("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size");
      return false;
    }
    const digits = /^[\da-f]+/i.exec(line)?.[0] ?? "";
    if (digits === "" || (digits.length < line.length && line[digits.length] !== ";")) throw new ParseError("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size");
    if (line.includes("\r") || forbidden.test(line)) throw new ParseError("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk extensions");
    if (digits.length > MOST_DIGITS) throw new ParseError("HPE_INVALID_CHUNK_SIZE", "Chunk size overflow");
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? TRAILERS : CHUNK_DATA;
    return true;
  }

  #readChunkEnd(): boolean {
    const input = this.#input;
    if (input[this.#at] !== 13) throw new ParseError("HPE_STRICT", "Expected LF after chunk data");
    if (this.#at + 1 === input.length) return false;
    if (input[this.#at + 1] !== 10) throw new ParseError("HPE_STRICT", "Expected LF after chunk data");
    this.#at += 2;
    this.#state = CHUNK_SIZE;
    return true;
  }

  #readTrailers(): boolean {
    const { length } = this.#input;
    const text: string = this.#input.latin1Slice(this.#at, Math.min(length, this.#at + this.#mostHead * 2));
    const end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n");
    if (end === -1) {
      if (text.length > this.#mostHead) throw new ParseError("HPE_HEADER_OVERFLOW", "Header overflow");
      return false;
    }
    const trailers: string[] = [];
    if (end > 0) {
      const fields = text.slice(0, end);
      if (forbidden.test(fields)) throw characterError(`\n${fields}`, true);
      readFields(fields, 0, trailers, undefined);
    }
    this.#at += end === 0 ? 2 : end + 4;
    this.#finishMessage(trailers);
    return true;
  }
}

// Fields from `at` to the end of the text; how much they count.
function readFields(text: string, at: number, raw: string[], framing: Framing | undefined): number {
  let size = 0;
  while (at < text.length) {
    let end = text.indexOf("\r\n", at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(":", at);
    const key = colon === -1 || colon > end ? "" : text.slice(at, colon);
    const lower = lowerName(key);
    if (lower === undefined) throw fieldError(text.slice(at, end));
    const value = trimmed(text, colon + 1, end);
    raw.push(key, value);
    framing?.take(lower, value);
    size += key.length + value.length;
    at = end + 2;
  }
  return size;
}
