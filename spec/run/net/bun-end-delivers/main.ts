// `end(data)` delivers everything, also what the kernel did not take at once.
const data = new Uint8Array(8 << 20);
const { promise, resolve } = Promise.withResolvers<number>();
const listener = Bun.listen<{ total: number }>({
  hostname: "127.0.0.1",
  port: 0,
  data: { total: 0 },
  socket: {
    data(socket, chunk) {
      socket.data.total += chunk.length;
    },
    close(socket) {
      resolve(socket.data.total);
    },
  },
});
let written = 0;
let closed = false;
await Bun.connect({
  hostname: "127.0.0.1",
  port: listener.port,
  socket: {
    open(socket) {
      written = socket.end(data);
      console.log(written > 0, written < data.length, socket.write("x"));
    },
    close() {
      closed = true;
    },
    data() {},
  },
});
console.log((await promise) === data.length, closed);
listener.stop();
