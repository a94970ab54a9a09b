// Objects of the web platform that Bun prints in a layout of their own. Never reads a body or opens a file.
import type { Formatter } from "crust:console/inspect/formatter";
import { constructorName, toStringTag } from "crust:console/inspect/kinds";
import { eachProperty, PropertyList } from "crust:console/inspect/objects";
import { BLUE, BOLD, CYAN, DIM, GREEN, RESET, YELLOW, quote } from "crust:console/inspect/text";

interface BodyInfo {
  /** Bytes of the body; 0 when there is none, or when it is a stream and nobody knows. */
  size: number;
  /** MIME type when the body came from a typed source, else the empty string. */
  type: string;
}

export function formatWeb(f: Formatter, value: object): void {
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  const writer = WRITERS[toStringTag(value) ?? ""] ?? WRITERS[constructorName(value) ?? ""] ?? formatModule;
  writer(f, value as never);
  f.quoteStrings = quoted;
}

const WRITERS: Record<string, (f: Formatter, value: never) => void> = {
  URL: formatURL,
  URLSearchParams: (f: Formatter, value: URLSearchParams) => formatEntries(f, "URLSearchParams", groupEntries(value)),
  Headers: formatHeaders,
  FormData: formatFormData,
  Blob: formatBlob,
  File: formatBlob,
  Request: formatRequest,
  Response: formatResponse,
  ReadableStream: formatNodeStyle,
  WritableStream: formatNodeStyle,
  TransformStream: formatNodeStyle,
  Timeout: formatTimer,
  Immediate: formatTimer,
  Module: formatModule,
};

const URL_FIELDS = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"] as const;

/** A URL keeps Node's layout, whatever surrounds it. */
function formatURL(f: Formatter, url: URL): void {
  if (f.tooDeep()) {
    f.out += `${constructorName(url) ?? "URL"} [Object]`;
    return;
  }
  const { inspect } = require("crust:console/node_inspect") as typeof import("crust:console/node_inspect");
  const lines = URL_FIELDS.map((field) => `  ${field}: ${inspect(url[field], { colors: f.colors })}`);
  f.out += `${constructorName(url) ?? "URL"} {\n${lines.join(",\n")}\n}`;
}

function formatNodeStyle(f: Formatter, value: object): void {
  const { inspect } = require("crust:console/node_inspect") as typeof import("crust:console/node_inspect");
  f.out += inspect(value, { colors: f.colors });
}

type Grouped = Map<string, unknown[]>;

function groupEntries(source: Iterable<[string, unknown]>): Grouped {
  const grouped: Grouped = new Map();
  for (const [name, value] of source) {
    const values = grouped.get(name);
    if (values === undefined) grouped.set(name, [value]);
    else values.push(value);
  }
  return grouped;
}

/** `Name { "key": value, … }` with the values of a repeated key in an array. */
function formatEntries(f: Formatter, name: string, grouped: Grouped): void {
  f.out += name;
  if (grouped.size === 0) {
    f.out += " {}";
    return;
  }
  if (f.tooDeep()) {
    f.out += " ";
    return f.elided("Object", false);
  }
  f.out += f.singleLine ? " { " : " {";
  f.indent++;
  f.depth++;
  let first = true;
  for (const [key, values] of grouped) {
    if (!first) f.comma();
    if (!f.singleLine) f.newline();
    else if (!first) f.out += " ";
    first = false;
    entryKey(f, key);
    entryValue(f, values.length === 1 ? values[0] : values);
  }
  f.indent--;
  f.depth--;
  if (f.singleLine) {
    f.out += " }";
  } else {
    f.comma();
    f.newline();
    f.out += "}";
  }
}

function entryKey(f: Formatter, key: string): void {
  f.out += f.colors ? `${RESET}${GREEN}${quote(key)}${RESET}${DIM}:${RESET} ` : `${quote(key)}: `;
}

function entryValue(f: Formatter, value: unknown): void {
  const isText = f.colors && typeof value === "string";
  if (isText) f.out += RESET + GREEN;
  f.line = 0;
  f.format(value);
  if (isText) f.out += RESET;
}

function formatHeaders(f: Formatter, headers: Headers): void {
  if (f.colors) f.out += RESET;
  formatEntries(f, "Headers", groupEntries(headers));
}

function formatFormData(f: Formatter, form: FormData): void {
  const grouped = groupEntries(form as unknown as Iterable<[string, unknown]>);
  if (grouped.size === 0) f.out += "{}";
  else formatEntries(f, "FormData", grouped);
}

/** Sizes as Bun rounds them: bytes, then decimal KB, MB, GB with a precision that depends on the size. */
function sizeText(bytes: number): string {
  if (bytes === 0) return "0 KB";
  if (bytes < 512) return `${bytes} bytes`;
  const units = ["KB", "MB", "GB", "TB", "PB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toFixed(bytes < 1000 * 10 && size % 1 !== 0 ? 2 : 1)} ${units[unit]}`;
}

function paintedSize(f: Formatter, name: string, bytes: number): void {
  f.out += f.colors ? `${RESET}${name}${RESET} (${YELLOW}${sizeText(bytes)}${RESET})` : `${name} (${sizeText(bytes)})`;
}

function formatBlob(f: Formatter, blob: Blob): void {
  const path: unknown = (blob as unknown as Record<symbol, unknown>)[Symbol.for("crust.filePath")];
  const isFile = typeof File === "function" && blob instanceof File;
  if (typeof path === "string") {
    f.out += f.colors ? `${RESET}FileRef${RESET} (${GREEN}${quote(path)}${RESET})${RESET}` : `FileRef (${quote(path)})`;
    return blobFields(f, [["type", blob.type]]);
  }
  if (typeof path === "number") {
    f.out += f.colors ? `${RESET}FileRef${RESET} (${GREEN}fd${RESET}: ${YELLOW}${path}${RESET})${RESET}` : `FileRef (fd: ${path})`;
    return blobFields(f, [["type", blob.type]]);
  }
  paintedSize(f, isFile ? "File" : "Blob", blob.size);
  const fields: [string, string | number][] = [];
  if (isFile) fields.push(["name", (blob as File).name]);
  if (blob.type !== "") fields.push(["type", blob.type]);
  if (isFile) fields.push(["lastModified", (blob as File).lastModified]);
  if (fields.length > 0) blobFields(f, fields);
}

function blobFields(f: Formatter, fields: [string, string | number][]): void {
  f.out += " {";
  f.indent++;
  fields.forEach(([name, value], index) => {
    f.newline();
    const text = typeof value === "string" ? quote(value) : String(value);
    const color = typeof value === "string" ? GREEN : YELLOW;
    f.out += f.colors ? `${name}${DIM}:${RESET} ${color}${text}${RESET}` : `${name}: ${text}`;
    if (index < fields.length - 1) f.comma();
  });
  f.indent--;
  f.newline();
  f.out += "}";
}

function bodyInfo(value: Request | Response): BodyInfo {
  const source = bodySource(value);
  if (typeof source === "string") return { size: new TextEncoder().encode(source).length, type: "" };
  if (source instanceof Uint8Array) return { size: source.length, type: "" };
  if (source instanceof Blob) return { size: source.size, type: source.type };
  return { size: 0, type: "" };
}

/** What the body was made of. Asking for `value.body` would turn it into a stream. */
function bodySource(value: Request | Response): unknown {
  try {
    if (toStringTag(value) === "Response") {
      const { peekResponseBody } = require("crust:web/response") as { peekResponseBody(response: object): unknown };
      return peekResponseBody(value);
    }
    const { isRequest, requestBody } = require("crust:web/request") as {
      isRequest(value: object): boolean;
      requestBody(request: object): { source: unknown; stream: object | null; used: boolean } | null;
    };
    const body = isRequest(value) ? requestBody(value) : null;
    return body === null || body.used || body.stream !== null ? null : body.source;
  } catch {
    // A subclass that is not fully constructed has no body to look at.
    return null;
  }
}

function formatRequest(f: Formatter, request: Request): void {
  const body = bodyInfo(request);
  f.out += `Request (${sizeText(body.size)}) {`;
  f.indent++;
  field(f, "method", `"${request.method}"`);
  f.comma();
  field(f, "url", f.colors ? `"${BOLD}${request.url}${RESET}"` : `"${request.url}"`);
  f.comma();
  field(f, "headers", "");
  nestedHeaders(f, request.headers);
  formatBody(f, body);
  f.indent--;
  f.newline();
  f.out += "}";
}

function formatResponse(f: Formatter, response: Response): void {
  const body = bodyInfo(response);
  const text = (value: string) => (f.colors ? `"${RESET}${BOLD}${value}${RESET}"` : `"${value}"`);
  const scalar = (value: unknown) => (f.colors ? `${RESET}${YELLOW}${value}${RESET}` : String(value));
  f.out += `Response (${sizeText(body.size)}) {`;
  f.indent++;
  const fields: [string, string][] = [
    ["ok", scalar(response.ok)],
    ["url", text(response.url)],
    ["status", scalar(response.status)],
    ["statusText", f.colors ? `${RESET}"${BOLD}${response.statusText}${RESET}"` : `"${response.statusText}"`],
    ["headers", ""],
    ["redirected", scalar(response.redirected)],
    ["bodyUsed", scalar(response.bodyUsed)],
  ];
  fields.forEach(([name, shown], index) => {
    if (index > 0) f.comma();
    field(f, name, shown);
    if (name === "headers") nestedHeaders(f, response.headers);
  });
  if (body.size > 0) f.comma();
  formatBody(f, body);
  f.indent--;
  f.newline();
  f.out += "}";
}

function field(f: Formatter, name: string, shown: string): void {
  f.newline();
  f.out += f.colors ? `${RESET}${name}${DIM}:${RESET} ${shown}` : `${name}: ${shown}`;
}

function nestedHeaders(f: Formatter, headers: Headers): void {
  f.depth++;
  formatHeaders(f, headers);
  f.depth--;
}

function formatBody(f: Formatter, body: BodyInfo): void {
  if (body.size === 0) return;
  f.newline();
  paintedSize(f, "Blob", body.size);
  if (body.type !== "" && !body.type.startsWith("text/plain") && !body.type.startsWith("application/json")) {
    blobFields(f, [["type", body.type]]);
  }
}

function formatTimer(f: Formatter, timer: object): void {
  const name = constructorName(timer) ?? "Timeout";
  const id = Number(timer as unknown as number);
  const repeats = (timer as { _repeat?: unknown })._repeat !== null && (timer as { _repeat?: unknown })._repeat !== undefined;
  f.out += f.colors
    ? `${RESET}${BLUE}${name}${RESET} ${DIM}(#${YELLOW}${id}${RESET}${DIM}${repeats ? ", repeats" : ""})${RESET}`
    : `${name} (#${id}${repeats ? ", repeats" : ""})`;
}

/** A module namespace: its bindings, those in their dead zone included. */
function formatModule(f: Formatter, namespace: object): void {
  if (f.tooDeep()) return f.elided("Module", true);
  const list = new PropertyList(f, namespace, true, 0);
  eachProperty(namespace, f.sorted, (holder, key) => {
    // The mark that `require()` of an ES module leaves on the prototype.
    if (holder !== namespace) return;
    if (isUninitialised(namespace, key)) {
      list.placeholder(key, f.colors ? `${CYAN}<uninitialized>${RESET}` : "<uninitialized>");
    } else {
      list.read(holder, key);
    }
  });
  if (list.count === 0) f.out += "Module {}";
  else list.close();
}

function isUninitialised(namespace: object, key: PropertyKey): boolean {
  try {
    Reflect.get(namespace, key);
    return false;
  } catch {
    return true;
  }
}
