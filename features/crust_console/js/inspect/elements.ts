// JSX elements, printed as markup.
import type { Formatter } from "crust:console/inspect/formatter";
import { BLUE, DIM, GREEN, RESET, quote } from "crust:console/inspect/text";

/** Attributes on the line of the tag's name; the others get a line each. */
const ATTRIBUTES_ON_FIRST_LINE = 5;

const ELEMENTS = new Set<unknown>([Symbol.for("react.element"), Symbol.for("react.transitional.element")]);

export function formatElement(f: Formatter, value: object): void {
  const quoted = f.quoteStrings;
  f.quoteStrings = true;
  writeElement(f, value);
  f.quoteStrings = quoted;
}

function writeElement(f: Formatter, element: object): void {
  const name = tagName(read(element, "type"));
  const given = read(element, "props");
  const props = typeof given === "object" && given !== null ? given : {};
  const key = read(element, "key");
  f.out += f.colors ? `${RESET}<${GREEN}${name}${RESET}` : `<${name}`;
  if (key !== undefined && key !== null) {
    f.out += " key=";
    attributeValue(f, key);
  }
  attributes(f, props);
  children(f, name, read(props, "children"));
}

/** A property of an element; an accessor that throws reads as undefined. */
function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function tagName(type: unknown): string {
  if (typeof type === "string") return type;
  // Fragments and other built-in types are symbols: their tag has no name.
  if (typeof type === "symbol") return "";
  if (typeof type === "function") return type.name === "" ? "NoName" : type.name;
  return typeof type === "object" && type !== null ? "NoName" : String(type);
}

function attributes(f: Formatter, props: object): void {
  f.indent++;
  let written = 0;
  for (const name of Object.keys(props)) {
    if (name === "children") continue;
    if (written >= ATTRIBUTES_ON_FIRST_LINE && !f.singleLine) f.newline();
    else f.out += " ";
    f.out += f.colors ? `${RESET}${BLUE}${name}${DIM}=${RESET}` : `${name}=`;
    attributeValue(f, read(props, name));
    written++;
  }
  f.indent--;
}

function attributeValue(f: Formatter, value: unknown): void {
  if (typeof value === "string" && f.colors) {
    f.out += `${RESET}${GREEN}${quote(value)}${RESET}`;
    return;
  }
  f.depth++;
  f.format(value);
  f.depth--;
}

function children(f: Formatter, name: string, content: unknown): void {
  const end = f.colors ? `</${RESET}${GREEN}${name}${RESET}>` : `</${name}>`;
  if (typeof content === "string" && content !== "") {
    f.out += `>${content}${end}`;
  } else if (isElement(content) || (Array.isArray(content) && content.length > 0)) {
    f.out += ">";
    f.indent++;
    for (const child of Array.isArray(content) ? content : [content]) {
      f.newline();
      if (typeof child === "string") f.out += child;
      else f.format(child);
    }
    f.indent--;
    f.newline();
    f.out += end;
  } else {
    f.out += " />";
  }
}

function isElement(value: unknown): boolean {
  return typeof value === "object" && value !== null && ELEMENTS.has(read(value, "$$typeof"));
}
