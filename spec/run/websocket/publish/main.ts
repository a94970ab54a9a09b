// A message for many subscribers reaches each of them once, in order, and none that left.
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
const SUBSCRIBERS = 100;
const server = Bun.serve<{ name: string }>({
  port: 0,
  fetch: (request, server) => (server.upgrade(request, { data: { name: request.headers.get("x-name") } }) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    publishToSelf: false,
    open: (socket) => void (socket.subscribe("all"), Number(socket.data.name) % 2 === 0 && socket.subscribe("even")),
    message(socket, message) {
      if (message === "leave") log(socket.unsubscribe("all"), socket.unsubscribe("all"));
      else log(socket.publish("all", message), socket.publishText("all", "text"), socket.publishBinary("all", new Uint8Array(3)));
    },
  },
});
const got: string[][] = [];
const clients = await Promise.all(
  Array.from({ length: SUBSCRIBERS }, async (_, index) => {
    const client = new WebSocket(server.url.href.replace("http", "ws"), { headers: { "x-name": `${index}` } } as never);
    const texts: string[] = (got[index] = []);
    client.addEventListener("message", ({ data }) => texts.push(typeof data === "string" ? data : `${data.length} bytes`));
    await new Promise((resolve) => (client.onopen = resolve));
    return client;
  }),
);
const settled = async (index: number, count: number) => {
  while (got[index]!.length < count) await new Promise((resolve) => clients[index]!.addEventListener("message", resolve, { once: true }));
};
log(server.subscriberCount("all"), server.subscriberCount("even"), server.subscriberCount("none"));
const long = "a long message ".repeat(1000);
log(server.publish("all", "first"), server.publish("even", long), server.publish("even", long, true), server.publish("none", "nobody"));
clients[1]!.send("from one");
await Promise.all(clients.map((_, index) => settled(index, 1 + (index % 2 === 0 ? 2 : 0) + (index === 1 ? 0 : 3))));
log(got[0]!.map((text) => (text === long ? "long" : text)), got[1], got[3]);
log(got.every((texts, index) => texts.length === got[index === 1 ? 1 : index % 2 === 0 ? 0 : 3]!.length));
const left = new Promise((resolve) => (clients[2]!.onclose = resolve));
clients[2]!.close();
await left;
clients[4]!.send("leave");
while (server.subscriberCount("all") > SUBSCRIBERS - 2) await new Promise((resolve) => setImmediate(resolve));
log(server.subscriberCount("all"), server.subscriberCount("even"), server.publish("all", "second"));
await settled(5, 5);
await settled(0, 7);
log(got[5]!.at(-1), got[0]!.at(-1), got[4]!.length === got[0]!.length - 1);
await server.stop(true);
log(server.subscriberCount("all"), server.publish("all", "late"));
