// wss: both sides of a handshake over TLS, who is trusted, messages larger than a record, closing.
import { CERT, KEY } from "./certificates.ts";
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
const server = Bun.serve({
  port: 0,
  tls: { cert: CERT, key: KEY },
  fetch: (request, server) => (server.upgrade(request, { data: new URL(request.url).protocol }) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    open: (socket) => void socket.send(`hello over ${socket.data}`),
    message: (socket, message) => void socket.send(message),
    close: (_socket, code, reason) => log("server close", code, reason),
  },
});
const url = `wss://localhost:${server.port}/`;
async function talk(name: string, options: object): Promise<void> {
  const client = new WebSocket(url, options as never);
  const messages: any[] = [];
  let wanted = (): void => {};
  client.onmessage = ({ data }) => (messages.push(data), wanted());
  client.onerror = (event) => log(name, "error", (event as ErrorEvent).message !== "");
  const closed = new Promise<CloseEvent>((resolve) => (client.onclose = resolve));
  const next = async () => {
    while (messages.length === 0) await new Promise<void>((resolve) => (wanted = resolve));
    return messages.shift();
  };
  client.onopen = async () => {
    log(name, await next());
    for (const size of [0, 1, 16_384, 16_385, 1_000_000]) {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
      const large = Buffer.alloc(size, bytes);
      client.send(large);
      log(name, size, large.equals(await next()));
    }
    client.send("text ".repeat(50_000));
    log(name, (await next()).length);
    client.close(4000, "done");
  };
  const { code, reason, wasClean } = await closed;
  log(name, code, reason, wasClean);
}
await talk("trusted", { tls: { ca: CERT } });
await talk("any", { tls: { rejectUnauthorized: false } });
await talk("not trusted", {});
server.stop(true);
