// Glob patterns as regular expressions: `*`, `**`, `?`, `[…]`, `{a,b}` and `!(…)`-style groups. Pure.

const groups: Record<string, string> = { "@": ")", "?": ")?", "*": ")*", "+": ")+" };

function escapeLiteral(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** Where the bracket that opens at `start` closes, or -1. */
function closing(pattern: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === open) depth++;
    else if (pattern[i] === close && --depth === 0) return i;
  }
  return -1;
}

function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if ("({[".includes(text[i]!)) depth++;
    else if (")}]".includes(text[i]!)) depth--;
    else if (text[i] === separator && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** `{a,b}` and `{1..3}` written out. */
function expandBraces(pattern: string): string[] {
  const start = pattern.search(/(?<!\\)\{/);
  if (start === -1) return [pattern];
  const end = closing(pattern, start, "{", "}");
  if (end === -1) return [pattern];
  const body = pattern.slice(start + 1, end);
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(body);
  let parts = splitTop(body, ",");
  if (range) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    // A range of a thousand names is more than any pattern means.
    parts = Math.abs(high - low) > 1000 ? [body] : Array.from({ length: Math.abs(high - low) + 1 }, (_, i) => String(low < high ? low + i : low - i));
  } else if (parts.length === 1) return expandBraces(pattern.slice(end + 1)).map((rest) => pattern.slice(0, end + 1).replace("{", "\\{") + rest);
  return parts.flatMap((part) => expandBraces(pattern.slice(0, start) + part + pattern.slice(end + 1)));
}

function segmentSource(segment: string): string {
  let out = "";
  for (let i = 0; i < segment.length; i++) {
    const c = segment[i]!;
    if ("@?*+!".includes(c) && segment[i + 1] === "(") {
      const end = closing(segment, i + 1, "(", ")");
      if (end !== -1) {
        const body = splitTop(segment.slice(i + 2, end), "|").map(segmentSource).join("|");
        out += c === "!" ? `(?!(?:${body})${segmentSource(segment.slice(end + 1))}$)[^/]*?` : `(?:${body}${groups[c]}`;
        i = end;
        continue;
      }
    }
    if (c === "*") out += "[^/]*?";
    else if (c === "?") out += "[^/]";
    else if (c === "[") {
      const end = segment.indexOf("]", i + 2);
      if (end === -1) out += "\\[";
      else {
        const body = segment.slice(i + 1, end).replace(/\\/g, "\\\\").replace(/^[!^]/, "^");
        out += `[${body}]`;
        i = end;
      }
    } else if (c === "\\" && i + 1 < segment.length) out += escapeLiteral(segment[++i]!);
    else out += escapeLiteral(c);
  }
  return out;
}

/** A name that begins with a dot is matched only by a pattern that does, too. */
function withDotRule(segment: string): string {
  const source = segmentSource(segment);
  return /^[.\\]/.test(segment) ? source : `(?!\\.)${source}`;
}

function patternSource(pattern: string): string {
  const segments = pattern.split("/");
  let out = "";
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === "**") out += last ? "(?:(?!\\.)[^/]+(?:/(?!\\.)[^/]+)*)?" : "(?:(?!\\.)[^/]+/)*";
    else out += segment === "" ? (last ? "" : "/") : withDotRule(segment) + (last ? "" : "/");
  });
  return out;
}

const compiled = new Map<string, RegExp>();

/** The regular expression of a whole pattern. At most 256 are kept. */
export function globToRegExp(pattern: string, ignoreCase = false): RegExp {
  const key = `${ignoreCase ? "i" : "s"}${pattern}`;
  let made = compiled.get(key);
  if (!made) {
    const source = expandBraces(pattern).map(patternSource).join("|");
    made = new RegExp(`^(?:${source})/?$`, ignoreCase ? "i" : "");
    if (compiled.size >= 256) compiled.clear();
    compiled.set(key, made);
  }
  return made;
}

export function matchesGlob(path: string, pattern: string, windows: boolean): boolean {
  const tidy = (text: string) => (windows ? text.replaceAll("\\", "/") : text).replace(/^\.\//, "");
  return globToRegExp(tidy(pattern), windows).test(tidy(path));
}
