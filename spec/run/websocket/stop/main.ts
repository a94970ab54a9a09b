// stop() waits for WebSockets, which go on; stop(true) ends them with 1001; a deadline does so later.
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
for (const how of [false, true]) {
  const server = Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      message: (socket, message) => void socket.send(`echo ${message}`),
      close: (_socket, code, reason) => log("server close", code, reason, server.pendingWebSockets),
    },
  });
  const client = new WebSocket(server.url.href.replace("http", "ws"));
  await new Promise((resolve) => (client.onopen = resolve));
  const closed = new Promise<CloseEvent>((resolve) => (client.onclose = resolve));
  let isStopped = false;
  // Whoever asks again is answered too.
  const stopped = Promise.all([server.stop(how), server.stop(how)]).then(() => (isStopped = true));
  if (!how) {
    const answer = new Promise<MessageEvent>((resolve) => (client.onmessage = resolve));
    client.send("after stop");
    log((await answer).data, isStopped, server.pendingWebSockets);
    await fetch(server.url).catch((error) => log(error.code));
    client.close(4000, "bye");
  }
  await stopped;
  const { code, reason, wasClean } = await closed;
  log("client close", code, reason, wasClean, server.pendingWebSockets, server.subscriberCount("x"), server.publish("x", "y"));
}
