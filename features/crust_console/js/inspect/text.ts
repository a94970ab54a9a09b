// Text helpers of the inspector: quoting, key spelling, colours and the estimate of a string's width.
// Never looks at objects.

export const RESET = "\x1b[0m";
export const BOLD = "\x1b[1m";
export const DIM = "\x1b[2m";
export const ITALIC = "\x1b[3m";
export const RED = "\x1b[31m";
export const GREEN = "\x1b[32m";
export const YELLOW = "\x1b[33m";
export const BLUE = "\x1b[34m";
export const MAGENTA = "\x1b[35m";
export const CYAN = "\x1b[36m";

// eslint-disable-next-line no-control-regex
const NEEDS_ESCAPE = /[\x00-\x1f"\\\ud800-\udfff]/;
const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const WIDE = /[^\x00-\xff]/;

const SHORT: Record<string, string> = {
  "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\",
};

/** A string in double quotes, escaped as JSON escapes it, except that control characters use upper-case digits. */
export function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const char = text[i] as string;
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c) {
      out += SHORT[char] ?? "\\u" + unit.toString(16).toUpperCase().padStart(4, "0");
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      if (next >= 0xdc00 && next <= 0xdfff) {
        out += char + text[i + 1];
        i++;
      } else {
        out += "\\u" + unit.toString(16);
      }
    } else {
      out += char;
    }
  }
  return out + '"';
}

/** Whether a property name is printed without quotes. */
export function isPlainKey(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** What a string adds to the estimate of the current line's length. */
export function stringWidthEstimate(text: string): number {
  return WIDE.test(text) ? text.length * 2 + 2 : text.length;
}

/** A number as it is printed: as `String` does, but with the sign of a negative zero. */
export function numberText(value: number): string {
  return value === 0 && 1 / value < 0 ? "-0" : String(value);
}
