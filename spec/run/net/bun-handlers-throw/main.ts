// What a handler throws goes to `error`; without one it is uncaught. A socket whose `open` throws is closed.
const lines: string[] = [];
const log = (...words: unknown[]) => lines.push(words.join(" "));
process.on("uncaughtException", (error) => log("uncaught", error.message));

async function talk(handlers: any, first: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {}, ...handlers } });
  await Bun.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    socket: {
      open(socket) { socket.write(first); },
      data(socket, data) { log("client data", data); socket.end(); },
      close() { resolve(); },
    },
  });
  await promise;
  listener.stop(true);
}

await talk({
  data(socket: any, data: any) { if (`${data}` === "x") { socket.write("still open"); throw new Error("in data"); } },
  error(socket: any, error: Error) { log("error", error.message, socket.readyState); },
}, "x");
await talk({
  open() { throw new Error("in open"); },
  error(socket: any, error: Error) { log("error", error.message); },
  close() { log("server close"); },
}, "x");
await talk({
  data(socket: any) { socket.write("still open"); throw new Error("nobody listens"); },
}, "x");
console.log(lines.join("\n"));
