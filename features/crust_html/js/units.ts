// What content handlers see: Element, EndTag, Comment, TextChunk, DocType and DocEnd. Each is a snapshot that notes the
// changes asked of it; when its handler is done it is no longer valid, and answers nothing and notes nothing.

import { codedTypeError } from "crust:web/webidl";

type Change = Record<string, unknown> | string;

interface ContentOptions {
  html?: boolean;
}

/** A refusal by the rules of HTML. */
export function rewriterError(message: string): Error {
  return Object.defineProperty(new Error(message), "name", { value: "HTMLRewriterError", writable: true, enumerable: true, configurable: true });
}

function requireString(given: number, value: unknown): string {
  if (given < 1) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "Expected string");
  }
  return `${value as string}`.toWellFormed();
}

function content(name: string, given: number, text: unknown, options: ContentOptions | null | undefined): Change {
  return { [name]: [requireString(given, text), Boolean(options?.html)] };
}

const FORBIDDEN_IN_ATTRIBUTE = /[ \n\r\t\f/>=]/;
const FORBIDDEN_IN_TAG = /[ \n\r\t\f/>]/;

function checkTagName(name: string): string {
  if (name === "") {
    throw rewriterError("Tag name can't be empty.");
  }
  if (!/^[A-Za-z]/.test(name)) {
    throw rewriterError("The first character of the tag name should be an ASCII alphabetical character.");
  }
  const forbidden = FORBIDDEN_IN_TAG.exec(name);
  if (forbidden !== null) {
    throw rewriterError(`\`${forbidden[0]}\` character is forbidden in the tag name`);
  }
  return name;
}

function checkAttributeName(name: string): string {
  if (name === "") {
    throw rewriterError("Attribute name can't be empty.");
  }
  const forbidden = FORBIDDEN_IN_ATTRIBUTE.exec(name);
  if (forbidden !== null) {
    throw rewriterError(`\`${forbidden[0]}\` character is forbidden in the attribute name`);
  }
  return name;
}

let invalidate: (unit: Unit<object>) => Change[];
let snapshotOf: <S extends object>(unit: Unit<S>) => S | null;
let note: (unit: Unit<object>, change: Change) => void;

/** What all units share: the snapshot while it is valid, and the changes. */
class Unit<S extends object> {
  #snapshot: S | null;
  readonly #changes: Change[] = [];

  static {
    invalidate = (unit) => {
      unit.#snapshot = null;
      return unit.#changes;
    };
    snapshotOf = (unit) => unit.#snapshot;
    note = (unit, change) => {
      if (unit.#snapshot !== null) {
        unit.#changes.push(change);
      }
    };
  }

  constructor(snapshot: S) {
    this.#snapshot = snapshot;
  }
}

/** Ends a unit's validity: the changes its handler asked for, as JSON. */
export function finishUnit(unit: object): string {
  return JSON.stringify(invalidate(unit as Unit<object>));
}

// Notes a change; a unit that is no longer valid answers undefined.
function changed<U extends Unit<object>>(unit: U, change: () => Change): U | undefined {
  if (snapshotOf(unit) === null) {
    return undefined;
  }
  note(unit, change());
  return unit;
}

interface Removable {
  removed: boolean;
}

function removal<U extends Unit<Removable>>(unit: U, change: () => Change): U | undefined {
  const result = changed(unit, change);
  const snapshot = snapshotOf(unit);
  if (snapshot !== null) {
    snapshot.removed = true;
  }
  return result;
}

export interface ElementSnapshot extends Removable {
  tagName: string;
  namespaceURI: string;
  selfClosing: boolean;
  canHaveContent: boolean;
  attributes: [string, string][];
}

export type EndTagHandler = (tag: EndTag) => unknown;

export class Element extends Unit<ElementSnapshot> {
  readonly #keep: (handler: EndTagHandler) => number;

  /** `keep` gives an end tag handler its number. */
  constructor(snapshot: ElementSnapshot, keep: (handler: EndTagHandler) => number) {
    super(snapshot);
    this.#keep = keep;
  }

  get tagName(): string | undefined {
    return snapshotOf(this)?.tagName;
  }
  set tagName(name: string) {
    const snapshot = snapshotOf(this);
    if (snapshot !== null) {
      const checked = checkTagName(requireString(1, name));
      note(this, { set: checked });
      snapshot.tagName = checked.toLowerCase();
    }
  }
  get namespaceURI(): string | undefined {
    return snapshotOf(this)?.namespaceURI;
  }
  get selfClosing(): boolean | undefined {
    return snapshotOf(this)?.selfClosing;
  }
  get canHaveContent(): boolean | undefined {
    return snapshotOf(this)?.canHaveContent;
  }
  get removed(): boolean | undefined {
    return snapshotOf(this)?.removed;
  }
  get attributes(): AttributeIterator | undefined {
    const snapshot = snapshotOf(this);
    return snapshot === null ? undefined : new AttributeIterator(snapshot.attributes);
  }

  getAttribute(name: string): string | null {
    const wanted = requireString(arguments.length, name).toLowerCase();
    return snapshotOf(this)?.attributes.find(([key]) => key === wanted)?.[1] ?? null;
  }
  hasAttribute(name: string): boolean {
    return this.getAttribute(requireString(arguments.length, name)) !== null;
  }
  setAttribute(name: string, value: string): this | undefined {
    const snapshot = snapshotOf(this);
    if (snapshot === null) {
      return undefined;
    }
    const key = checkAttributeName(requireString(arguments.length, name)).toLowerCase();
    const text = requireString(arguments.length - 1, value);
    const present = snapshot.attributes.find(([other]) => other === key);
    if (present === undefined) {
      snapshot.attributes.push([key, text]);
    } else {
      present[1] = text;
    }
    note(this, { setAttribute: [name, text] });
    return this;
  }
  removeAttribute(name: string): this | undefined {
    const snapshot = snapshotOf(this);
    if (snapshot === null) {
      return undefined;
    }
    const key = requireString(arguments.length, name).toLowerCase();
    snapshot.attributes = snapshot.attributes.filter(([other]) => other !== key);
    note(this, { removeAttribute: key });
    return this;
  }

  before(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("before", arguments.length, text, options));
  }
  after(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("after", arguments.length, text, options));
  }
  prepend(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("prepend", arguments.length, text, options));
  }
  append(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("append", arguments.length, text, options));
  }
  setInnerContent(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("setInnerContent", arguments.length, text, options));
  }
  replace(text: string, options?: ContentOptions): this | undefined {
    return removal(this, () => content("replace", arguments.length, text, options));
  }
  remove(): this | undefined {
    return removal(this, () => "remove");
  }
  removeAndKeepContent(): this | undefined {
    return removal(this, () => "removeAndKeepContent");
  }

  onEndTag(handler: EndTagHandler): this | undefined {
    const snapshot = snapshotOf(this);
    if (typeof handler !== "function") {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Expected a function");
    }
    if (snapshot === null) {
      return undefined;
    }
    if (!snapshot.canHaveContent) {
      throw rewriterError("No end tag.");
    }
    note(this, { onEndTag: this.#keep(handler) });
    return this;
  }
}

class AttributeIterator implements IterableIterator<[string, string]> {
  readonly #attributes: [string, string][];
  #index = 0;

  constructor(attributes: [string, string][]) {
    this.#attributes = attributes.map(([name, value]) => [name, value]);
  }
  next(): IteratorResult<[string, string]> {
    const value = this.#attributes[this.#index];
    if (value === undefined) {
      return { value: undefined, done: true };
    }
    this.#index++;
    return { value, done: false };
  }
  [Symbol.iterator](): this {
    return this;
  }
}

export class EndTag extends Unit<{ name: string }> {
  get name(): string | undefined {
    return snapshotOf(this)?.name;
  }
  set name(name: string) {
    const snapshot = snapshotOf(this);
    if (snapshot !== null) {
      snapshot.name = requireString(1, name);
      note(this, { set: snapshot.name });
    }
  }
  before(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("before", arguments.length, text, options));
  }
  after(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("after", arguments.length, text, options));
  }
  remove(): this | undefined {
    return changed(this, () => "remove");
  }
}

interface TextSnapshot extends Removable {
  text: string;
}

/** What comments and pieces of text share. */
class TextUnit<S extends TextSnapshot> extends Unit<S> {
  get removed(): boolean | undefined {
    return snapshotOf(this)?.removed;
  }
  before(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("before", arguments.length, text, options));
  }
  after(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("after", arguments.length, text, options));
  }
  replace(text: string, options?: ContentOptions): this | undefined {
    return removal(this, () => content("replace", arguments.length, text, options));
  }
  remove(): this | undefined {
    return removal(this, () => "remove");
  }
}

export class Comment extends TextUnit<TextSnapshot> {
  get text(): string | null {
    return snapshotOf(this)?.text ?? null;
  }
  set text(text: string) {
    const snapshot = snapshotOf(this);
    if (snapshot !== null) {
      const checked = requireString(1, text);
      if (checked.includes("-->")) {
        throw rewriterError("Comment text shouldn't contain comment closing sequence (`-->`).");
      }
      snapshot.text = checked;
      note(this, { set: checked });
    }
  }
}

export interface TextChunkSnapshot extends TextSnapshot {
  lastInTextNode: boolean;
}

export class TextChunk extends TextUnit<TextChunkSnapshot> {
  get text(): string | undefined {
    return snapshotOf(this)?.text;
  }
  get lastInTextNode(): boolean | undefined {
    return snapshotOf(this)?.lastInTextNode;
  }
}

export interface DoctypeSnapshot extends Removable {
  name: string | null;
  publicId: string | null;
  systemId: string | null;
}

export class DocType extends Unit<DoctypeSnapshot> {
  get name(): string | null | undefined {
    return snapshotOf(this)?.name;
  }
  get publicId(): string | null | undefined {
    return snapshotOf(this)?.publicId;
  }
  get systemId(): string | null | undefined {
    return snapshotOf(this)?.systemId;
  }
  get removed(): boolean | undefined {
    return snapshotOf(this)?.removed;
  }
  remove(): this | undefined {
    return removal(this, () => "remove");
  }
}

export class DocEnd extends Unit<object> {
  append(text: string, options?: ContentOptions): this | undefined {
    return changed(this, () => content("append", arguments.length, text, options));
  }
}

for (const [unit, name] of [[Element, "Element"], [EndTag, "EndTag"], [Comment, "Comment"], [TextChunk, "TextChunk"], [DocType, "DocType"], [DocEnd, "DocEnd"], [AttributeIterator, "AttributeIterator"]] as const) {
  Object.defineProperty(unit.prototype, Symbol.toStringTag, { value: name, configurable: true });
}
