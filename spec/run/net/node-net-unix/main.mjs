// Servers at a path.
import net from "node:net";
import { once } from "node:events";
import util from "node:util";

const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const closed = (emitter) => new Promise((resolve) => emitter.on("close", resolve));

const path = `/tmp/n1-${process.pid}.sock`;
const server = net.createServer((s) => s.pipe(s)).listen(path);
await once(server, "listening");
log(server.address() === path);
const c = net.connect(path);
c.end("via unix");
let t = "";
for await (const d of c) t += d;
log(t, c.remoteAddress, c.address());
server.close();
await closed(server);
log((await import("node:fs")).existsSync(path));
