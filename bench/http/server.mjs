// The same handlers for every runtime, by each one's own interface: Bun.serve, Deno.serve, node:http.
// PORT says where to listen; TLS names a folder with localhost.crt and localhost.key.

const port = Number(process.env.PORT);
const page = "x".repeat(64 * 1024);
const message = { message: "Hello, World!", numbers: [1, 2, 3], nested: { a: true, b: null }, text: "some more" };

function streamed() {
  let left = 16;
  return new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close();
      else controller.enqueue(chunk);
    },
  });
}
const chunk = new TextEncoder().encode(page);

function web(request) {
  const { pathname } = new URL(request.url);
  switch (pathname) {
    case "/url":
      return new Response(`${request.method} ${request.url} ${request.headers.get("user-agent")}`);
    case "/stream":
      return new Response(streamed());
    default:
      return new Response("not found", { status: 404 });
  }
}

const fetchHandlers = {
  hello: () => new Response("Hello, World!"),
  async: async () => {
    await null;
    return new Response("Hello, World!");
  },
  json: () => Response.json(message),
  url: web,
  "post-text": async (request) => new Response(await request.text()),
  "post-json": async (request) => Response.json(await request.json()),
  param: (request) => new Response(request.url.slice(request.url.lastIndexOf("/") + 1)),
  static: () => new Response("Hello, World!"),
  stream: web,
  tls: () => new Response("Hello, World!"),
  file: () => new Response(globalThis.Bun ? Bun.file(process.env.FILE) : Deno.openSync(process.env.FILE).readable),
  soak: (request) => fetchHandlers[kind(request.url)](request),
};

// The mixed load asks for `/KIND`, each kind a case of its own.
const kind = (url) => (url.endsWith("/url") ? "url" : url.slice(url.lastIndexOf("/") + 1) || "hello");

function bodyOf(request) {
  return new Promise((resolve) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part) => (text += part));
    request.on("end", () => resolve(text));
  });
}

const nodeHandlers = {
  hello: (_, response) => response.end("Hello, World!"),
  async: async (_, response) => {
    await null;
    response.end("Hello, World!");
  },
  json: (_, response) => response.setHeader("content-type", "application/json").end(JSON.stringify(message)),
  url: (request, response) => response.end(`${request.method} http://${request.headers.host}${request.url} ${request.headers["user-agent"]}`),
  "post-text": async (request, response) => response.end(await bodyOf(request)),
  "post-json": async (request, response) => response.setHeader("content-type", "application/json").end(JSON.stringify(JSON.parse(await bodyOf(request)))),
  param: (request, response) => response.end(request.url.slice(request.url.lastIndexOf("/") + 1)),
  static: (_, response) => response.end("Hello, World!"),
  stream: async (_, response) => {
    for (let left = 16; left > 0; left--) if (!response.write(chunk)) await new Promise((resolve) => response.once("drain", resolve));
    response.end();
  },
  tls: (_, response) => response.end("Hello, World!"),
  file: (_, response) => createReadStream(process.env.FILE).pipe(response),
  soak: (request, response) => nodeHandlers[kind(request.url)](request, response),
};

const name = process.env.CASE;
const { createReadStream, readFileSync } = await import("node:fs");
const tls = name === "tls" ? { cert: readFileSync(`${process.env.TLS}/localhost.crt`, "utf8"), key: readFileSync(`${process.env.TLS}/localhost.key`, "utf8") } : undefined;

if (globalThis.Bun) {
  const routes = name === "param" ? { "/user/:id": (request) => new Response(request.params.id) } : name === "static" ? { "/": new Response("Hello, World!") } : undefined;
  Bun.serve({ port, hostname: "127.0.0.1", development: false, tls, routes, fetch: fetchHandlers[name] });
} else if (globalThis.Deno) {
  Deno.serve({ port, hostname: "127.0.0.1", onListen() {}, ...tls }, fetchHandlers[name]);
} else {
  const { createServer } = await import(tls ? "node:https" : "node:http");
  createServer(tls ?? {}, nodeHandlers[name]).listen(port, "127.0.0.1");
}
