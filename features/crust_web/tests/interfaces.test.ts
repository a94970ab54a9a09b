// The shape that Web IDL gives every class: names, tags, enumerable members, lengths, brands.
import { expect, test } from "bun:test";

const classes: Record<string, { new (...args: never[]): unknown; readonly prototype: object; readonly length: number; readonly name: string }> = {
  AbortController, AbortSignal, Blob, CustomEvent, DOMException, Event, EventTarget, File, FormData, Headers, MessageChannel,
  ReadableStream, Request, Response, TextDecoder, TextEncoder, TransformStream, URL, URLSearchParams, WritableStream,
} as never;

for (const [name, constructor] of Object.entries(classes)) {
  test(`${name} has the shape of an interface`, () => {
    expect(constructor.name).toBe(name);
    expect((constructor.prototype as Record<symbol, unknown>)[Symbol.toStringTag]).toBe(name);
    expect(Object.getOwnPropertyDescriptor(constructor, "prototype")?.writable).toBe(false);
    expect(() => (constructor as unknown as () => void)()).toThrow(TypeError);
    for (const key of Object.getOwnPropertyNames(constructor.prototype).filter((key) => key !== "constructor")) {
      expect(Object.getOwnPropertyDescriptor(constructor.prototype, key)?.enumerable).toBe(true);
    }
  });
}

test("length counts the required arguments", () => {
  const lengths = Object.fromEntries(Object.entries(classes).map(([name, constructor]) => [name, constructor.length]));
  expect(lengths).toMatchObject({ Blob: 0, DOMException: 0, Event: 1, File: 2, Headers: 0, Request: 1, Response: 0, TextDecoder: 0, URL: 1, URLSearchParams: 0 });
  expect(URL.canParse.length).toBe(1);
  expect(FormData.prototype.append.length).toBe(2);
});

test("members refuse other objects", async () => {
  await expect(Response.prototype.text.call({} as Response)).rejects.toThrow(TypeError);
  await expect(ReadableStreamDefaultReader.prototype.read.call({} as never)).rejects.toThrow(TypeError);
  expect(() => Object.getOwnPropertyDescriptor(Response.prototype, "headers")?.get?.call({})).toThrow(TypeError);
  expect(() => AbortSignal.prototype.throwIfAborted.call({} as AbortSignal)).toThrow(TypeError);
});

test("classes without a public constructor say so", () => {
  for (const name of ["AbortSignal", "ReadableStreamDefaultController", "PerformanceEntry", "MessagePort", "Crypto"]) {
    expect(() => new ((globalThis as never as Record<string, new () => unknown>)[name] as new () => unknown)()).toThrow(TypeError);
  }
});
