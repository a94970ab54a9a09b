// How servers end: graceful, with a deadline, forced; what is under way is answered or told.
function deferred() {
  return Promise.withResolvers<void>();
}
{
  const started = deferred(), release = deferred();
  const server = Bun.serve({ port: 0, async fetch() { started.resolve(); await release.promise; return new Response("answered"); } });
  const answer = fetch(server.url).then((response) => response.text());
  await started.promise;
  const stopped = server.stop();
  console.log(server.pendingRequests, await fetch(server.url).then(() => "accepted", () => "refused"));
  release.resolve();
  console.log(await answer);
  await stopped;
  console.log("stopped", server.pendingRequests);
}
{
  const started = deferred();
  let reason: unknown;
  const server = Bun.serve({ port: 0, fetch(request) { request.signal.addEventListener("abort", () => (reason = request.signal.reason)); started.resolve(); return new Promise<Response>(() => {}); } });
  const answer = fetch(server.url).then(() => "answered", () => "cut");
  await started.promise;
  await server.stop(true);
  console.log(await answer, (reason as Error).name);
}
{
  const started = deferred();
  const server = Bun.serve({ port: 0, fetch() { started.resolve(); return new Promise<Response>(() => {}); } });
  const answer = fetch(server.url).then(() => "answered", () => "cut");
  await started.promise;
  const stop = server.stop as (how: object) => Promise<void>;
  await stop.call(server, { deadline: 0.02 });
  console.log(await answer);
}
{
  using server = Bun.serve({ port: 0, fetch: () => new Response("used") });
  console.log(await (await fetch(server.url)).text());
}
console.log("end");
