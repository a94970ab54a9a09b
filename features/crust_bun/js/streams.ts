// Bun.readableStreamTo*: everything a stream has, as one value.

type Source = ReadableStream | AsyncIterable<unknown>;

function check(stream: unknown): Source {
  if (typeof stream === "object" && stream !== null && Symbol.asyncIterator in stream) return stream as Source;
  throw Object.assign(new TypeError('The "stream" argument must be an instance of ReadableStream'), { code: "ERR_INVALID_ARG_TYPE" });
}

export async function readableStreamToArray(stream: Source): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of check(stream) as AsyncIterable<unknown>) chunks.push(chunk);
  return chunks;
}

export async function readableStreamToBytes(stream: Source): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const chunks = (await readableStreamToArray(stream)).map((chunk) => {
    if (typeof chunk === "string") return encoder.encode(chunk);
    if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
    throw new TypeError("A chunk of the stream is neither text nor bytes");
  });
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

export async function readableStreamToArrayBuffer(stream: Source): Promise<ArrayBuffer> {
  const bytes = await readableStreamToBytes(stream);
  const { buffer, byteOffset, byteLength } = bytes;
  return (byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}

export async function readableStreamToText(stream: Source): Promise<string> {
  return new TextDecoder().decode(await readableStreamToBytes(stream));
}

export async function readableStreamToJSON(stream: Source): Promise<unknown> {
  return JSON.parse(await readableStreamToText(stream));
}

export async function readableStreamToBlob(stream: Source): Promise<Blob> {
  return new Blob([(await readableStreamToBytes(stream)) as BlobPart]);
}

/** `boundary` is that of multipart data; without it the stream holds URL-encoded fields. */
export async function readableStreamToFormData(stream: Source, boundary?: string): Promise<FormData> {
  const type = boundary === undefined ? "application/x-www-form-urlencoded" : `multipart/form-data; boundary=${boundary}`;
  const body = (await readableStreamToBytes(stream)) as BodyInit;
  return new Response(body, { headers: { "content-type": type } }).formData();
}
