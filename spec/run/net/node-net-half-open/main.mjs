// What happens behind the peer's end, with and without allowHalfOpen.
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

for (const allowHalfOpen of [false, true]) {
  const server = net.createServer({ allowHalfOpen }, (s) => {
    s.on("data", (d) => log("S data", d.toString()));
    s.on("end", () => { log("S end", s.writable, s.writableEnded, s.readyState); if (allowHalfOpen) setTimeout(() => s.end("tail"), 10); else log("write", s.write("x", (e) => log("write cb", e?.code, e?.message))); });
    s.on("error", (e) => log("S error", e.code, e.message));
    s.on("close", (e) => log("S close", e));
  }).listen(0);
  await once(server, "listening");
  const c = net.connect({ port: server.address().port, allowHalfOpen });
  c.on("data", (d) => log("C data", d.toString()));
  c.on("end", () => log("C end"));
  c.on("error", (e) => log("C error", e.code));
  c.end("hello");
  await closed(c);
  server.close();
  await closed(server);
}
