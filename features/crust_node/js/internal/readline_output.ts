// Moving a terminal's cursor: the escape sequences behind `readline.cursorTo` and its kin.

import { codes } from "crust:node/internal/errors";
import { validateFunction, validateInteger } from "crust:node/internal/validators";

type Callback = (error?: any) => void;

function send(stream: any, text: string, callback?: Callback): boolean {
  if (callback !== undefined) validateFunction(callback, "callback");
  if (stream == null || text === "") {
    if (typeof callback === "function") process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

export function cursorTo(stream: any, x: any, y?: any, callback?: Callback): boolean {
  if (typeof y === "function") {
    callback = y;
    y = undefined;
  }
  if (callback !== undefined) validateFunction(callback, "callback");
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE!("x", x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE!("y", y);
  if (stream != null && typeof x !== "number" && typeof y === "number") throw new codes.ERR_INVALID_CURSOR_POS!();
  if (typeof x !== "number") return send(stream, "", callback);
  return send(stream, typeof y === "number" ? `\u001b[${y + 1};${x + 1}H` : `\u001b[${x + 1}G`, callback);
}

export function moveCursor(stream: any, dx: number, dy: number, callback?: Callback): boolean {
  let text = "";
  if (dx < 0) text += `\u001b[${-dx}D`;
  else if (dx > 0) text += `\u001b[${dx}C`;
  if (dy < 0) text += `\u001b[${-dy}A`;
  else if (dy > 0) text += `\u001b[${dy}B`;
  return send(stream, text, callback);
}

export function clearLine(stream: any, direction: number, callback?: Callback): boolean {
  return send(stream, direction < 0 ? "\u001b[1K" : direction > 0 ? "\u001b[0K" : "\u001b[2K", callback);
}

export function clearScreenDown(stream: any, callback?: Callback): boolean {
  return send(stream, "\u001b[0J", callback);
}

/** `readline/promises`: the same movements gathered and sent together. */
export class Readline {
  #stream: any;
  #autoCommit: boolean;
  #pending: string[] = [];

  constructor(stream: any, options?: { autoCommit?: boolean }) {
    if (typeof stream?.write !== "function") throw new codes.ERR_INVALID_ARG_TYPE!("stream", "Writable", stream);
    this.#stream = stream;
    this.#autoCommit = Boolean(options?.autoCommit);
  }

  #add(write: (sink: any) => void): this {
    write({ write: (text: string) => this.#pending.push(text) });
    if (this.#autoCommit) process.nextTick(() => void this.commit());
    return this;
  }
  cursorTo(x: number, y?: number): this {
    validateInteger(x, "x");
    if (y !== undefined) validateInteger(y, "y");
    return this.#add((sink) => cursorTo(sink, x, y));
  }
  moveCursor(dx: number, dy: number): this {
    validateInteger(dx, "dx");
    validateInteger(dy, "dy");
    return this.#add((sink) => moveCursor(sink, dx, dy));
  }
  clearLine(direction: number): this {
    validateInteger(direction, "dir", -1, 1);
    return this.#add((sink) => clearLine(sink, direction));
  }
  clearScreenDown(): this {
    return this.#add((sink) => clearScreenDown(sink));
  }
  commit(): Promise<void> {
    return new Promise((resolve) => this.#stream.write(this.#pending.splice(0).join(""), () => resolve()));
  }
  rollback(): this {
    this.#pending = [];
    return this;
  }
}
