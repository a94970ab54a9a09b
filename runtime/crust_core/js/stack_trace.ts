// `Error.prepareStackTrace`: frames as V8's CallSite objects. Never formats a stack by itself.

import { stackFrames } from "crust:ops/core";

class CallSite {
  #function: string;
  #file: string;
  #line: number;
  #column: number;

  constructor([name, file, line, column]: [string, string, number, number]) {
    this.#function = name;
    this.#file = file;
    this.#line = line;
    this.#column = column;
  }

  getFileName(): string | null {
    return this.isNative() ? null : this.#file;
  }
  getScriptNameOrSourceURL(): string | null {
    return this.getFileName();
  }
  getLineNumber(): number | null {
    return this.#line || null;
  }
  getColumnNumber(): number | null {
    return this.#column || null;
  }
  getEnclosingLineNumber(): number | null {
    return this.getLineNumber();
  }
  getEnclosingColumnNumber(): number | null {
    return this.getColumnNumber();
  }
  getFunctionName(): string | null {
    return this.#function || null;
  }
  getMethodName(): string | null {
    return null;
  }
  getTypeName(): string | null {
    return null;
  }
  getFunction(): undefined {
    return undefined;
  }
  getThis(): undefined {
    return undefined;
  }
  getEvalOrigin(): undefined {
    return undefined;
  }
  getPromiseIndex(): null {
    return null;
  }
  isNative(): boolean {
    return this.#file === "native";
  }
  isToplevel(): boolean {
    return true;
  }
  isEval(): boolean {
    return false;
  }
  isConstructor(): boolean {
    return false;
  }
  isAsync(): boolean {
    return this.#function.startsWith("async ");
  }
  isPromiseAll(): boolean {
    return false;
  }
  toString(): string {
    const place = this.#line ? `${this.#file}:${this.#line}:${this.#column}` : this.#file;
    return this.#function === "" ? place : `${this.#function} (${place})`;
  }
}

export function prepare(prepareStackTrace: (error: unknown, sites: CallSite[]) => unknown, error: unknown, frames: string): unknown {
  return prepareStackTrace.call(Error, error, stackFrames(frames).map((frame: [string, string, number, number]) => new CallSite(frame)));
}
