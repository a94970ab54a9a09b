// ReadableStream of type "direct": what is written in one go is one chunk, and each read asks the source again.
const direct = (pull: unknown, more = {}) => new ReadableStream({ type: "direct", pull, ...more } as never);
const text = (value: unknown) => (value === undefined ? undefined : new TextDecoder().decode(value as Uint8Array));
async function drain(stream: ReadableStream, most = 10): Promise<unknown[]> {
  const reader = stream.getReader();
  const chunks: unknown[] = [];
  for (let count = 0; count < most; count++) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(text(value));
  }
  return chunks;
}
async function show(name: string, run: () => unknown): Promise<void> {
  try {
    console.log(name, await run());
  } catch (error) {
    console.log(name, "throws", (error as Error).name, (error as Error).message);
  }
}

await show("flush", () => drain(direct(async (c: any) => { c.write("a"); c.write("b"); await c.flush(); c.write(new Uint8Array([99])); c.end(); })));
let pulls = 0;
await show("asked again", () => drain(direct((c: any) => { pulls++; c.write("x" + pulls); if (pulls === 3) c.end(); })));
await show("close", () => drain(direct((c: any) => { c.write("a"); c.close(); })));
await show("close with an error", () => drain(direct((c: any) => { c.write("a"); c.close(new Error("boom")); })));
await show("throw", () => drain(direct(async (c: any) => { c.write("a"); throw new Error("thrown"); })));
await show("error", () => drain(direct((c: any) => c.error(new Error("failed")))));
await show("counts", async () => { const counts: unknown[] = []; await drain(direct((c: any) => { counts.push(c.write("hé"), c.write(new Uint8Array(3)), c.flush(), c.end(), c.write("late")); })); return counts; });
await show("bad chunk", () => drain(direct((c: any) => c.write(5))));
await show("no pull", () => drain(new ReadableStream({ type: "direct" } as never)));
await show("cancel", async () => { const reader = direct((c: any) => { c.write("x"); }, { cancel: (reason: unknown) => console.log("cancelled:", reason) }).getReader(); await reader.read(); return reader.cancel("enough"); });
await show("response", () => new Response(direct((c: any) => { c.write("one "); c.write("two"); c.end(); })).text());
await show("Bun.readableStreamToText", () => Bun.readableStreamToText(direct(async (c: any) => { for (const word of ["a", "b", "c"]) { c.write(word); await c.flush(); } c.close(); })));
await show("Bun.readableStreamToBytes", () => Bun.readableStreamToBytes(direct((c: any) => { c.write("xy"); c.end(); })));
await show("Bun.readableStreamToJSON", () => Bun.readableStreamToJSON(direct((c: any) => { c.write("[1,"); c.write("2]"); c.end(); })));
await show("Bun.readableStreamToBlob", async () => (await Bun.readableStreamToBlob(direct((c: any) => { c.write("xy"); c.end(); }))).size);
await show("tee", async () => { const [one, two] = direct((c: any) => { c.write("x"); c.end(); }).tee(); return [await new Response(one).text(), await new Response(two).text()]; });
await show("pipe", async () => { const out: unknown[] = []; await direct((c: any) => { c.write("x"); c.write("y"); c.end(); }).pipeTo(new WritableStream({ write: (chunk) => void out.push(text(chunk)) })); return out; });
const server = Bun.serve({ port: 0, fetch: () => new Response(direct(async (c: any) => { c.write("hello "); await 1; c.write("world"); })) });
await show("a server ends when pull has", async () => (await fetch(server.url)).text());
server.stop(true);
