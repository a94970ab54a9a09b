// `node:readline`: line by line input and cursor movement.

import { kCustomPromisify } from "crust:node/internal/promisify";
import * as interfaces from "crust:node/internal/readline_interface";
import * as movement from "crust:node/internal/readline_output";
import { notImplemented } from "crust:node/internal/errors";

export const { Interface } = interfaces;
export const { clearLine, clearScreenDown, cursorTo, moveCursor } = movement;
const { PromisesInterface } = interfaces;

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
  Readline: movement.Readline,
  createInterface: (input: any, output?: any, completer?: any, terminal?: any): any => new PromisesInterface(input, output, completer, terminal),
};

export default { Interface, clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, moveCursor, promises };
