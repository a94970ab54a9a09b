// `readline.Interface`: lines from a stream. On a terminal the kernel's own line editing applies: keys, history and
// completion are not interpreted here.

import EventEmitter from "node:events";
import { StringDecoder } from "node:string_decoder";
import { AbortError, codes } from "crust:node/internal/errors";
import { validateAbortSignal } from "crust:node/internal/validators";

const lineEnd = /\r\n|\n|\r(?!\n)|\u2028|\u2029/g;
const kQuestion = Symbol("question");

function readOptions(input: any, output: any, completer: any, terminal: any): any {
  if (input?.input) return { ...input };
  return { input, output, completer, terminal };
}

class InterfaceBase extends (EventEmitter as any) {
  input: any;
  output: any;
  terminal: boolean;
  line = "";
  cursor = 0;
  closed = false;
  paused = false;
  crlfDelay: number;
  history: string[];
  historySize: number;
  #decoder = new StringDecoder("utf8");
  #rest = "";
  #sawReturnAt = 0;
  #prompt: string;
  #onData: (chunk: any) => void;
  #onEnd: () => void;
  [kQuestion]: ((line: string) => void) | null = null;

  constructor(inputOrOptions: any, output?: any, completer?: any, terminal?: any) {
    super();
    const options = readOptions(inputOrOptions, output, completer, terminal);
    const { input, signal, crlfDelay, historySize = 30, history = [], prompt = "> " } = options;
    if (input === undefined || typeof input?.on !== "function") throw new codes.ERR_INVALID_ARG_TYPE!("input", "Stream", input);
    if (signal !== undefined) validateAbortSignal(signal, "options.signal");
    if (completer !== undefined && typeof completer !== "function") throw new codes.ERR_INVALID_ARG_VALUE!("completer", completer);
    if (typeof historySize !== "number" || Number.isNaN(historySize) || historySize < 0) throw new codes.ERR_INVALID_ARG_VALUE!("historySize", historySize);
    this.input = input;
    this.output = options.output;
    this.terminal = Boolean(options.terminal ?? options.output?.isTTY);
    this.history = history;
    this.historySize = historySize;
    this.crlfDelay = crlfDelay ? Math.max(100, crlfDelay) : 100;
    this.#prompt = String(prompt);
    this.#onData = (chunk) => this.#take(typeof chunk === "string" ? chunk : this.#decoder.write(chunk));
    this.#onEnd = () => {
      const tail = this.#rest + this.#decoder.end();
      this.#rest = "";
      if (tail.length > 0) this.#emitLine(tail);
      this.close();
    };
    input.on("error", (error: any) => this.emit("error", error));
    input.on("data", this.#onData);
    input.on("end", this.#onEnd);
    if (signal) {
      const abort = () => this.close();
      if (signal.aborted) process.nextTick(abort);
      else {
        signal.addEventListener("abort", abort, { once: true });
        this.once("close", () => signal.removeEventListener("abort", abort));
      }
    }
    input.resume();
  }

  #take(text: string): void {
    // The line feed of a pair that came in two chunks belongs to the line before.
    if (this.#sawReturnAt && text[0] === "\n" && Date.now() - this.#sawReturnAt <= this.crlfDelay) text = text.slice(1);
    this.#sawReturnAt = 0;
    if (text.length === 0) return;
    const all = this.#rest + text;
    let from = 0;
    lineEnd.lastIndex = 0;
    const lines: string[] = [];
    for (const match of all.matchAll(lineEnd)) {
      lines.push(all.slice(from, match.index));
      from = match.index + match[0].length;
    }
    if (all.endsWith("\r")) this.#sawReturnAt = Date.now();
    this.#rest = all.slice(from);
    this.line = this.#rest;
    for (const line of lines) this.#emitLine(line);
  }

  #emitLine(line: string): void {
    if (this.closed) return;
    const question = this[kQuestion];
    if (question) {
      this[kQuestion] = null;
      question(line);
    } else this.emit("line", line);
  }

  getPrompt(): string {
    return this.#prompt;
  }
  setPrompt(prompt: string): void {
    this.#prompt = String(prompt);
  }
  get columns(): number {
    return this.output?.columns ?? Number.POSITIVE_INFINITY;
  }

  prompt(_preserveCursor?: boolean): void {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!("readline");
    if (this.paused) this.resume();
    this.output?.write(this.#prompt);
  }

  question(query: string, options: any, callback?: any): void {
    if (typeof options === "function") callback = options;
    const signal = options?.signal;
    if (signal) {
      validateAbortSignal(signal, "options.signal");
      if (signal.aborted) return;
      const abort = () => {
        this[kQuestion] = null;
      };
      signal.addEventListener("abort", abort, { once: true });
      const answer = callback;
      callback = (line: string) => {
        signal.removeEventListener("abort", abort);
        answer(line);
      };
    }
    if (typeof callback !== "function") return;
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!("readline");
    if (this[kQuestion]) {
      this.prompt();
      return;
    }
    if (this.paused) this.resume();
    this.output?.write(query);
    this[kQuestion] = callback;
  }

  pause(): this {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!("readline");
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit("pause");
    return this;
  }
  resume(): this {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!("readline");
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit("resume");
    return this;
  }

  close(): void {
    if (this.closed) return;
    this.input.pause();
    if (!this.paused) {
      this.paused = true;
      this.emit("pause");
    }
    this.input.removeListener("data", this.#onData);
    this.input.removeListener("end", this.#onEnd);
    this.closed = true;
    this.emit("close");
  }
  [Symbol.dispose](): void {
    this.close();
  }

  /** Text as if it had been typed. */
  write(data: any, _key?: object): void {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!("readline");
    if (this.paused) this.resume();
    if (data != null) this.#take(String(data));
  }

  getCursorPos(): { rows: number; cols: number } {
    return { rows: 0, cols: this.#prompt.length + this.cursor };
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<string> {
    const { on } = require("node:events");
    for await (const [line] of on(this, "line", { close: ["close"], highWaterMark: 1024 })) yield line;
  }
}

/** Callable without `new`, as in Node. */
export const Interface: any = new Proxy(InterfaceBase, {
  apply: (target, _self, args) => Reflect.construct(target, args),
});

export class PromisesInterface extends (InterfaceBase as any) {
  question(query: string, options: any = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const signal = options?.signal;
      if (signal) {
        validateAbortSignal(signal, "options.signal");
        if (signal.aborted) return reject(new AbortError(undefined, { cause: signal.reason }));
        signal.addEventListener("abort", () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
      }
      super.question(query, options, resolve);
    });
  }
}

