// Sends a Response: its head as lines, its body whole or piece by piece with back-pressure.
// Never decides what to answer.

import * as ops from "crust:ops/http";
import type { IncomingRequest } from "crust:http/incoming";
import { isResponseBodyUnusable, responseContentType, responseHeaderList, takeResponseBody } from "crust:web/response";
import type { Response } from "crust:web/response";

// Fields that follow from how the body is sent, or that the server writes itself.
const OWN_FIELDS = new Set(["content-length", "transfer-encoding", "connection", "date", "keep-alive"]);
// Bytes that may wait for a client before its stream is read on.
const HIGH_WATER = 256 * 1024;

function fieldLines(response: Response): { lines: string; length: number } {
  const list = responseHeaderList(response);
  if (list === null) {
    const type = responseContentType(response);
    return { lines: type === null ? "" : `content-type: ${type}\r\n`, length: -1 };
  }
  let lines = "";
  let length = -1;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index]!;
    if (!OWN_FIELDS.has(name)) lines += `${name}: ${list[index + 1]}\r\n`;
    else if (name === "content-length" && /^\d+$/.test(list[index + 1]!)) length = Number(list[index + 1]);
  }
  return { lines, length };
}

export function sendResponse(incoming: IncomingRequest, response: Response, fail: (error: unknown) => void): void {
  if (isResponseBodyUnusable(response)) {
    fail(Object.assign(new TypeError("Response body already used"), { code: "ERR_BODY_ALREADY_USED" }));
    return;
  }
  if (response.status < 200) {
    fail(new RangeError(`A handler cannot answer with status ${response.status}`));
    return;
  }
  const body = takeResponseBody(response);
  if (body === null || typeof body === "string" || body instanceof Uint8Array) {
    const { lines } = fieldLines(response);
    ops.respond(incoming.server, incoming.handle, response.status, response.statusText || undefined, lines, body ?? undefined);
    incoming.finish();
    return;
  }
  const sending = "getReader" in body ? sendStream(incoming, response, body) : sendBlob(incoming, response, body);
  sending.catch(fail);
}

async function sendBlob(incoming: IncomingRequest, response: Response, blob: Blob): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    ops.respond(incoming.server, incoming.handle, 404, undefined, "", "");
    incoming.finish();
    return;
  }
  let { lines } = fieldLines(response);
  if (!/^content-type:/im.test(lines) && blob.type !== "") lines += `content-type: ${blob.type}\r\n`;
  ops.respond(incoming.server, incoming.handle, response.status, response.statusText || undefined, lines, bytes);
  incoming.finish();
}

async function sendStream(incoming: IncomingRequest, response: Response, stream: ReadableStream): Promise<void> {
  const { server, handle } = incoming;
  const reader = stream.getReader();
  const { lines, length } = fieldLines(response);
  incoming.watch();
  // Without a body to send (HEAD, 204) or a client, the source is told so.
  if (!ops.respondStart(server, handle, response.status, response.statusText || undefined, lines, length)) {
    incoming.finish();
    await reader.cancel().catch(() => {});
    return;
  }
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (typeof value !== "string" && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
        throw new TypeError("A response body stream must give strings or bytes");
      }
      const chunk = typeof value === "string" || value instanceof Uint8Array ? value : bytesOf(value);
      const waiting = ops.respondChunk(server, handle, chunk);
      if (waiting < 0 || incoming.gone) {
        await reader.cancel(new DOMException("The client closed the connection", "AbortError")).catch(() => {});
        incoming.finish();
        return;
      }
      if (waiting > HIGH_WATER) await incoming.waitForDrain();
    }
  } catch (error) {
    ops.respondEnd(server, handle, true);
    incoming.finish();
    console.error(error);
    return;
  }
  ops.respondEnd(server, handle, false);
  incoming.finish();
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
