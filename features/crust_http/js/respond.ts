// Sends a Response: its head as lines, its body whole, as a file, or piece by piece with back-pressure.
// Never decides what to answer.

import * as ops from "crust:ops/http";
import type { IncomingRequest } from "crust:http/incoming";
import { isResponseBodyUnusable, responseContentType, responseHeaderList, takeResponseBody } from "crust:web/response";
import type { Response } from "crust:web/response";

// Fields that follow from how the body is sent, or that the server writes itself.
const OWN_FIELDS = new Set(["content-length", "transfer-encoding", "connection", "date", "keep-alive"]);
// Content types that the natives know by a number.
const KNOWN_TYPES: Record<string, number> = { "text/plain;charset=utf-8": 1, "application/json;charset=utf-8": 2 };
const NO_FIELDS = 0;

// Files and their parts bring this accessor with them.
const filePath = Symbol.for("crust.filePath");

/** Fields as the natives take them: whole lines, or the number of the only one. */
export type Fields = string | number;

/** What a server adds to the responses of its handlers. */
export interface Sending {
  /** The natives compress what is worth it. */
  readonly compresses: boolean;
  fail(incoming: IncomingRequest, error: unknown): void;
}

function typeField(response: Response): Fields {
  const type = responseContentType(response);
  if (type === null) return NO_FIELDS;
  return KNOWN_TYPES[type] ?? `Content-Type: ${type}\r\n`;
}

/** The lines of a response's own fields. */
export function fieldLines(response: Response): Fields {
  const list = responseHeaderList(response);
  if (list === null) return typeField(response);
  let lines = "";
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index]!;
    if (!OWN_FIELDS.has(name)) lines += `${name}: ${list[index + 1]}\r\n`;
  }
  return lines;
}

function withLines(fields: Fields, lines: string): Fields {
  if (lines === "") return fields;
  if (typeof fields === "string") return fields + lines;
  for (const [type, number] of Object.entries(KNOWN_TYPES)) {
    if (number === fields) return `Content-Type: ${type}\r\n${lines}`;
  }
  return lines;
}

function contentLength(response: Response): number {
  const length = responseHeaderList(response) === null ? null : response.headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : -1;
}

/** Sends a response. `extra`: lines to add, such as cookies that were set. */
export function sendResponse(incoming: IncomingRequest, response: Response, sending: Sending, extra = ""): void {
  if (isResponseBodyUnusable(response)) {
    sending.fail(incoming, Object.assign(new TypeError("Response body already used"), { code: "ERR_BODY_ALREADY_USED" }));
    return;
  }
  if (response.status < 200) {
    sending.fail(incoming, new RangeError(`A handler cannot answer with status ${response.status}`));
    return;
  }
  const length = incoming.method === "HEAD" ? contentLength(response) : -1;
  const body = takeResponseBody(response);
  const fields = withLines(fieldLines(response), extra);
  const text = response.statusText === "" ? undefined : response.statusText;
  if (length >= 0 && body === null) {
    ops.respondStart(incoming.handle, response.status, text, fields, length);
    incoming.finish();
    return;
  }
  if (body === null || typeof body === "string" || body instanceof Uint8Array) {
    if (body === null || !sending.compresses) {
      ops.respond(incoming.handle, response.status, text, fields, body ?? undefined);
    } else {
      const [server, slab, offset, headLength] = incoming.head;
      ops.respondCompressed(incoming.handle, response.status, text, fields, body, server, slab, offset, headLength);
    }
    incoming.finish();
    return;
  }
  if ("getReader" in body) {
    sendStream(incoming, response, fields, body);
  } else if (isFile(body)) {
    sendFile(incoming, response, fields, body, sending);
  } else {
    sendBlob(incoming, response, fields, body).catch((error) => sending.fail(incoming, error));
  }
}

async function sendBlob(incoming: IncomingRequest, response: Response, fields: Fields, blob: Blob): Promise<void> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  ops.respond(incoming.handle, response.status, response.statusText || undefined, withType(fields, blob.type), bytes);
  incoming.finish();
}

function isFile(blob: Blob): boolean {
  return filePath in blob;
}

function withType(fields: Fields, type: string): Fields {
  if (type === "" || (typeof fields === "number" && fields !== NO_FIELDS) || (typeof fields === "string" && /^content-type:/im.test(fields))) return fields;
  return withLines(fields, `Content-Type: ${type}\r\n`);
}

const ENOENT = -2;

// The kernel sends it; dates, conditions and ranges are the natives' work too.
function sendFile(incoming: IncomingRequest, response: Response, fields: Fields, blob: Blob, sending: Sending): void {
  const { filePlace } = require("crust:fs/bun_file") as typeof import("crust:fs/bun_file");
  const { place, start, end } = filePlace(blob as never);
  if (typeof place !== "string") {
    sendStream(incoming, response, withType(fields, blob.type), blob.stream() as unknown as ReadableStream);
    return;
  }
  const length = end < 0 ? -1 : Math.max(0, end - start);
  const lines = typeof fields === "string" ? fields : NO_FIELDS;
  const [server, slab, offset, headLength] = incoming.head;
  const sent = ops.respondFile(incoming.handle, response.status, response.statusText || undefined, lines, place, blob.type, start, length, server, slab, offset, headLength) as number;
  if (sent >= 0) {
    incoming.finish();
  } else if (sent === ENOENT) {
    ops.respond(incoming.handle, 404, undefined, NO_FIELDS, undefined);
    incoming.finish();
  } else {
    const error = Object.assign(new Error(`The file ${place} cannot be sent`), { errno: sent, path: place, syscall: "open" });
    sending.fail(incoming, error);
  }
}

function sendStream(incoming: IncomingRequest, response: Response, fields: Fields, stream: ReadableStream): void {
  const { StreamSender } = require("crust:http/stream_sender") as typeof import("crust:http/stream_sender");
  const sender = new StreamSender(incoming, stream);
  incoming.watch();
  // Without a body to send (HEAD, 204) or a client, the source is told so.
  if (ops.respondStart(incoming.handle, response.status, response.statusText || undefined, fields, contentLength(response))) sender.pump();
  else sender.cancel();
}
