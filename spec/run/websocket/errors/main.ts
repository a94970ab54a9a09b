// A handler that throws: the `error` handler, or the program, hears of it, and the next message finds its handler.
process.on("uncaughtException", (error) => console.log("uncaught", error.message));
for (const error of [(error: Error) => console.log("error handler", error.message), undefined]) {
  const server = Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      message(socket, message) {
        if (message === "throw") throw new Error("thrown");
        socket.send(`got ${message}`);
      },
      error,
    } as never,
  });
  const client = new WebSocket(server.url.href.replace("http", "ws"));
  client.onopen = () => {
    for (const text of ["a", "throw", "b"]) client.send(text);
  };
  const texts: string[] = [];
  client.onmessage = (event) => {
    texts.push(event.data);
    if (event.data === "got b") client.close();
  };
  await new Promise((resolve) => (client.onclose = resolve));
  console.log(texts.join());
  await server.stop(true);
}
