// The module `node:console`: the global console and its class.
import { console } from "crust:console/console";
import { Console as ConsoleClass } from "crust:console/console_class";

export const Console = ConsoleClass;
export const log = console.log;
export const debug = console.debug;
export const error = console.error;
export const info = console.info;
export const warn = console.warn;
export const clear = console.clear;
export const dir = console.dir;
export const dirxml = console.dirxml;
export const table = console.table;
export const trace = console.trace;
export const assert = console.assert;
export const count = console.count;
export const countReset = console.countReset;
export const time = console.time;
export const timeLog = console.timeLog;
export const timeEnd = console.timeEnd;
export const timeStamp = console.timeStamp;
export const group = console.group;
export const groupCollapsed = console.groupCollapsed;
export const groupEnd = console.groupEnd;
export default console;
