// Idle timers of sockets.
import net from "node:net";
import { once } from "node:events";
import util from "node:util";

const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const closed = (emitter) => new Promise((resolve) => emitter.on("close", resolve));

const server = net.createServer((s) => { s.setTimeout(30, () => { log("S timeout", s.timeout); s.destroy(); }); }).listen(0);
await once(server, "listening");
const c = net.connect(server.address().port);
c.resume();
c.on("end", () => log("C end"));
await closed(c);
server.close();
