// What may stand in a head: names, values, tokens. Data and pure checks only.

import { codes, hideStackFrames } from "crust:node/internal/errors";

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
// eslint-disable-next-line no-control-regex -- what a field may not hold
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

export const chunkExpression = /(?:^|\W)chunked(?:$|\W)/i;
export const continueExpression = /(?:^|\W)100-continue(?:$|\W)/i;

export const isToken = (text: string): boolean => token.test(text);
export const hasInvalidChar = (text: string): boolean => forbidden.test(text);

export const validateHeaderName = hideStackFrames((name: unknown, label?: string): void => {
  if (typeof name === "string" && token.test(name)) return;
  throw Object.assign(new TypeError(`${label || "Header name"} must be a valid HTTP token ["${name}"]`), { code: "ERR_INVALID_HTTP_TOKEN" });
});
export const validateHeaderValue = hideStackFrames((name: string, value: unknown): void => {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE!(value, name);
  if (forbidden.test(String(value))) throw new codes.ERR_INVALID_CHAR!("header content", name);
});

/** Options that would make the parser take what is no HTTP: it never does. */
export function refuseLenient(options: any): void {
  if (options.insecureHTTPParser) throw new codes.ERR_NOT_IMPLEMENTED!("http option insecureHTTPParser");
  if (options.httpValidation !== undefined && options.httpValidation !== "strict") throw new codes.ERR_NOT_IMPLEMENTED!(`http option httpValidation: "${options.httpValidation}"`);
}

let second = 0;
let text = "";

/** The time for a Date field; made once a second. */
export function dateNow(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}

export function connectionReset(message = "socket hang up"): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
