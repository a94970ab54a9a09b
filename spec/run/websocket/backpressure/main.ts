// A client that does not read: what send answers, what waits, drain, and the limit that closes.
import { RawClient } from "./raw.ts";
const log = (...values: unknown[]) => console.log(...values.map((value) => JSON.stringify(value)));
const LIMIT = 1024 * 1024;
const piece = Buffer.alloc(256 * 1024, "x");

for (const closeOnBackpressureLimit of [false, true]) {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const server = Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: {
      backpressureLimit: LIMIT,
      closeOnBackpressureLimit,
      open(socket) {
        const codes: number[] = [];
        // Until a message is dropped; the kernel takes some megabytes first.
        while (codes.at(-1) !== 0 && codes.length < 200) codes.push(socket.send(piece));
        log("first", codes[0] === piece.length, "waits", codes.includes(-1), "dropped", codes.at(-1) === 0);
        const waiting = socket.getBufferedAmount();
        log("bounded", waiting > 0 && waiting <= LIMIT + 2 * piece.length);
        opened.resolve();
      },
      drain(socket) {
        if (socket.getBufferedAmount() > 0) return;
        log("drained", socket.send("last"));
        socket.close(1000, "enough");
      },
      close(_socket, code, reason) {
        log("close", code, reason);
        ended.resolve();
      },
    },
  });
  const client = await RawClient.open(server.port, { paused: true });
  await opened.promise;
  if (!closeOnBackpressureLimit) {
    client.resume();
    const last = await client.next(({ opcode }) => opcode === 1);
    const close = await client.next(({ opcode }) => opcode === 8);
    log(last?.payload.toString(), close?.payload.readUInt16BE(0), client.frames.slice(0, -2).every(({ payload }) => payload.length === piece.length));
    client.end();
  }
  await ended.promise;
  client.end();
  server.stop(true);
}
