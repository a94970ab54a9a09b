// `Bun.Terminal`, and the terminal of `Bun.spawn({ terminal })`: a pseudo terminal whose other side is a
// child's standard streams. Its size and mode are the project header's unless they are given.

import * as native from "crust:ops/process";

const CLOSED = -1;
const FLAGS = ["input", "output", "local", "control"];

function failed(message: string, code?: string): Error {
  const error = code === "ERR_INVALID_ARG_TYPE" ? new TypeError(message) : new Error(message);
  return code === undefined ? error : Object.assign(error, { code });
}

// A number of columns or rows; anything that is none is left to the header.
function size(value: unknown, standard: number): number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 0x10000 ? (value as number) : standard;
}

function bytesOf(data: any): Uint8Array {
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  throw failed("write() argument must be a string or ArrayBuffer");
}

let childSide: (terminal: Terminal) => number;
let closeChildSide: (terminal: Terminal) => void;

export class Terminal {
  #options: any;
  #ours = CLOSED;
  #theirs = CLOSED;
  #pipe = CLOSED;
  #isTerminal: boolean;
  #waiting: Uint8Array[] = [];
  #busy = false;
  #ended = false;

  static {
    childSide = (terminal) => {
      if (terminal.#theirs === CLOSED) throw failed("terminal is closed", "ERR_INVALID_ARG_TYPE");
      return terminal.#theirs;
    };
    closeChildSide = (terminal) => terminal.#closeTheirs();
  }

  constructor(options: any) {
    if (options === null || typeof options !== "object") throw failed("Terminal constructor requires an options object");
    if (options.name !== undefined && typeof options.name !== "string") {
      throw failed(`The "name" property must be of type string, got ${typeof options.name}`, "ERR_INVALID_ARG_TYPE");
    }
    const [mode, cols, rows] = native.terminalDefaults() as [string, number, number];
    if (mode === "disabled") throw failed("the project header disables terminals (crust config set terminal cooked)", "ERR_CONFIG_TERMINAL_DISABLED");
    this.#options = options;
    this.#isTerminal = mode !== "pipe";
    [this.#ours, this.#theirs] = native.terminalOpen(mode, size(options.cols, cols), size(options.rows, rows)) as [number, number];
    this.#pipe = native.pipeOpen(this.#ours, true, (chunk: Uint8Array | null, error?: unknown) => this.#receive(chunk, error));
    native.pipeRead(this.#pipe, true);
  }

  #receive(chunk: Uint8Array | null, error?: unknown): void {
    if (chunk !== null) {
      const { Buffer } = require("crust:node/buffer");
      this.#options.data?.call(this, this, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    } else this.#end(this.#isTerminal ? 1 : 0);
  }

  // The other side is gone, or this one was closed. The code is the terminal's, not a child's.
  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.exit?.call(this, this, code, null);
  }

  #open(): void {
    if (this.#pipe === CLOSED) throw failed("Terminal is closed");
  }

  #closeTheirs(): void {
    if (this.#theirs === CLOSED) return;
    require("crust:ops/fs").close(false, this.#theirs);
    this.#theirs = CLOSED;
  }

  write(data: any): number {
    this.#open();
    const bytes = bytesOf(data);
    this.#waiting.push(bytes);
    this.#run();
    return bytes.length;
  }

  #run(): void {
    while (!this.#busy && this.#pipe !== CLOSED && this.#waiting.length > 0) {
      this.#busy = true;
      const next = (error: unknown): void => {
        this.#busy = false;
        // The program in it is gone: what is left has nowhere to go.
        if (error) this.#waiting = [];
        if (this.#waiting.length === 0) queueMicrotask(() => this.#options.drain?.call(this, this));
        else this.#run();
      };
      try {
        if (native.pipeWrite(this.#pipe, this.#waiting.shift()!, next)) next(null);
      } catch (error) {
        next(error);
      }
    }
  }

  resize(cols: unknown, rows: unknown): void {
    this.#open();
    if (size(cols, 0) === 0) throw failed("resize() requires valid cols argument");
    if (size(rows, 0) === 0) throw failed("resize() requires valid rows argument");
    if (this.#isTerminal) native.terminalResize(this.#ours, cols as number, rows as number);
  }

  setRawMode(on: unknown): void {
    this.#open();
    if (this.#isTerminal) native.terminalRawMode(this.#ours, Boolean(on));
  }

  get closed(): boolean {
    return this.#pipe === CLOSED;
  }

  #flags(which: number): number {
    return this.#pipe === CLOSED || !this.#isTerminal ? 0 : native.terminalFlags(this.#ours)[which]!;
  }

  #setFlags(which: number, word: unknown): void {
    if (this.#pipe === CLOSED || !this.#isTerminal) return;
    if (typeof word !== "number" || !(word >= 0 && word < 2 ** 32)) {
      throw failed(`The "${FLAGS[which]}Flags" property must be a number of 32 bits`, "ERR_INVALID_ARG_TYPE");
    }
    native.terminalSetFlags(this.#ours, which, Math.trunc(word));
  }

  get inputFlags(): number {
    return this.#flags(0);
  }
  set inputFlags(word: number) {
    this.#setFlags(0, word);
  }
  get outputFlags(): number {
    return this.#flags(1);
  }
  set outputFlags(word: number) {
    this.#setFlags(1, word);
  }
  get localFlags(): number {
    return this.#flags(2);
  }
  set localFlags(word: number) {
    this.#setFlags(2, word);
  }
  get controlFlags(): number {
    return this.#flags(3);
  }
  set controlFlags(word: number) {
    this.#setFlags(3, word);
  }

  ref(): void {
    if (this.#pipe !== CLOSED) native.pipeRef(this.#pipe, true);
  }
  unref(): void {
    if (this.#pipe !== CLOSED) native.pipeRef(this.#pipe, false);
  }

  close(): void {
    if (this.#pipe === CLOSED) return;
    native.pipeClose(this.#pipe);
    this.#pipe = CLOSED;
    this.#ours = CLOSED;
    this.#waiting = [];
    this.#closeTheirs();
    this.#end(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
Object.defineProperty(Terminal.prototype, Symbol.toStringTag, { value: "Terminal", configurable: true });

/** The terminal that an option of `Bun.spawn` means, and whether it was made for this child. */
export function terminalOf(option: any): { terminal: Terminal; own: boolean } {
  if (option instanceof Terminal) {
    childSide(option);
    return { terminal: option, own: false };
  }
  if (option === null || typeof option !== "object") throw failed("terminal must be a Terminal object or options object", "ERR_INVALID_ARG_TYPE");
  return { terminal: new Terminal(option), own: true };
}

export { childSide, closeChildSide };
