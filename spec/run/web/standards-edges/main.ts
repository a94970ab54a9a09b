// Corners that the Web Platform Tests found.
const tries = (name: string, run: () => unknown) => {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, "throws", (error as Error).name);
  }
};
for (const input of ["///a", "//\\//\\//a", "\t///a/../b", "////a:80/"]) {
  tries(JSON.stringify(input), () => new URL(input, "http://base.test/x").href);
}
tries("ftp", () => new URL("///a", "ftp://base.test/x").href);

const used = new Response("x");
await used.text();
tries("body after it was read", () => [used.body!.locked, used.bodyUsed]);
tries("its reader", () => used.body!.getReader());

const shrunk = new ArrayBuffer(8, { maxByteLength: 16 } as never);
const view = new Uint8Array(shrunk, 4);
const data = new DataView(shrunk, 4, 2);
(shrunk as never as { resize(size: number): void }).resize(2);
tries("a view out of bounds", () => structuredClone(view));
tries("a DataView out of bounds", () => structuredClone(data));
tries("an empty view", () => structuredClone(new Uint8Array(0)).length);

const gone = new Uint8Array(4);
structuredClone(gone, { transfer: [gone.buffer] });
tries("encodeInto nothing", () => JSON.stringify(new TextEncoder().encodeInto("é", gone)));
tries("decode nothing", () => JSON.stringify(new TextDecoder().decode(gone.buffer)));

tries("initMessageEvent", () => (new MessageEvent("a") as never as { initMessageEvent(): void }).initMessageEvent());
tries("mark", () => performance.mark("a", 5 as never));
tries("observe", () => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ entryTypes: ["mark"] });
  observer.observe({ type: "measure" });
});
tries("iterator", () => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(new URLSearchParams().keys()), "next")!.enumerable);
tries("stream iterator", () => Object.keys(Object.getPrototypeOf(new ReadableStream().values())).join());
const order: string[] = [];
tries("pipeThrough", () => new ReadableStream().pipeThrough({ get readable() { order.push("readable"); return 1; }, get writable() { order.push("writable"); return new WritableStream(); } } as never));
console.log(order.join());
const decoderStream = new TextDecoderStream();
decoderStream.readable.getReader().read().catch((error) => console.log("reader", error.name));
const decoder = decoderStream.writable.getWriter();
await decoder.write(undefined as never).catch((error) => console.log("chunk undefined", error.name));
const bom = await new Response("\uFEFFa=\uFEFF", { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData();
tries("form with byte order marks", () => JSON.stringify([...bom]));
