// A conversation over node:net: the events of both sides in Node's order, and what sockets and servers say.
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

const server = net.createServer((s) => {
  log("S connection", s.remoteAddress, s.remoteFamily, typeof s.remotePort, s.localPort === server.address().port, s.readyState, s.pending, s.connecting);
  s.on("data", (d) => { log("S data", d.constructor.name, d.toString()); s.write("echo:" + d); });
  s.on("end", () => log("S end", s.readyState));
  s.on("finish", () => log("S finish"));
  s.on("close", (e) => log("S close", e, s.bytesRead, s.bytesWritten, s.readyState, s.destroyed));
  s.on("error", (e) => log("S error", e.code));
});
server.on("listening", () => log("listening"));
server.on("close", () => log("server close"));
server.listen(0, "127.0.0.1");
await once(server, "listening");
log(Object.keys(server.address()), server.address().address, server.address().family, server.listening);
const c = net.connect(server.address().port, "127.0.0.1", () => log("cb connect"));
log("before", c.connecting, c.pending, c.readyState, c.write("early"), c.bytesWritten, c.remoteAddress, c.localPort);
c.on("connect", () => log("C connect", c.remoteAddress, c.remotePort === server.address().port, c.localAddress, c.readyState));
c.on("ready", () => log("C ready"));
c.on("lookup", (...a) => log("C lookup", ...a));
c.on("connectionAttempt", (a, p, f) => log("C attempt", a, f));
c.on("end", () => log("C end"));
c.on("finish", () => log("C finish"));
c.on("close", (e) => log("C close", e, c.bytesRead, c.bytesWritten));
c.setEncoding("utf8");
c.once("data", (d) => { log("C data", typeof d, d); server.getConnections((e, n) => { log("connections", e, n); c.end("bye"); server.close((e) => log("close cb", e)); }); });
await closed(server);
log(server.address(), server.listening);
server.close((e) => log("again", e?.code, e?.message));
await wait(20);
