// `reload` changes the handlers of open sockets; `timeout` tells of silence.
const lines: string[] = [];
const { promise, resolve } = Promise.withResolvers<void>();
const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: { data(socket, data) { lines.push(`first ${data}`); socket.write("1"); } },
});
const socket = await Bun.connect({
  hostname: "127.0.0.1",
  port: listener.port,
  socket: {
    data(socket, data) {
      lines.push(`client ${data}`);
      if (`${data}` === "1") {
        listener.reload({ socket: { data(socket, data) { lines.push(`second ${data}`); socket.write("2"); }, timeout(socket) { lines.push("timeout"); } } });
        socket.write("b");
      } else {
        socket.reload({ socket: { data() {}, timeout() { lines.push("silent"); socket.end(); }, close() { lines.push("close"); resolve(); } } });
        socket.timeout(1);
      }
    },
  },
});
socket.write("a");
await promise;
console.log(lines.join("\n"));
listener.stop(true);
