// Paused connections, maxConnections, signals, options, and a listener that throws.
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

const server = net.createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true }).listen(0, "127.0.0.1");
await once(server, "listening");
server.maxConnections = 1;
server.on("drop", (d) => log("drop", Object.keys(d)));
const a = net.connect(server.address().port, "127.0.0.1");
const [s] = await once(server, "connection");
log(s.isPaused());
const b = net.connect(server.address().port, "127.0.0.1");
b.resume();
b.on("error", () => {});
await closed(b);
log(a.setNoDelay() === a, a.setKeepAlive(true, 1000) === a, a.ref() === a, a.unref() === a, a.setTimeout(0) === a, a.address().family, a._handle.fd > 0);
a.destroy();
s.destroy();
server.close();
await closed(server);
const ac = new AbortController();
const srv = net.createServer().listen({ port: 0, signal: ac.signal });
await once(srv, "listening");
ac.abort();
await closed(srv);
log("aborted");
const c = new net.Socket({ signal: AbortSignal.abort() });
const [e] = await once(c, "error");
log(e.name, e.code);
log(net.isIP("1.2.3.4"), net.isIP("::1"), net.isIP("x"), net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());
const s5 = net.createServer((s) => { throw new Error("in handler") });
process.once("uncaughtException", (e) => log("uncaught", e.message));
s5.listen(0);
await once(s5, "listening");
const c5 = net.connect(s5.address().port);
await once(c5, "connect");
await wait(20);
c5.destroy();
s5.close();
