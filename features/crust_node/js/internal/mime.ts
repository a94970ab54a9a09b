// `util.MIMEType` and `util.MIMEParams`, after the WHATWG MIME Sniffing standard's parser and serializer.

import { codes } from "crust:node/internal/errors";

const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const notToken = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const notQuotable = /[^\t\u0020-\u007e\u0080-\u00ff]/;

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function checkToken(text: string, production: string, source = text): void {
  const at = text.search(notToken);
  if (text === "" || at !== -1) throw new codes.ERR_INVALID_MIME_SYNTAX!(production, source, at);
}

export class MIMEParams {
  #entries = new Map<string, string>();

  get(name: string): string | null {
    return this.#entries.get(String(name)) ?? null;
  }

  has(name: string): boolean {
    return this.#entries.has(String(name));
  }

  set(name: string, value: string): void {
    const key = String(name);
    const text = String(value);
    checkToken(key, "parameter name");
    const at = text.search(notQuotable);
    if (at !== -1) throw new codes.ERR_INVALID_MIME_SYNTAX!("parameter value", text, at);
    this.#entries.set(key, text);
  }

  delete(name: string): void {
    this.#entries.delete(String(name));
  }

  *entries(): IterableIterator<[string, string]> {
    yield* this.#entries.entries();
  }

  *keys(): IterableIterator<string> {
    yield* this.#entries.keys();
  }

  *values(): IterableIterator<string> {
    yield* this.#entries.values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  toString(): string {
    return [...this.#entries].map(([name, value]) => `${name}=${quote(value)}`).join(";");
  }

  toJSON(): string {
    return this.toString();
  }

  /** Reads `;a=b; c="d"`; the first of two equal names wins and bad parameters are skipped. */
  static parse(text: string): MIMEParams {
    const params = new MIMEParams();
    let at = 0;
    while (at < text.length) {
      while (at < text.length && /[;\s]/.test(text[at]!)) at++;
      const start = at;
      while (at < text.length && text[at] !== ";" && text[at] !== "=") at++;
      const name = asciiLower(text.slice(start, at));
      if (text[at] !== "=") continue;
      at++;
      let value: string;
      if (text[at] === '"') {
        [value, at] = readQuoted(text, at + 1);
        while (at < text.length && text[at] !== ";") at++;
      } else {
        const from = at;
        while (at < text.length && text[at] !== ";") at++;
        value = text.slice(from, at).trimEnd();
        if (value === "") continue;
      }
      if (token.test(name) && !notQuotable.test(value) && !params.#entries.has(name)) params.#entries.set(name, value);
    }
    return params;
  }
}

function readQuoted(text: string, from: number): [string, number] {
  let out = "";
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\" && at + 1 < text.length) at++;
    out += text[at];
  }
  return [out, at + 1];
}

function quote(value: string): string {
  return token.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

export class MIMEType {
  #type: string;
  #subtype: string;
  #params: MIMEParams;

  constructor(input: string) {
    const text = String(input).trim();
    const slash = text.indexOf("/");
    if (slash === -1) throw new codes.ERR_INVALID_MIME_SYNTAX!("type", text, slash);
    const type = text.slice(0, slash);
    checkToken(type, "type", text);
    const semicolon = text.indexOf(";", slash);
    const subtype = (semicolon === -1 ? text.slice(slash + 1) : text.slice(slash + 1, semicolon)).trimEnd();
    checkToken(subtype, "subtype", text);
    this.#type = asciiLower(type);
    this.#subtype = asciiLower(subtype);
    this.#params = MIMEParams.parse(semicolon === -1 ? "" : text.slice(semicolon));
  }

  get type(): string {
    return this.#type;
  }
  set type(value: string) {
    checkToken(String(value), "type");
    this.#type = asciiLower(String(value));
  }
  get subtype(): string {
    return this.#subtype;
  }
  set subtype(value: string) {
    checkToken(String(value), "subtype");
    this.#subtype = asciiLower(String(value));
  }
  get essence(): string {
    return `${this.#type}/${this.#subtype}`;
  }
  get params(): MIMEParams {
    return this.#params;
  }
  toString(): string {
    const params = this.#params.toString();
    return params ? `${this.essence};${params}` : this.essence;
  }
  toJSON(): string {
    return this.toString();
  }
}
