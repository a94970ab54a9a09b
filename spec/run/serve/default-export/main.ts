// A program that exports a server is one.
setTimeout(async () => {
  console.log(await (await fetch(`http://localhost:${process.env.PORT}/path`)).text());
  process.exit(0);
}, 1);
await Promise.resolve();
export default {
  hostname: "127.0.0.1",
  fetch: (request: Request) => new Response(`served ${new URL(request.url).pathname}`),
};
