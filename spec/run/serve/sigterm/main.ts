const server = Bun.serve({ port: 0, fetch: () => new Response("ok") });
process.on("SIGTERM", async () => { await server.stop(); console.log("stopped"); });
console.log("ready");
