// More than fits: a paused reader, drain, and the counts of bytes.
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

let got = 0;
const server = net.createServer((s) => { s.pause(); setTimeout(() => s.resume(), 30); s.on("data", (d) => { got += d.length; }); s.on("end", () => { log("S got", got); s.end(); }); }).listen(0);
await once(server, "listening");
const c = net.connect(server.address().port);
c.resume();
const big = Buffer.alloc(4 << 20, 7);
log("write", c.write(big, () => log("written", c.bytesWritten)));
c.end(big);
let drained = 0;
c.on("drain", () => drained++);
await closed(c);
log(c.bytesWritten);
server.close();
