const server = Bun.serve({ port: 0, fetch: () => new Response("ok") });
try { Bun.serve({ port: server.port, fetch: () => new Response("ok") }); } catch (error: any) { console.log(error.code, error.syscall); }
try { Bun.serve({ port: 0 } as any); } catch (error: any) { console.log(error instanceof TypeError); }
server.stop(true);
