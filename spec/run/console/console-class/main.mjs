// Node's Console class over streams of the program's own.
import { Console } from "node:console"; import { Writable } from "node:stream";
let out = "", err = ""; const w = (f) => new Writable({ write(c, e, cb) { f(String(c)); cb(); } });
const c = new Console({ stdout: w((s) => (out += s)), stderr: w((s) => (err += s)) });
c.log("a", { a: { b: { c: { d: 1 } } } }, [1, "x"]); c.error("err %s", "fmt"); c.group("G"); c.log("in\nlines"); c.group(); c.warn("w"); c.groupEnd(); c.groupEnd(); c.table([{ a: 1, b: "x" }, { a: 2 }]); c.table(5); c.count(); c.count("x"); c.countReset("x"); c.count("x"); c.assert(false, "as %s", "s"); c.assert(false); c.assert(false, { a: 1 }); c.assert(true); c.dir({ a: { b: { c: {} } } }, { depth: 0 }); c.dirxml(1, 2); c.debug("d"); c.info("i"); c.log(); c.log("%d%%", 5);
console.log(out); console.log(err.replace(/\n    at .*/g, ""));
console.log(c instanceof Console, console instanceof Console, typeof Console(process.stdout).log, Object.keys(c).length > 10); try { new Console({}); } catch (e) { console.log(e.code); } try { new Console({ stdout: process.stdout, colorMode: 5 }); } catch (e) { console.log(e.code); }
const c2 = new Console({ stdout: w((s) => (out = s)), colorMode: true, groupIndentation: 4 }); c2.log({ a: 1 }, "s"); console.log(JSON.stringify(out)); c2.group("x"); c2.log("y"); console.log(JSON.stringify(out));
out = ""; const c3 = new Console({ stdout: new Writable({ write(x, e, cb) { out += x; cb(); } }) });
c3.table([[1, 2], ["a", { b: 1 }]]); c3.table({ x: { a: 1, b: [1, 2, 3, 4, 5] }, y: { b: 2 } }); c3.table(new Map([["k", 1], [{ a: 1 }, [1]]])); c3.table(new Set(["a", { x: 1, y: 2, z: 3 }])); c3.table([1, "s", null, undefined, () => {}]); c3.table([{ a: 1, b: 2 }], ["b", "zz"]); c3.table([]); c3.table("str"); c3.table([{ "日本": "日" }]); c3.table(new Uint8Array(2)); try { c3.table([1], 5); } catch (e) { console.log(e.code); }
console.log(out);
