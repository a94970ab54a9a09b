// The peer resets the connection in the middle of a long write: both interfaces say so once, and nothing crashes.
import net from "node:net";
const big = new Uint8Array(8 << 20);

const { promise, resolve } = Promise.withResolvers<void>();
let closes = 0;
const sockets: any[] = [];
const counting = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open(socket) { sockets.push(socket); }, data(socket) { socket.terminate(); } } });
let sent = 0;
await Bun.connect({
  hostname: "127.0.0.1",
  port: counting.port,
  socket: {
    open(socket) { sent = socket.write(big); },
    drain(socket) { sent = socket.write(big); },
    data() {},
    close(socket) { closes++; console.log("write after", socket.write("x")); resolve(); },
  },
});
await promise;
console.log("closed", closes);
counting.stop(true);

const server = net.createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
client.on("error", (error: any) => console.log("error", ["ECONNRESET", "EPIPE"].includes(error.code)));
client.write(big, (error: any) => console.log("written", error !== null && error !== undefined));
client.on("close", (hadError) => {
  console.log("close", hadError, client.destroyed);
  server.close();
});
