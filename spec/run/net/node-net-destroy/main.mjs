// Writes after the end, destroyed and reset connections.
import net from "node:net";
import { once } from "node:events";
import util from "node:util";

// Who is faster is nobody's promise: what each side says is printed together, in its order.
const said = new Map();
const log = (...words) => {
  const side = /^[A-Z][0-9]?(?= |$)/.exec(typeof words[0] === "string" ? words[0] : "")?.[0] ?? "";
  said.set(side, [...(said.get(side) ?? []), util.format(...words)]);
};
process.on("exit", () => process.stdout.write([...said.keys()].sort().flatMap((side) => said.get(side)).join("\n") + "\n"));
const closed = (emitter) => new Promise((resolve) => emitter.on("close", resolve));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const server = net.createServer((s) => { s.on("error", (e) => log("S error", e.code, e.syscall, e.message)); s.on("close", (e) => log("S close", e)); s.resume(); }).listen(0, "127.0.0.1");
await once(server, "listening");
const port = server.address().port;
const c = net.connect(port, "127.0.0.1");
await once(c, "connect");
c.on("error", (e) => log("C error", e.code));
c.end();
c.write("x", (e) => log("cb", e.code));
await closed(c);
await wait(10);
const d = net.connect(port, "127.0.0.1");
await once(d, "connect");
d.resetAndDestroy();
await closed(d);
await wait(10);
const e = net.connect(port, "127.0.0.1");
e.write("y", (er) => log("y cb", er?.code));
e.destroy();
e.on("error", (e) => log("E error", e));
await closed(e);
log(e.destroyed, e.readyState);
const f = new net.Socket();
f.on("error", (e) => log("F error", e.code));
log(f.write("x"), f.pending, f.readyState);
f.destroy();
await closed(f);
const g = net.connect(port, "127.0.0.1");
g.destroy(new Error("mine"));
g.on("error", (e) => log("G error", e.message));
g.on("close", (h) => log("G close", h));
await wait(10);
server.close();
