// TextEncoder, TextDecoder, atob and btoa at their edges.
import { expect, test } from "bun:test";

const bytes = (...values: number[]) => new Uint8Array(values);

test("a byte order mark is dropped once per stream, however it is split", () => {
  const decoder = new TextDecoder();
  expect(decoder.decode(bytes(0xef), { stream: true }) + decoder.decode(bytes(0xbb, 0xbf, 66))).toBe("B");
  expect(decoder.decode(bytes(0xef, 0xbb, 0xbf, 67))).toBe("C");
  expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes(0xef, 0xbb, 0xbf, 65))).toBe("\ufeffA");
});

test("a fatal decoder throws and can be used again", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  expect(() => decoder.decode(bytes(0xc0))).toThrow(TypeError);
  expect(decoder.decode(bytes(65))).toBe("A");
  expect(decoder.decode(bytes(0xe2), { stream: true })).toBe("");
  expect(() => decoder.decode()).toThrow(TypeError);
  expect(decoder.decode(bytes(66))).toBe("B");
});

test("labels name their encodings", () => {
  const names = { latin1: "windows-1252", UTF8: "utf-8", " ascii ": "windows-1252", sjis: "shift_jis", "utf-16": "utf-16le", gb2312: "gbk", "iso-8859-8-i": "iso-8859-8-i" };
  for (const [label, name] of Object.entries(names)) {
    expect(new TextDecoder(label as never).encoding as string).toBe(name);
  }
  expect(() => new TextDecoder("iso-2022-kr" as never)).toThrow(RangeError);
});

test("lone surrogates become U+FFFD in short and long strings", () => {
  expect([...new TextEncoder().encode("\ud800a")]).toEqual([239, 191, 189, 97]);
  expect(new TextEncoder().encode(`\ud800${"a".repeat(100)}`).length).toBe(103);
});

test("encodeInto writes whole characters only", () => {
  expect(new TextEncoder().encodeInto("a\u{1f600}b", new Uint8Array(4))).toEqual({ read: 1, written: 1 });
  expect(new TextEncoder().encodeInto("é".repeat(80), new Uint8Array(33))).toEqual({ read: 16, written: 32 });
});

test("atob forgives white space and missing padding, nothing else", () => {
  expect(atob(" Y Q = = ")).toBe("a");
  expect(atob("YWI")).toBe("ab");
  expect(atob("YR")).toBe("a");
  expect(atob(btoa("\xe9".repeat(500)))).toBe("\xe9".repeat(500));
  for (const invalid of ["a", "ab=", "YQ===", "\x0bYQ==", "*"]) {
    expect(() => atob(invalid)).toThrow(DOMException);
  }
  expect(() => btoa("€")).toThrow(DOMException);
});
