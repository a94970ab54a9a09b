// What a route is and which of several answers.
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "crust-"));
const file = join(folder, "page.txt");
writeFileSync(file, "a file");
const server = Bun.serve({
  port: 0,
  routes: {
    "/": () => new Response("home"),
    "/*": () => new Response("any"),
    "/api/*": () => new Response("api"),
    "/api/:version/users/:name": (request) => Response.json(request.params),
    "/api/v1/users/root": new Response("static root", { headers: { "x-static": "yes" } }),
    "/api/v1/ping": { GET: new Response("pong"), POST: async (request) => new Response(`posted ${await request.text()}`) },
    "/skipped": false,
    "/file": Bun.file(file),
  },
  fetch: (request) => new Response(`fetch ${new URL(request.url).pathname}`),
});
async function show(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(new URL(path, server.url), init);
  console.log(init?.method ?? "GET", path, response.status, JSON.stringify(await response.text()));
  return response;
}
for (const path of ["/", "/x", "/x/y/z", "/api", "/api/", "/api/v2", "/api/v2/users/a%20b", "/api/v1/users/root", "/api/v1/ping", "/skipped", "/file", "/api/v1/ping?query=/api"]) {
  await show(path);
}
await show("/api/v1/ping", { method: "POST", body: "body" });
await show("/api/v1/ping", { method: "DELETE" });
const head = await fetch(new URL("/api/v1/users/root", server.url), { method: "HEAD" });
console.log("HEAD", head.status, head.headers.get("content-length"), JSON.stringify(await head.text()));

const first = await show("/api/v1/users/root");
const tag = first.headers.get("etag")!;
console.log(first.headers.get("x-static"), tag.length > 4);
const again = await show("/api/v1/users/root", { headers: { "if-none-match": tag } });
console.log(again.headers.get("etag") === tag);
await show("/api/v1/users/root", { headers: { "if-none-match": '"other"' } });

server.reload({ routes: { "/": new Response("reloaded") }, fetch: () => new Response("new fetch") });
await show("/");
await show("/api/v1/ping");
for (const routes of [{ nope: () => {} }]) {
  try {
    Bun.serve({ port: 0, routes: routes as never }).stop(true);
    console.log("accepted");
  } catch (error) {
    console.log((error as Error).name);
  }
}
await server.stop();
