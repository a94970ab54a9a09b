// MIME types of the MIME Sniffing standard: parsing and serializing. It sniffs no content.

// HTTP's token code points, quoted-string code points and white space.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTED = /^[\t\x20-\x7e\x80-\xff]*$/;
const WHITESPACE_AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const WHITESPACE_BEFORE = /^[\t\n\r ]+/;
const WHITESPACE_AFTER = /[\t\n\r ]+$/;

export interface MimeType {
  /** Type and subtype in lower case. */
  readonly essence: string;
  /** Names in lower case; the first value of a name counts. */
  readonly parameters: Map<string, string>;
}

/** "Parse a MIME type"; null is failure. */
export function parseMimeType(input: string): MimeType | null {
  const text = input.replace(WHITESPACE_AROUND, "");
  const slash = text.indexOf("/");
  const semicolon = text.indexOf(";");
  const end = semicolon === -1 ? text.length : semicolon;
  const type = text.slice(0, slash === -1 ? 0 : slash);
  const subtype = text.slice(slash + 1, end).replace(WHITESPACE_AFTER, "");
  if (!TOKEN.test(type) || slash > end || !TOKEN.test(subtype)) {
    return null;
  }
  return { essence: `${type}/${subtype}`.toLowerCase(), parameters: readParameters(text, end) };
}

function readParameters(text: string, start: number): Map<string, string> {
  const parameters = new Map<string, string>();
  let position = start;
  while (position < text.length) {
    // Behind the semicolon.
    const nameStart = position + 1;
    let nameEnd = nameStart;
    while (nameEnd < text.length && text[nameEnd] !== ";" && text[nameEnd] !== "=") {
      nameEnd++;
    }
    const name = text.slice(nameStart, nameEnd).replace(WHITESPACE_BEFORE, "").toLowerCase();
    position = nameEnd;
    if (text[position] !== "=") {
      continue;
    }
    const value = readValue(text, position + 1);
    position = value.end;
    if (value.text !== null && TOKEN.test(name) && QUOTED.test(value.text) && !parameters.has(name)) {
      parameters.set(name, value.text);
    }
  }
  return parameters;
}

/** A value and where the next semicolon or the end is; an empty value without quotes is none. */
function readValue(text: string, start: number): { text: string | null; end: number } {
  if (text[start] !== '"') {
    const semicolon = text.indexOf(";", start);
    const end = semicolon === -1 ? text.length : semicolon;
    const value = text.slice(start, end).replace(WHITESPACE_AFTER, "");
    return { text: value === "" ? null : value, end };
  }
  let value = "";
  let index = start + 1;
  while (index < text.length && text[index] !== '"') {
    if (text[index] === "\\" && index + 1 < text.length) {
      index++;
    }
    value += text[index];
    index++;
  }
  const semicolon = text.indexOf(";", index);
  return { text: value, end: semicolon === -1 ? text.length : semicolon };
}

/** "Serialize a MIME type". */
export function serializeMimeType(type: MimeType): string {
  let text = type.essence;
  for (const [name, value] of type.parameters) {
    text += `;${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
  }
  return text;
}
