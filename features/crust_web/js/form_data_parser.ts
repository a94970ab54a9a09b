// Parses multipart/form-data and application/x-www-form-urlencoded bodies into FormData.
// Input is untrusted: every malformed form throws a TypeError, and the number and size of part headers are bounded.

import { blobFromBytes, fileFromBlob } from "crust:web/blob";
import { decodeUtf8, decodeUtf8KeepingBom } from "crust:web/encoding";
import { appendEntry, FormData } from "crust:web/form_data";
import { parseUrlEncoded } from "crust:web/url_search_params";

const CR = 13;
const LF = 10;
const DASH = 45;
// A part's headers are a disposition and a type; 16 KiB leaves room for long names and bounds what is decoded.
const LONGEST_PART_HEADERS = 16384;

function malformed(why: string): TypeError {
  return new TypeError(`Can't decode form data from body because ${why}`);
}

/** Parses a body by its content type. */
export function parseFormData(bytes: Uint8Array, contentType: string): FormData {
  const essence = (contentType.split(";", 1)[0] as string).trim().toLowerCase();
  if (essence === "application/x-www-form-urlencoded") {
    const form = new FormData();
    const list = parseUrlEncoded(decodeUtf8KeepingBom(bytes));
    for (let index = 0; index < list.length; index += 2) {
      appendEntry(form, list[index] as string, list[index + 1] as string);
    }
    return form;
  }
  const boundary = essence === "multipart/form-data" ? parameter(contentType, "boundary") : null;
  if (boundary === null || boundary.length === 0 || boundary.length > 200 || /[^\x20-\x7e]/.test(boundary)) {
    throw malformed("of incorrect MIME type/boundary");
  }
  return parseMultipart(bytes, boundary);
}

/** A parameter of a MIME type, quoted or not. */
export function parameter(contentType: string, name: string): string | null {
  const pattern = /;\s*([^=;\s]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
  for (const [, key, quoted, plain] of contentType.matchAll(pattern)) {
    if ((key as string).toLowerCase() === name) {
      return quoted === undefined ? (plain as string).trim() : quoted.replace(/\\(.)/g, "$1");
    }
  }
  return null;
}

function parseMultipart(bytes: Uint8Array, boundary: string): FormData {
  const form = new FormData();
  const delimiter = latin1Bytes(`--${boundary}`);
  // A preamble is allowed by RFC 2046 and ignored.
  let position = startsWith(bytes, delimiter, 0) ? 0 : indexOfLine(bytes, delimiter, 0);
  if (position === -1) {
    throw malformed("the boundary is missing");
  }
  for (;;) {
    position += delimiter.length;
    if (bytes[position] === DASH && bytes[position + 1] === DASH) {
      return form;
    }
    while (bytes[position] === 32 || bytes[position] === 9) {
      position++;
    }
    if (bytes[position] !== CR || bytes[position + 1] !== LF) {
      throw malformed("a boundary is not followed by a line end");
    }
    position += 2;
    const { end, headers } = partHeaders(bytes, position);
    const next = indexOfLine(bytes, delimiter, end - 2);
    if (next === -1) {
      throw malformed("a part is not terminated");
    }
    addPart(form, headers, bytes.subarray(end, Math.max(end, next - 2)));
    position = next;
  }
}

interface PartHeaders {
  name: string;
  filename: string | null;
  type: string | null;
}

function partHeaders(bytes: Uint8Array, start: number): { end: number; headers: PartHeaders } {
  const limit = Math.min(bytes.length, start + LONGEST_PART_HEADERS);
  const lines: string[] = [];
  let lineStart = start;
  for (let index = start; index < limit; index++) {
    if (bytes[index] === LF && bytes[index - 1] === CR) {
      if (index - 1 === lineStart) {
        return { end: index + 1, headers: readHeaders(lines) };
      }
      lines.push(decodeUtf8(bytes.subarray(lineStart, index - 1)));
      lineStart = index + 1;
    }
  }
  throw malformed("the headers of a part are not terminated");
}

function readHeaders(lines: string[]): PartHeaders {
  let name: string | null = null;
  let filename: string | null = null;
  let type: string | null = null;
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) {
      throw malformed("a part has a malformed header");
    }
    const key = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (key === "content-disposition") {
      if (!/^form-data\s*(;|$)/i.test(value)) {
        throw malformed("a part is not form-data");
      }
      name = dispositionParameter(value, "name");
      filename = dispositionParameter(value, "filename");
    } else if (key === "content-type") {
      type = value;
    }
  }
  if (name === null) {
    throw malformed("a part has no name");
  }
  return { name, filename, type };
}

// In a disposition, unlike in a MIME type, a backslash is an ordinary character and only %0A, %0D and %22 are escapes.
function dispositionParameter(value: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, "i").exec(value);
  if (match === null) {
    return null;
  }
  return (match[1] ?? (match[2] as string)).replace(/%0A|%0D|%22/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
}

function addPart(form: FormData, headers: PartHeaders, content: Uint8Array): void {
  if (headers.filename === null) {
    appendEntry(form, headers.name, decodeUtf8(content));
  } else {
    const type = headers.type ?? "text/plain";
    appendEntry(form, headers.name, fileFromBlob(blobFromBytes(content.slice(), type.toLowerCase()), headers.filename));
  }
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, position: number): boolean {
  if (position + wanted.length > bytes.length) {
    return false;
  }
  for (let index = 0; index < wanted.length; index++) {
    if (bytes[position + index] !== wanted[index]) {
      return false;
    }
  }
  return true;
}

/** Where the delimiter stands at the start of a line, from `position` on. */
function indexOfLine(bytes: Uint8Array, delimiter: Uint8Array, position: number): number {
  for (let index = bytes.indexOf(CR, Math.max(0, position)); index !== -1; index = bytes.indexOf(CR, index + 1)) {
    if (bytes[index + 1] === LF && startsWith(bytes, delimiter, index + 2)) {
      return index + 2;
    }
  }
  return -1;
}
