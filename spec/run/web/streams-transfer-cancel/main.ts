// Cancelling a stream that moved reaches its source, and aborting a sink that moved reaches the sink.
const cancelled = Promise.withResolvers<unknown>();
const stream = new ReadableStream({ cancel: cancelled.resolve });
await structuredClone(stream, { transfer: [stream] as never }).cancel("enough");
console.log("cancelled", await cancelled.promise);

const aborted = Promise.withResolvers<unknown>();
const sink = new WritableStream({ abort: aborted.resolve });
await structuredClone(sink, { transfer: [sink] as never }).abort("over");
console.log("aborted", await aborted.promise);
