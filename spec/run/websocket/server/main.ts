// ServerWebSocket: sends and what they answer, topics, control frames, both ways of closing.
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
const server = Bun.serve({
  port: 0,
  fetch(request, server) {
    const path = new URL(request.url).pathname;
    if (server.upgrade(request, { data: { path }, headers: { "x-added": "1" } })) {
      log("upgraded", server.pendingWebSockets);
      return;
    }
    return new Response("not a socket", { status: 400 });
  },
  websocket: {
    open(ws) {
      log("open", ws.data, ws.readyState, ws.binaryType, ws.subscriptions);
      log(ws.subscribe("topic"), ws.isSubscribed("topic"), ws.subscriptions, server.subscriberCount("topic"));
      log("sizes", ws.send("hé"), ws.send(new Uint8Array(3)), ws.sendText("x"), ws.sendBinary(new ArrayBuffer(2)), ws.send(""), ws.ping("p"));
      log("publish", ws.publish("topic", "x"), server.publish("topic", "from the server"), server.publish("none", "abc"));
    },
    message(ws, message) {
      log("message", typeof message === "string" ? message : [...message]);
      if (message === "close") {
        ws.close(4001, "why");
        log("closed", ws.readyState, ws.send("after"));
      }
      if (message === "cork") log(ws.cork((corked) => [corked.send("a"), corked.send("b")]));
      if (message === "terminate") ws.terminate();
    },
    pong(ws, data) {
      log("pong", data.toString());
    },
    close(ws, code, reason) {
      log("close", code, reason, ws.readyState, ws.subscriptions, ws.send("x"));
      log(server.subscriberCount("topic"));
    },
  },
});

async function talk(...messages: (string | Uint8Array)[]) {
  const { promise, resolve } = Promise.withResolvers<CloseEvent>();
  const got: unknown[] = [];
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/path`);
  ws.onopen = () => messages.forEach((message) => ws.send(message));
  ws.onmessage = ({ data }) => {
    got.push(typeof data === "string" ? data : [...(data as Buffer)]);
    if (data === "b") ws.close(3000, "enough");
  };
  ws.onclose = resolve;
  const { code, reason, wasClean } = await promise;
  log("client", got, code, reason, wasClean, ws.readyState);
}

await talk("hello", new Uint8Array([1, 2, 255]), "close");
await talk("cork");
await talk("terminate");
const plain = await fetch(`http://127.0.0.1:${server.port}/`);
log(plain.status, await plain.text(), server.pendingWebSockets);
server.stop(true);
