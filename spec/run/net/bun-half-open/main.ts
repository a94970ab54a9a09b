// `shutdown` ends one direction; with allowHalfOpen the other goes on.
const lines: string[] = [];
const { promise, resolve } = Promise.withResolvers<void>();
const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  allowHalfOpen: true,
  socket: {
    data(socket, data) {
      lines.push(`server data ${data}`);
    },
    end(socket) {
      lines.push(`server end ${socket.readyState}`);
      lines.push(`server writes ${socket.write("tail")}`);
      socket.end();
    },
    close() {
      lines.push("server close");
    },
  },
});
const socket = await Bun.connect({
  hostname: "127.0.0.1",
  port: listener.port,
  allowHalfOpen: true,
  socket: {
    data(socket, data) {
      lines.push(`client data ${data}`);
    },
    end() {
      lines.push("client end");
    },
    close() {
      lines.push("client close");
      resolve();
    },
  },
});
socket.write("head");
socket.shutdown();
console.log(socket.readyState, socket.write("more"));
await promise;
console.log(lines.join("\n"));
listener.stop(true);
