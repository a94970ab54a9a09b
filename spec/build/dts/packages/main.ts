/// <reference types="node" />
import Default, { helper, type Options } from "pkg";
import type { Options as Same } from "pkg";
import * as pkg from "pkg";
import eq from "equals";
import type { Typed } from "typed";
import { readFile } from "node:fs/promises";
import "effect";
import { more } from "./more";

export class Own extends Default implements Options { verbose: boolean = true; same?: Same; }
export const whole: typeof pkg = pkg;
export { helper, eq, more };
export type Result = eq.Result;
export type Lazy = import("pkg").Deep.Inner;
export type Read = typeof readFile;
export type T = Typed;
export * from "star";
export type Options2 = Local;
interface Local { helper: 1 }
