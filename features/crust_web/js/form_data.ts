// FormData of the XMLHttpRequest standard and its multipart/form-data encoding. Parsing is in form_data_parser.ts.

import { Blob, blobFromBytes, File, fileFromBlob, isBlob } from "crust:web/blob";
import { encodeUtf8 } from "crust:web/encoding";
import { codedTypeError, defineInterface, defineLengths, inspectCustom, requireArguments, toUSVString, isObject } from "crust:web/webidl";

export type FormDataEntryValue = string | File;
type Entry = [string, FormDataEntryValue];

let entriesOf: (form: FormData) => Entry[];
let isForm: (value: object) => boolean;

function toEntryValue(value: unknown, given: number, filename: unknown): FormDataEntryValue {
  if (!isBlob(value)) {
    if (given > 2) {
      throw new TypeError("Expected argument to be a Blob.");
    }
    return toUSVString(value);
  }
  if (value instanceof File && given < 3) {
    return value;
  }
  // A file of Bun's is a Blob that has a name.
  const own = (value as { name?: unknown }).name;
  const name = given > 2 ? toUSVString(filename) : typeof own === "string" ? own : "blob";
  return fileFromBlob(value, name, value instanceof File ? value.lastModified : undefined);
}

export class FormData {
  #entries: Entry[] = [];

  static {
    entriesOf = (form) => form.#entries;
    isForm = (value) => #entries in value;
  }

  constructor(form?: undefined) {
    if (form !== undefined) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "FormData cannot be made from a form: there are no HTML elements here");
    }
  }

  append(name: string, value: unknown, filename?: string): void {
    requireArguments(arguments.length, 2);
    this.#entries.push([toUSVString(name), toEntryValue(value, arguments.length, filename)]);
  }

  set(name: string, value: unknown, filename?: string): void {
    requireArguments(arguments.length, 2);
    const wanted = toUSVString(name);
    const entry: Entry = [wanted, toEntryValue(value, arguments.length, filename)];
    const first = this.#entries.findIndex(([other]) => other === wanted);
    if (first === -1) {
      this.#entries.push(entry);
    } else {
      this.#entries[first] = entry;
      this.#entries = this.#entries.filter(([other], index) => other !== wanted || index === first);
    }
  }

  delete(name: string): void {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    this.#entries = this.#entries.filter(([other]) => other !== wanted);
  }

  get(name: string): FormDataEntryValue | null {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    return this.#entries.find(([other]) => other === wanted)?.[1] ?? null;
  }

  getAll(name: string): FormDataEntryValue[] {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    return this.#entries.filter(([other]) => other === wanted).map(([, value]) => value);
  }

  has(name: string): boolean {
    requireArguments(arguments.length, 1);
    const wanted = toUSVString(name);
    return this.#entries.some(([other]) => other === wanted);
  }

  /** Bun's extension: how many entries there are. */
  get length(): number {
    return this.#entries.length;
  }

  forEach(callback: (value: FormDataEntryValue, name: string, form: FormData) => void, thisArg?: unknown): void {
    requireArguments(arguments.length, 1);
    for (const [name, value] of this) {
      callback.call(thisArg, value, name, this);
    }
  }

  *entries(): IterableIterator<Entry> {
    for (let index = 0; index < this.#entries.length; index++) {
      const [name, value] = this.#entries[index] as Entry;
      yield [name, value];
    }
  }
  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) {
      yield name;
    }
  }
  *values(): IterableIterator<FormDataEntryValue> {
    for (const [, value] of this.entries()) {
      yield value;
    }
  }

  toJSON(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const name of this.keys()) {
      const all = this.getAll(name);
      object[name] = all.length === 1 ? all[0] : all;
    }
    return object;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    return `FormData ${inspect(this.toJSON(), options)}`;
  }
}
export interface FormData {
  [Symbol.iterator](): IterableIterator<Entry>;
}
defineInterface(FormData, "FormData");
defineLengths(FormData, { constructor: 0, append: 2, set: 2, forEach: 1 });
Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, configurable: true });

/** True for a FormData made here. */
export function isFormData(value: unknown): value is FormData {
  return isObject(value) && isForm(value);
}

/** Appends an entry that is already converted. */
export function appendEntry(form: FormData, name: string, value: FormDataEntryValue): void {
  entriesOf(form).push([name, value]);
}

function escapeName(name: string): string {
  return name.replace(/\r\n|\r|\n|"/g, (match) => (match === '"' ? "%22" : match === "\n" ? "%0A" : match === "\r" ? "%0D" : "%0D%0A"));
}

function normalizeNewlines(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

function newBoundary(): string {
  const { crypto } = require("crust:crypto/crypto") as typeof import("crust:crypto/crypto");
  return `----CrustFormBoundary${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Encodes a form as multipart/form-data. The blob refers to the files; it does not read them. */
export function encodeMultipart(form: FormData): { body: Blob; type: string } {
  const boundary = newBoundary();
  const parts: (string | Blob)[] = [];
  for (const [name, value] of entriesOf(form)) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(normalizeNewlines(name))}"`;
    if (typeof value === "string") {
      parts.push(`${disposition}\r\n\r\n${normalizeNewlines(value)}\r\n`);
    } else {
      parts.push(`${disposition}; filename="${escapeName(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`, value, "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { body: joinParts(parts), type: `multipart/form-data; boundary=${boundary}` };
}

function joinParts(parts: (string | Blob)[]): Blob {
  return parts.length === 1 ? blobFromBytes(encodeUtf8(parts[0] as string), "") : new Blob(parts);
}

