// A conversation over Bun.listen and Bun.connect: who hears what, in which order on each side, and what sockets say.
const server: string[] = [];
const client: string[] = [];
let over = () => {};
const done = new Promise<void>((resolve) => (over = resolve));

const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  data: { of: "listener" },
  socket: {
    open(socket) {
      server.push(`open ${JSON.stringify(socket.data)} ${socket.readyState} ${socket.remoteFamily} ${socket.remoteAddress} ${socket.localAddress} ${socket.localPort === listener.port}`);
      socket.data = { of: "socket" };
    },
    data(socket, data) {
      server.push(`data ${data.constructor.name} ${data} ${socket.write(`echo:${data}`)} ${socket.bytesWritten}`);
    },
    end(socket) {
      server.push(`end ${socket.readyState}`);
    },
    close(socket, error) {
      server.push(`close ${error} ${socket.readyState} ${JSON.stringify(socket.data)} ${socket.remoteAddress} ${socket.write("late")}`);
      over();
    },
  },
});
console.log(listener.hostname, typeof listener.port, listener.unix, JSON.stringify(listener.data), String(listener));

const socket = await Bun.connect({
  hostname: "127.0.0.1",
  port: listener.port,
  data: "of the client",
  socket: {
    binaryType: "uint8array",
    open(socket) {
      client.push(`open ${socket.data} ${socket.readyState}`);
      client.push(`writes ${socket.write("hello")} ${socket.write("")} ${socket.write(new Uint8Array([33, 34]))} ${socket.write(new TextEncoder().encode("xyz"), 1, 2)} ${socket.write("ü")}`);
    },
    data(socket, data) {
      client.push(`data ${data.constructor.name} ${new TextDecoder().decode(data)}`);
      client.push(`end ${socket.end()} ${socket.readyState} ${socket.write("x")} ${socket.end()}`);
    },
    end() {
      client.push("end");
    },
    close(socket, error) {
      client.push(`close ${error} ${socket.readyState}`);
    },
  },
});
console.log(String(socket), socket.authorized);
await done;
console.log(server.join("\n"));
console.log(client.join("\n"));
listener.stop();
console.log(listener.port === undefined, socket.write("x"), socket.readyState);
