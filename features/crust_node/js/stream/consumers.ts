// `node:stream/consumers`: the whole content of a stream or async iterable in one value.

import { Buffer } from "node:buffer";

type Source = AsyncIterable<any> | Iterable<any>;

export async function blob(stream: Source): Promise<Blob> {
  const parts: any[] = [];
  for await (const chunk of stream) parts.push(chunk);
  return new Blob(parts);
}

export async function arrayBuffer(stream: Source): Promise<ArrayBuffer> {
  return (await blob(stream)).arrayBuffer();
}

export async function bytes(stream: Source): Promise<Uint8Array> {
  return new Uint8Array(await arrayBuffer(stream));
}

export async function buffer(stream: Source): Promise<any> {
  return (Buffer as any).from(await arrayBuffer(stream));
}

export async function text(stream: Source): Promise<string> {
  const decoder = new TextDecoder();
  let out = "";
  for await (const chunk of stream) out += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return out + decoder.decode();
}

export async function json(stream: Source): Promise<any> {
  return JSON.parse(await text(stream));
}

export default { arrayBuffer, blob, buffer, bytes, text, json };
