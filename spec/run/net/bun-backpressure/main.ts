// A write takes what fits and says how much; `drain` tells when there is room again.
const SIZE = 6 << 20;
const data = new Uint8Array(SIZE).map((_byte, index) => index % 251);
const { promise, resolve } = Promise.withResolvers<{ total: number; right: boolean }>();
const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  data: { total: 0, right: true },
  socket: {
    open(socket) {
      socket.data = { total: 0, right: true };
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    },
    data(socket, chunk) {
      for (let index = 0; index < chunk.length; index++) if (chunk[index] !== (socket.data.total + index) % 251) socket.data.right = false;
      socket.data.total += chunk.length;
    },
    close(socket) {
      resolve(socket.data);
    },
  },
});
let sent = 0;
let drains = 0;
const pump = (socket: any) => {
  const count = socket.write(data.subarray(sent));
  sent += count;
  if (sent === SIZE) socket.end();
  return count;
};
await Bun.connect({
  hostname: "127.0.0.1",
  port: listener.port,
  socket: {
    open(socket) {
      const count = pump(socket);
      console.log("partial", count > 0, count < SIZE, "then", socket.write("z"));
    },
    drain(socket) {
      drains++;
      pump(socket);
    },
    data() {},
  },
});
const { total, right } = await promise;
console.log(total === SIZE, right, drains > 0);
listener.stop();
