// A WebSocket server by Bun.serve: echoes, and publishes what it is told to all.
Bun.serve({
  port: Number(process.env.PORT),
  hostname: "127.0.0.1",
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    open: (socket) => socket.subscribe("all"),
    message: process.env.CASE === "publish" ? (socket, message) => socket.publish("all", message) : (socket, message) => socket.send(message),
  },
});
