// Silence: a client that says nothing is asked by a ping and, when it does not answer, cut; answers keep it; without
// sendPings nobody asks.
import { RawClient, frame } from "./raw.ts";
const serve = (sendPings: boolean, report: (text: string) => void) =>
  Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      idleTimeout: 2,
      sendPings,
      message() {},
      pong: (_socket, data) => report(`pong ${data.length}`),
      close: (_socket, code, reason) => report(`close ${code} ${reason}`),
    },
  });

async function silent(sendPings: boolean): Promise<string> {
  const reports: string[] = [];
  const server = serve(sendPings, (text) => reports.push(text));
  const client = await RawClient.open(server.port);
  await client.closed;
  await server.stop();
  return `sendPings ${sendPings}: ${client.frames.map(({ opcode }) => opcode).join() || "no frames"}; ${reports.join()}`;
}

async function answering(): Promise<string> {
  const reports: string[] = [];
  const server = serve(true, (text) => reports.push(text));
  const client = await RawClient.open(server.port);
  const began = performance.now();
  for (let pings = 1; pings <= 3; pings++) {
    let count = 0;
    await client.next(({ opcode }) => opcode === 9 && ++count === pings);
    client.write(frame(0x8a));
  }
  client.write(frame(0x88, Buffer.from([0x03, 0xe8])));
  await client.closed;
  await server.stop();
  return `answering: lived past the timeout ${performance.now() - began > 2000}; ${reports.join()}`;
}

for (const line of await Promise.all([silent(true), silent(false), answering()])) console.log(line);
