// A server without descriptors left sheds connections and goes on when there are some again; nothing crashes or spins.
import { readdirSync } from "node:fs";
import net from "node:net";

if (process.argv[2] !== "child") {
  const child = Bun.spawn(["sh", "-c", 'ulimit -n 64; exec "$0" "$1" child', process.execPath, import.meta.path], { stdout: "inherit", stderr: "inherit" });
  process.exit(await child.exited);
}

const server = net.createServer((socket) => socket.on("error", () => {}).resume());
let drops = 0;
server.on("drop", () => drops++);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as net.AddressInfo;

// What is loaded when first used is loaded now: a debug build opens files for it.
console.log("listening", server.address() !== null);
await new Promise<void>((resolve) => net.connect(1, "127.0.0.1").on("error", () => resolve()));

const sockets: net.Socket[] = [];
const codes = new Set<string>();
for (let index = 0; index < 80; index++) {
  await new Promise<void>((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", (error: any) => { codes.add(error.code); resolve(); });
    socket.on("connect", () => { sockets.push(socket); resolve(); });
    socket.on("end", () => socket.destroy());
    socket.resume();
  });
}
console.log(codes.has("EMFILE"), sockets.length > 10, sockets.length < 80);
await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.on("close", () => resolve()).destroy()))));
while (await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))) > 0) await new Promise((resolve) => setImmediate(resolve));
console.log(drops >= 0, readdirSync("/proc/self/fd").length < 32);
const again = net.connect(port, "127.0.0.1", () => {
  console.log("connected again");
  again.destroy();
  server.close();
});
