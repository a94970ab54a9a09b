// `node:readline`: line by line input and cursor movement.

import { kCustomPromisify } from "crust:node/internal/promisify";
import { Interface, PromisesInterface } from "crust:node/internal/readline_interface";
import { clearLine, clearScreenDown, cursorTo, moveCursor, Readline } from "crust:node/internal/readline_output";
import { notImplemented } from "crust:node/internal/errors";

export function createInterface(input: any, output?: any, completer?: any, terminal?: any): any {
  return new Interface(input, output, completer, terminal);
}

/** Keys are not decoded here: terminals stay in the kernel's line mode. */
export function emitKeypressEvents(_stream: any, _interface?: any): never {
  return notImplemented("readline.emitKeypressEvents");
}

Object.defineProperty(Interface.prototype.question, kCustomPromisify, {
  value(this: any, query: string, options?: any): Promise<string> {
    return new Promise((resolve) => this.question(query, options ?? {}, resolve));
  },
});

export const promises = {
  Interface: PromisesInterface,
  Readline,
  createInterface: (input: any, output?: any, completer?: any, terminal?: any): any => new PromisesInterface(input, output, completer, terminal),
};

export { Interface, clearLine, clearScreenDown, cursorTo, moveCursor };
export default { Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor, promises };
