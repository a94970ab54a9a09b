// The module `node:console`: the global console and its class.
import { console } from "crust:console/console";
import { Console } from "crust:console/console_class";

export const {
  log, debug, error, info, warn, clear, dir, dirxml, table, trace, assert, count, countReset, time, timeLog, timeEnd,
  timeStamp, group, groupCollapsed, groupEnd,
} = console;
export { Console };
export default console;
