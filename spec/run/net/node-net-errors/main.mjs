// Ports in use, nobody listening, names and arguments that are wrong.
import net from "node:net";
import { once } from "node:events";
import util from "node:util";

const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const closed = (emitter) => new Promise((resolve) => emitter.on("close", resolve));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const s0 = net.createServer().listen(0, "127.0.0.1");
await once(s0, "listening");
const port = s0.address().port;
const s1 = net.createServer();
s1.listen(port, "127.0.0.1");
const [e] = await once(s1, "error");
log(e.message.replace(/\d{3,}/g, "N"), e.code, e.errno, e.syscall, e.address, e.port === port, Object.keys(e), s1.listening);
try { s0.listen(1) } catch (e) { log(e.code, e.message) }
s0.close();
await closed(s0);
const c = net.connect(port, "127.0.0.1");
c.on("connectionAttemptFailed", (a, p, f, e) => log("failed", a, f, e.code));
c.on("close", (h) => log("close", h));
const [e2] = await once(c, "error");
log(e2.message.replace(/\d{4,}/g, "N"), e2.code, e2.errno, e2.syscall, e2.address, e2.port === port, Object.keys(e2));
await wait(5);
const c3 = net.connect({ path: "/no/such/sock" });
const [e3] = await once(c3, "error");
log(e3.message, e3.code, e3.errno, e3.syscall, e3.address, Object.keys(e3));
const s4 = net.createServer().listen("/no/such/sock");
const [e4] = await once(s4, "error");
log(e4.message, e4.code, e4.errno, e4.syscall, e4.address, e4.port, Object.keys(e4));
const c5 = net.connect(1, "no.such.invalid");
const [e5] = await once(c5, "error");
log(["ENOTFOUND", "EAI_AGAIN"].includes(e5.code), e5.syscall, e5.hostname, Object.keys(e5));
for (const f of [() => net.connect(), () => net.connect({}), () => net.connect(99999), () => net.connect({ port: "x" }), () => net.connect({ port: true }), () => net.connect({ path: 5 }), () => net.createServer().listen(-1), () => net.createServer().listen(65536), () => net.createServer().listen({}), () => net.createServer().listen({ port: "abc" }), () => net.createServer(5), () => net.connect({ port: 1, localAddress: "x" }), () => net.connect({ port: 1, lookup: 5 }), () => new net.Socket({ objectMode: true }), () => net.connect(80, "localhost", "x").destroy(), () => new net.Socket().setTimeout("x"), () => new net.Socket().setTimeout(-1), () => new net.Socket().setTimeout(1, 5), () => net.createServer().getConnections(), () => net.connect({port: 1, family: 5})]) {
  try { const r = f(); log("ok", r?.constructor?.name); r.on?.("error", () => {}); r.destroy?.(); } catch (e) { log(e.name, e.code, e.message.split("\n")[0]); }
}
await wait(20);
