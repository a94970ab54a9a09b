// `node:punycode`: RFC 3492 with the parameters of IDNA, and the UCS-2 helpers. Pure.

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const MAX_INT = 0x7fffffff;

const separators = /[\u002e\u3002\uff0e\uff61]/g;

function fail(text: string): never {
  throw new RangeError(text);
}

function adapt(delta: number, points: number, first: boolean): number {
  let scaled = first ? Math.floor(delta / DAMP) : delta >> 1;
  scaled += Math.floor(scaled / points);
  let k = 0;
  while (scaled > ((BASE - T_MIN) * T_MAX) >> 1) {
    scaled = Math.floor(scaled / (BASE - T_MIN));
    k += BASE;
  }
  return Math.floor(k + ((BASE - T_MIN + 1) * scaled) / (scaled + SKEW));
}

function threshold(k: number, bias: number): number {
  return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

function digitOf(code: number): number {
  if (code >= 48 && code < 58) return code - 22;
  if (code >= 65 && code < 91) return code - 65;
  if (code >= 97 && code < 123) return code - 97;
  return BASE;
}

const basicOf = (digit: number): string => String.fromCharCode(digit < 26 ? digit + 97 : digit + 22);

export const ucs2 = {
  decode(text: string): number[] {
    const out: number[] = [];
    for (let i = 0; i < text.length; i++) {
      const point = text.codePointAt(i)!;
      if (point > 0xffff) i++;
      out.push(point);
    }
    return out;
  },
  encode(points: readonly number[]): string {
    return String.fromCodePoint(...points);
  },
};

export function decode(input: string): string {
  const out: number[] = [];
  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  const basic = Math.max(input.lastIndexOf("-"), 0);
  for (let j = 0; j < basic; j++) {
    if (input.charCodeAt(j) >= 0x80) fail("Illegal input >= 0x80 (not a basic code point)");
    out.push(input.charCodeAt(j));
  }
  for (let at = basic > 0 ? basic + 1 : 0; at < input.length; ) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      if (at >= input.length) fail("Invalid input");
      const digit = digitOf(input.charCodeAt(at++));
      if (digit >= BASE) fail("Invalid input");
      if (digit > Math.floor((MAX_INT - i) / weight)) fail("Overflow: input needs wider integers to process");
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > Math.floor(MAX_INT / (BASE - t))) fail("Overflow: input needs wider integers to process");
      weight *= BASE - t;
    }
    const length = out.length + 1;
    bias = adapt(i - before, length, before === 0);
    if (Math.floor(i / length) > MAX_INT - n) fail("Overflow: input needs wider integers to process");
    n += Math.floor(i / length);
    i %= length;
    out.splice(i++, 0, n);
  }
  return String.fromCodePoint(...out);
}

export function encode(input: string): string {
  const points = ucs2.decode(input);
  let out = points.filter((point) => point < 0x80).map((point) => String.fromCharCode(point)).join("");
  const basic = out.length;
  let handled = basic;
  if (basic > 0) out += "-";
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  while (handled < points.length) {
    let next = MAX_INT;
    for (const point of points) if (point >= n && point < next) next = point;
    if (next - n > Math.floor((MAX_INT - delta) / (handled + 1))) fail("Overflow: input needs wider integers to process");
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n && ++delta > MAX_INT) fail("Overflow: input needs wider integers to process");
      if (point !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        out += basicOf(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      out += basicOf(q);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return out;
}

/** Maps every label; what stands before an `@` is left alone. */
function mapDomain(domain: string, map: (label: string) => string): string {
  const at = domain.indexOf("@");
  const prefix = at === -1 ? "" : domain.slice(0, at + 1);
  const labels = (at === -1 ? domain : domain.slice(at + 1)).replace(separators, ".").split(".");
  return prefix + labels.map(map).join(".");
}

export function toUnicode(input: string): string {
  return mapDomain(input, (label) => (/^xn--/i.test(label) ? decode(label.slice(4).toLowerCase()) : label));
}

export function toASCII(input: string): string {
  // eslint-disable-next-line no-control-regex -- every code point outside ASCII
  return mapDomain(input, (label) => (/[^\u0000-\u007f]/.test(label) ? `xn--${encode(label)}` : label));
}

export const version = "2.1.0";

export default { version, ucs2, decode, encode, toASCII, toUnicode };
