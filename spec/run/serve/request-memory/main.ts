// What requests are read into is no JS object: the collector is told of it, so that it runs in time.
const server = Bun.serve({ port: 0, fetch: () => new Response("ok") });
const client = Bun.spawn([process.execPath, "client.ts", String(server.port)], { stdout: "inherit" });
const before = process.memoryUsage().external;
await client.exited;
const grown = process.memoryUsage().external - before;
console.log(grown >= 512 * 1024 ? "the collector knows" : `only ${grown} bytes for more than a megabyte`);
server.stop(true);
