// Idle timers of sockets.
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

const server = net.createServer((s) => { s.setTimeout(30, () => { log("S timeout", s.timeout); s.destroy(); }); }).listen(0);
await once(server, "listening");
const c = net.connect(server.address().port);
c.resume();
c.on("end", () => log("C end"));
await closed(c);
server.close();
