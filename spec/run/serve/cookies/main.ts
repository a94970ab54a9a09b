// A request's cookies, and what a handler changes of them for the response.
const server = Bun.serve({
  port: 0,
  routes: {
    "/read": (request) => Response.json([request.cookies.size, request.cookies.get("a"), request.cookies.get("none"), [...request.cookies]]),
    "/set/:name": (request) => {
      request.cookies.set(request.params.name, "v w", { httpOnly: true, maxAge: 60 });
      request.cookies.delete("a");
      return new Response("set");
    },
    "/both": (request) => {
      request.cookies.set("mine", "1");
      return new Response("both", { headers: { "set-cookie": "own=2" } });
    },
    "/async": async (request) => {
      await Bun.sleep(1);
      request.cookies.set(new Bun.Cookie("later", "x", { sameSite: "strict", path: "/p" }));
      return new Response("async");
    },
    "/untouched": (request) => new Response(`${request.cookies.has("a")}`),
  },
});
for (const path of ["/read", "/set/q", "/both", "/async", "/untouched"]) {
  const response = await fetch(new URL(path, server.url), { headers: { cookie: "a=1; b=%20x; a=2" } });
  console.log(path, response.status, await response.text(), response.headers.getSetCookie());
}
await server.stop();
