const shared = { x: 1 };
const value: any = { date: new Date(5), map: new Map([["a", shared]]), set: new Set([shared]), list: [1, , 3], re: /a/g, big: 1n, err: new RangeError("r"), bytes: new Uint8Array([1, 2]), undef: undefined };
value.self = value;
const copy = structuredClone(value);
console.log(copy !== value, copy.self === copy, copy.date.getTime(), copy.map.get("a") === [...copy.set][0], 1 in copy.list, copy.re.flags, copy.err instanceof RangeError, copy.err.message, copy.bytes.join(), "undef" in copy);
for (const bad of [() => {}, Symbol("s"), new WeakMap(), { nested: () => {} }]) {
  try { structuredClone(bad); console.log("cloned"); } catch (error: any) { console.log(error.name, error.code, error instanceof DOMException); }
}
const buffer = new ArrayBuffer(8);
const moved = structuredClone(buffer, { transfer: [buffer] });
console.log(buffer.byteLength, moved.byteLength);
