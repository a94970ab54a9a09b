// Recognizes URLs that are in normal form already, which is what server code mostly parses: a lower-case http(s)
// URL of plain labels, a port that is not the default one, and a path and query without characters that need
// escaping or dot segments. It only ever answers "certainly normal" or "ask the parser".

const HOST = 1;
const PATH = 2;
const QUERY = 4;
const LETTER = 8;
const DIGIT = 16;

const classes = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (let index = 0; index < characters.length; index++) {
    const code = characters.charCodeAt(index);
    classes[code] = (classes[code] as number) | bits;
  }
}

mark("abcdefghijklmnopqrstuvwxyz", HOST | PATH | QUERY | LETTER);
mark("0123456789", HOST | PATH | QUERY | DIGIT);
mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ_~!$&()*+,;=:@%-./", PATH | QUERY);
mark("?", QUERY);

const COLON = 58;
const DOT = 46;
const DASH = 45;
const SLASH = 47;
const QUESTION = 63;
const LOCALHOST_ADDRESS = "127.0.0.1";

function classOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (classes[code] as number) : 0;
}

/** Where the host that begins at `start` ends, or -1. Every label begins with a letter, so none is a number. */
function scanHost(text: string, start: number): number {
  if (text.startsWith(LOCALHOST_ADDRESS, start)) {
    const code = text.charCodeAt(start + LOCALHOST_ADDRESS.length);
    return code === COLON || code === SLASH ? start + LOCALHOST_ADDRESS.length : -1;
  }
  let index = start;
  let atLabelStart = true;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT || code === DASH) {
      // Two separators in a row might be an empty label or begin "xn--".
      if (atLabelStart) {
        return -1;
      }
      atLabelStart = true;
      continue;
    }
    const bits = code < 128 ? (classes[code] as number) : 0;
    if ((bits & HOST) === 0) {
      break;
    }
    if (atLabelStart && (bits & LETTER) === 0) {
      return -1;
    }
    atLabelStart = false;
  }
  return atLabelStart ? -1 : index;
}

/** Where the port behind the colon at `colon` ends, or -1 if it is not written as the parser would. */
function scanPort(text: string, colon: number, defaultPort: number): number {
  let index = colon + 1;
  let port = 0;
  for (; index < text.length && (classOf(text, index) & DIGIT) !== 0; index++) {
    port = port * 10 + text.charCodeAt(index) - 48;
    if (port === 0 || port > 65535) {
      return -1;
    }
  }
  return index === colon + 1 || port === defaultPort ? -1 : index;
}

/** True for an absolute http or https URL in normal form. */
export function isNormalizedUrl(text: string): boolean {
  const isPlain = text.startsWith("http://");
  if (!isPlain && !text.startsWith("https://")) {
    return false;
  }
  let index = scanHost(text, isPlain ? 7 : 8);
  if (index !== -1 && text.charCodeAt(index) === COLON) {
    index = scanPort(text, index, isPlain ? 80 : 443);
  }
  if (index === -1 || text.charCodeAt(index) !== SLASH) {
    return false;
  }
  for (let mask = PATH; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUESTION) {
      mask = QUERY;
    }
    if (code >= 128 || ((classes[code] as number) & mask) === 0) {
      return false;
    }
    if (code === SLASH && mask === PATH && mayBeDots(text, index + 1)) {
      return false;
    }
  }
  return true;
}

// "." and "%2e" as the beginning of a segment.
function mayBeDots(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === DOT || (code === 37 && text.charCodeAt(index + 1) === 50);
}
