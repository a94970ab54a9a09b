// Where a client ends that finds no server: one that never answers, one that says something else, proxies that let it
// through or do not.
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
async function outcome(name: string, url: string, options: object): Promise<void> {
  const client = new WebSocket(url, options as never);
  client.onopen = () => client.send("hello");
  client.onmessage = ({ data }) => (log(name, "message", data), client.close(1000));
  client.onerror = (event) => log(name, (event as ErrorEvent).message.replace(/^.* failed: /, ""));
  const { code, wasClean } = await new Promise<CloseEvent>((resolve) => (client.onclose = resolve));
  log(name, code, wasClean);
}

const answers: Record<string, string> = {
  "silent": "",
  "other protocol": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  "not switching": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "wrong key": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  "no upgrade": "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
};
let answer = "";
const fake = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: (socket) => void (answer && socket.write(answer)) } });
for (const [name, text] of Object.entries(answers)) {
  answer = text;
  await outcome(name, `ws://127.0.0.1:${fake.port}/`, { handshakeTimeout: name === "silent" ? 500 : 20_000 });
}
fake.stop(true);
for (const handshakeTimeout of [0, -1, "5"]) {
  try {
    new WebSocket("ws://127.0.0.1:1/", { handshakeTimeout } as never);
  } catch (error) {
    log((error as Error).name, (error as { code?: string }).code);
  }
}

const server = Bun.serve({
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
  websocket: { message: (socket, message) => void socket.send(`echo ${message}`) },
});
// A proxy: it joins the client with the server, or refuses.
let status = "200 Connection established";
const proxy = Bun.listen<{ peer?: any }>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open: (socket) => void (socket.data = {}),
    async data(socket, bytes) {
      if (socket.data.peer !== undefined) return void socket.data.peer.write(bytes);
      const head = new TextDecoder().decode(bytes);
      log("proxy", head.split("\r\n")[0]!.replace(/:\d+ /, ":PORT "), /proxy-authorization: (.*)/i.exec(head)?.[1], /x-mine: (.*)/i.exec(head)?.[1]);
      if (status.startsWith("200")) {
        socket.data.peer = await Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { data: (_peer, data) => void socket.write(data), close: () => void socket.end() } });
      }
      socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
    },
    close: (socket) => void socket.data.peer?.end(),
  },
});
const url = `ws://127.0.0.1:${server.port}/`;
await outcome("through a proxy", url, { proxy: `http://user:secret@127.0.0.1:${proxy.port}` });
await outcome("with fields", url, { proxy: { url: `http://127.0.0.1:${proxy.port}`, headers: { "X-Mine": "yes" } } });
status = "403 Forbidden";
await outcome("refused by a proxy", url, { proxy: `http://127.0.0.1:${proxy.port}` });
try {
  new WebSocket(url, { proxy: "https://127.0.0.1:1" } as never);
} catch (error) {
  log((error as Error).message, (error as { code?: string }).code);
}
proxy.stop(true);
server.stop(true);
