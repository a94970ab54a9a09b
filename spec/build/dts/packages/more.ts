/// <reference types="node" />
/// <reference lib="es2022" />
import { helper as help, type Options } from "pkg";
import type { Options as OfOther } from "equals/other";

export const more: (options: Options, other: OfOther) => ReturnType<typeof help> = help;
export const unused: typeof help = help;
