import { value, fn } from "./lib.ts";
function inner(value: string) { { const fn = value; return fn; } }
const object = { value, fn, nested: { value: value + 1 } };
const { value: renamed = value } = {} as { value?: number };
const label = (() => { value: for (;;) break value; return typeof value; })();
class Uses { value = value; [fn()] = 1; method() { return value; } }
console.log(inner("shadow"), JSON.stringify(object), renamed, label, new Uses().value, new Uses().method(), Object.keys(new Uses()).join(), `${value}`, fn?.());
try { throw "caught"; } catch (value) { console.log(value); }
console.log(typeof fn, new (class { x = fn })().x === fn, fn.name, eval("1 + 1"));
