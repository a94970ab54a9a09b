// Bun's brotli and zstd streams: there and back in pieces, several frames, and what is no such stream.
const bytes = (stream: ReadableStream) => new Response(stream).bytes();
const pieces = (data: Uint8Array, size: number) =>
  new ReadableStream({
    start(controller) {
      for (let start = 0; start < data.length; start += size) controller.enqueue(data.slice(start, start + size));
      controller.close();
    },
  });
const text = new TextEncoder().encode("all work and no play ".repeat(20_000));
for (const format of ["brotli", "zstd"] as never[]) {
  const packed = await bytes(pieces(text, 10_000).pipeThrough(new CompressionStream(format)));
  const back = await bytes(pieces(packed, 7).pipeThrough(new DecompressionStream(format)));
  console.log(format, packed.length < text.length / 20, Buffer.compare(back, text) === 0, back.length);
  const empty = await bytes(pieces(new Uint8Array(0), 1).pipeThrough(new CompressionStream(format)));
  console.log(format, "nothing", (await bytes(pieces(empty, 1).pipeThrough(new DecompressionStream(format)))).length);
  for (const [what, data] of [["cut", packed.slice(0, -3)], ["other", text.slice(0, 100)]] as const) {
    await bytes(pieces(data, 50).pipeThrough(new DecompressionStream(format))).then(
      () => console.log(format, what, "passed"),
      () => console.log(format, what, "refused"),
    );
  }
}
