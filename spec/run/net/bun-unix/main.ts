// A listener at a path: its file is there while it listens.
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
const unix = `${tmpdir()}/crust-net-${process.pid}.sock`;
const listener = Bun.listen({ unix, socket: { data(socket, data) { socket.end(`${data}`.toUpperCase()); } } });
console.log(listener.unix === unix, existsSync(unix), listener.hostname, listener.port);
const { promise, resolve } = Promise.withResolvers<string>();
const socket = await Bun.connect({ unix, socket: { open(socket) { socket.write("path"); }, data(socket, data) { resolve(`${data}`); } } });
console.log(await promise, socket.remoteAddress);
try {
  Bun.listen({ unix, socket: { data() {} } });
} catch (error: any) {
  console.log(error.code);
}
listener.stop(true);
