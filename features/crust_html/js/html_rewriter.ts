// HTMLRewriter, as Bun has it: content handlers over a streaming parser. The parser is native and asks for one handler
// at a time, so a handler may take its time where the result is a Response.

import { promiseResult, promiseState } from "crust:ops/console";
import { rewriterClose, rewriterOpen, rewriterOutput, rewriterReply, rewriterWrite, selectorError, settleNow } from "crust:ops/html";
import { Comment, DocEnd, DocType, Element, EndTag, finishUnit, rewriterError, TextChunk } from "crust:html/units";
import type { DoctypeSnapshot, ElementSnapshot, EndTagHandler, TextChunkSnapshot } from "crust:html/units";
import { blobBytesInMemory, isBlob } from "crust:web/blob";
import { decodeUtf8, encodeUtf8 } from "crust:web/encoding";
import { isResponse, isResponseBodyUnusable, Response, takeResponseBody } from "crust:web/response";
import { bytesOf, codedTypeError, isBufferSource, isObject } from "crust:web/webidl";
import type { ReadableStream } from "crust:web/streams/readable";

type Handler = (unit: never) => unknown;

interface ElementHandlers {
  element?: (element: Element) => unknown;
  comments?: (comment: Comment) => unknown;
  text?: (text: TextChunk) => unknown;
}

interface DocumentHandlers {
  doctype?: (doctype: DocType) => unknown;
  comments?: (comment: Comment) => unknown;
  text?: (text: TextChunk) => unknown;
  end?: (end: DocEnd) => unknown;
}

interface Registered {
  handler: Handler;
  receiver: unknown;
}

const PENDING = 0;
const REJECTED = 2;
const EMPTY = new Uint8Array(0);

type Event = { handler: number; unit: { kind: string } & object };

let registeredOf: (rewriter: HTMLRewriter) => { handlers: Registered[]; elements: object[]; documents: object[] };

export class HTMLRewriter {
  readonly #handlers: Registered[] = [];
  readonly #elements: object[] = [];
  readonly #documents: object[] = [];

  static {
    registeredOf = (rewriter) => ({ handlers: [...rewriter.#handlers], elements: rewriter.#elements, documents: rewriter.#documents });
  }

  on(selector: string, handlers: ElementHandlers): this {
    if (arguments.length < 2) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Missing argument");
    }
    const text = `${selector}`.toWellFormed();
    const refused = selectorError(text) as string | null;
    if (refused !== null) {
      throw rewriterError(refused);
    }
    this.#elements.push({ selector: text, ...this.#register(handlers, ["element", "comments", "text"]) });
    return this;
  }

  onDocument(handlers: DocumentHandlers): this {
    if (arguments.length < 1) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Missing argument");
    }
    this.#documents.push(this.#register(handlers, ["doctype", "comments", "text", "end"]));
    return this;
  }

  #register(handlers: object, names: string[]): Record<string, number | null> {
    if (!isObject(handlers)) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Expected object");
    }
    const ids: Record<string, number | null> = {};
    for (const name of names) {
      const handler = (handlers as Record<string, unknown>)[name];
      ids[name] = null;
      if (handler !== undefined && handler !== null) {
        if (typeof handler !== "function") {
          throw codedTypeError("ERR_INVALID_ARG_TYPE", `${name} must be a function`);
        }
        ids[name] = this.#handlers.push({ handler: handler as Handler, receiver: handlers }) - 1;
      }
    }
    return ids;
  }

  transform(input: string): string;
  transform(input: BufferSource): ArrayBuffer;
  transform(input: Response): Response;
  transform(input: unknown): unknown {
    if (arguments.length < 1) {
      throw codedTypeError("ERR_INVALID_ARG_TYPE", "Missing argument");
    }
    if (typeof input === "string") {
      return decodeUtf8(new Rewriting(this).runNow(encodeUtf8(input), "a string"));
    }
    if (isBufferSource(input)) {
      const { buffer, byteOffset, byteLength } = new Rewriting(this).runNow(bytesOf(input), "an ArrayBuffer");
      return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
    }
    if (isResponse(input)) {
      return transformResponse(this, input);
    }
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "Expected Response or Body");
  }
}
Object.defineProperty(HTMLRewriter.prototype, Symbol.toStringTag, { value: "HTMLRewriter", configurable: true });

// A rewriter that is dropped half-way is closed when its JS side is collected.
const abandoned = new FinalizationRegistry<number>((native) => rewriterClose(native));

/** One document on its way through a rewriter. */
class Rewriting {
  readonly #native: number;
  readonly #handlers: Registered[];
  readonly #keepEndTagHandler: (handler: EndTagHandler) => number;
  #closed = false;

  constructor(rewriter: HTMLRewriter) {
    const { handlers, elements, documents } = registeredOf(rewriter);
    const free: number[] = [];
    this.#handlers = handlers;
    // An end tag handler runs at most once; its number is used again afterwards.
    this.#keepEndTagHandler = (handler) => {
      const registered = {
        handler: (tag: EndTag) => {
          free.push(id);
          return handler(tag);
        },
        receiver: undefined,
      };
      const id: number = free.pop() ?? handlers.length;
      handlers[id] = registered as Registered;
      return id;
    };
    this.#native = rewriterOpen(JSON.stringify({ elements, documents })) as number;
    abandoned.register(this, this.#native, this);
  }

  /** Rewrites a whole document. Handlers must be done when they return, or when the microtasks they started are. */
  runNow(bytes: Uint8Array, what: string): Uint8Array {
    return this.#guard(() => {
      let event = rewriterWrite(this.#native, bytes, true) as string | null;
      while (event !== null) {
        const { result, reply } = this.#call(event);
        if (result instanceof Promise) {
          waitNow(result, what);
        }
        event = reply();
      }
      return this.#take(true);
    });
  }

  /** Rewrites a piece of a document: at once, unless a handler is asynchronous. */
  write(bytes: Uint8Array, last: boolean): Uint8Array | Promise<Uint8Array> {
    return this.#guard(() => this.#continue(rewriterWrite(this.#native, bytes, last) as string | null, last));
  }

  #continue(first: string | null, last: boolean): Uint8Array | Promise<Uint8Array> {
    let event = first;
    while (event !== null) {
      const { result, reply } = this.#call(event);
      if (result instanceof Promise) {
        return result.then(
          () => this.#guard(() => this.#continue(reply(), last)),
          (error: unknown) => {
            this.close();
            throw error;
          },
        );
      }
      event = reply();
    }
    return this.#take(last);
  }

  /** Calls a handler; `reply` sends what it asked for and ends the validity of its unit. */
  #call(text: string): { result: unknown; reply: () => string | null } {
    const { handler: id, unit: snapshot } = JSON.parse(text) as Event;
    const unit = makeUnit(snapshot, this.#keepEndTagHandler);
    const { handler, receiver } = this.#handlers[id] as Registered;
    let result: unknown;
    try {
      result = Reflect.apply(handler, receiver, [unit]);
    } catch (error) {
      finishUnit(unit);
      throw error;
    }
    return { result, reply: () => rewriterReply(this.#native, finishUnit(unit)) as string | null };
  }

  #take(last: boolean): Uint8Array {
    const output = rewriterOutput(this.#native) as Uint8Array;
    if (last) {
      this.close();
    }
    return output;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      abandoned.unregister(this);
      rewriterClose(this.#native);
    }
  }
}

function waitNow(result: Promise<unknown>, what: string): void {
  if (promiseState(result) === PENDING) {
    settleNow();
  }
  const state = promiseState(result) as number;
  if (state <= PENDING) {
    result.catch(() => undefined);
    throw new TypeError(`HTMLRewriter.transform() cannot answer ${what} at once: a content handler returned a Promise that is still pending. Transform a Response and await its body instead`);
  }
  if (state === REJECTED) {
    result.catch(() => undefined);
    throw promiseResult(result);
  }
}

function makeUnit(snapshot: Event["unit"], keep: (handler: EndTagHandler) => number): object {
  switch (snapshot.kind) {
    case "element":
      return new Element(snapshot as never as ElementSnapshot, keep);
    case "endTag":
      return new EndTag(snapshot as never as { name: string });
    case "comment":
      return new Comment(snapshot as never as TextChunkSnapshot);
    case "text":
      return new TextChunk(snapshot as never as TextChunkSnapshot);
    case "doctype":
      return new DocType(snapshot as never as DoctypeSnapshot);
    default:
      return new DocEnd(snapshot);
  }
}

function transformResponse(rewriter: HTMLRewriter, response: Response): Response {
  if (isResponseBodyUnusable(response)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", "Response body already used");
  }
  const { status, statusText } = response;
  const headers = new Headers(response.headers as never);
  // It counts the bytes of the document that came in.
  headers.delete("content-length");
  const init = { status, statusText, headers: headers as never };
  const body = takeResponseBody(response);
  if (body === null) {
    return new Response(null, init);
  }
  const bytes = bytesInMemory(body);
  if (bytes !== null) {
    return new Response(rewriteBytes(rewriter, bytes) as never, init);
  }
  const stream = isBlob(body) ? body.stream() : (body as ReadableStream);
  return new Response(rewriteStream(rewriter, stream) as never, init);
}

function bytesInMemory(body: NonNullable<ReturnType<typeof takeResponseBody>>): Uint8Array | null {
  if (typeof body === "string") {
    return encodeUtf8(body);
  }
  if (body instanceof Uint8Array) {
    return body;
  }
  return isBlob(body) ? blobBytesInMemory(body) : null;
}

/** Handlers run now; what they throw is the body's error. */
function rewriteBytes(rewriter: HTMLRewriter, bytes: Uint8Array): unknown {
  let output: Uint8Array | Promise<Uint8Array>;
  try {
    output = new Rewriting(rewriter).write(bytes, true);
  } catch (error) {
    output = Promise.reject(error as Error);
  }
  if (!(output instanceof Promise)) {
    return output;
  }
  // Whoever reads the body learns of it.
  output.catch(() => undefined);
  const pending = output;
  return new globalThis.ReadableStream({
    async pull(controller) {
      controller.enqueue(await pending);
      controller.close();
    },
  });
}

function rewriteStream(rewriter: HTMLRewriter, stream: ReadableStream): unknown {
  const rewriting = new Rewriting(rewriter);
  const reader = stream.getReader();
  return new globalThis.ReadableStream({
    async pull(controller) {
      try {
        // Until there is output, or the end.
        for (;;) {
          const { value, done } = (await reader.read()) as { value: unknown; done: boolean };
          const output = await rewriting.write(done ? EMPTY : chunkBytes(value), done);
          if (output.length > 0) {
            controller.enqueue(output);
          }
          if (done) {
            controller.close();
          }
          if (done || output.length > 0) {
            return;
          }
        }
      } catch (error) {
        rewriting.close();
        await reader.cancel(error).catch(() => undefined);
        throw error;
      }
    },
    async cancel(reason) {
      rewriting.close();
      await reader.cancel(reason);
    },
  });
}

function chunkBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") {
    return encodeUtf8(chunk);
  }
  if (isBufferSource(chunk)) {
    return bytesOf(chunk);
  }
  throw new TypeError("A body's stream must give bytes");
}
