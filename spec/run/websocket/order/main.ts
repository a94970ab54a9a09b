// Each message has nextTicks and microtasks of its own, on both sides, though several arrive at once.
const server = Bun.serve({
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    message(socket, message) {
      console.log("server", message);
      process.nextTick(() => console.log("server tick", message));
      (async () => {
        await null;
        console.log("server microtask", message);
        await null;
        console.log("server second microtask", message);
        if (message === "3") for (const text of "abc") socket.send(text);
      })();
    },
    ping: (_socket, data) => queueMicrotask(() => console.log("server ping", data.toString())),
  },
});
const client = new WebSocket(server.url.href.replace("http", "ws"));
client.onopen = () => {
  client.send("1");
  client.ping("p");
  client.send("2");
  client.send("3");
};
client.onmessage = async ({ data }) => {
  console.log("client", data);
  await null;
  console.log("client microtask", data);
  if (data === "c") client.close();
};
client.addEventListener("message", async ({ data }) => {
  console.log("client again", data);
  await null;
  console.log("client microtask again", data);
});
await new Promise((resolve) => (client.onclose = resolve));
server.stop(true);
