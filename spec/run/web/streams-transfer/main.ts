// Streams that move with structuredClone and postMessage.
const stream = new ReadableStream({
  start(controller) {
    controller.enqueue({ chunk: 1 });
    controller.enqueue(new Uint8Array([1, 2]));
    controller.close();
  },
});
const moved = structuredClone(stream, { transfer: [stream] as never });
console.log(moved instanceof ReadableStream, moved !== stream, stream.locked, moved.locked);
for await (const chunk of moved as never as AsyncIterable<unknown>) {
  console.log("chunk", JSON.stringify(chunk));
}

const written: unknown[] = [];
const closed = Promise.withResolvers<void>();
const sink = new WritableStream({ write: (chunk) => void written.push(chunk), close: () => closed.resolve() });
const writer = structuredClone(sink, { transfer: [sink] as never }).getWriter();
await writer.write("a");
await writer.write({ b: 2 });
await writer.close();
await closed.promise;
console.log("closed", JSON.stringify(written));

const upper = new TransformStream({ transform: (chunk, controller) => controller.enqueue(String(chunk).toUpperCase()) });
const { port1, port2 } = new MessageChannel();
const received = new Promise<TransformStream>((resolve) => {
  port2.onmessage = (event) => {
    resolve(event.data.upper);
    port2.close();
  };
});
port1.postMessage({ upper }, [upper as never]);
const remote = await received;
console.log(remote instanceof TransformStream, upper.readable.locked, upper.writable.locked);
const input = remote.writable.getWriter();
void input.write("x");
void input.close();
for await (const chunk of remote.readable as never as AsyncIterable<unknown>) {
  console.log("upper", chunk);
}

const failing = new ReadableStream({ pull: () => Promise.reject(new RangeError("source failed")) });
const failed = structuredClone(failing, { transfer: [failing] as never }).getReader();
await failed.read().catch((error) => console.log("fails", error.name, error.message));

const locked = new ReadableStream();
locked.getReader();
for (const [name, run] of [
  ["locked", () => structuredClone(locked, { transfer: [locked] as never })],
  ["not in the list", () => structuredClone(new ReadableStream())],
] as const) {
  try {
    run();
  } catch (error) {
    console.log(name, (error as Error).name);
  }
}
