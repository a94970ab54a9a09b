// Servers over TLS: HTTP/1.1 and HTTP/2 with bodies and streams, certificates by name, clients with certificates, wrong options.
import { CA_KEY, CERT, ENCRYPTED_KEY, KEY, OTHER_CERT, OTHER_KEY } from "./certificates.ts";

const server = Bun.serve({
  port: 0,
  tls: { cert: CERT, key: KEY },
  routes: { "/static": new Response("static ".repeat(50)) },
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/stream") {
      let left = 20;
      return new Response(new ReadableStream({ pull(controller) { if (left-- === 0) controller.close(); else controller.enqueue(new Uint8Array(50_000)); } }));
    }
    if (pathname === "/large") return new Response("y".repeat(3_000_000));
    if (pathname === "/throws") throw new Error("expected");
    return new Response(`${request.method} ${new URL(request.url).protocol} ${(await request.text()).length} ${request.headers.get("x-field")}`);
  },
  error: (error) => new Response(error.message, { status: 500 }),
});
console.log(server.url.protocol, server.protocol);
for (const protocol of ["http1.1", "http2"]) {
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, server.url), { ...init, protocol, tls: { ca: CERT } } as RequestInit);
    const text = await response.text();
    console.log(protocol, path, response.status, text.length > 60 ? text.length : text, response.headers.get("content-length"));
  };
  await ask("/", { headers: { "x-field": "value" } });
  await ask("/", { method: "POST", body: "b".repeat(400_000) });
  await ask("/static");
  await ask("/stream");
  await ask("/large");
  await ask("/throws");
  await Promise.all(Array.from({ length: 50 }, (_, index) => fetch(new URL(`/${index}`, server.url), { protocol, tls: { ca: CERT } } as RequestInit).then((response) => response.text()))).then((texts) => console.log(protocol, texts.length, new Set(texts).size));
}
console.log(await fetch(server.url).then(() => "trusted", (error) => error.code));
console.log(await fetch(`http://localhost:${server.port}/`).then(() => "answered", () => "no plain HTTP"));
await server.stop();

const named = Bun.serve({ port: 0, tls: [{ cert: CERT, key: KEY, serverName: "localhost" }, { cert: OTHER_CERT, key: OTHER_KEY, serverName: "other.example" }], fetch: () => new Response("named") });
for (const [ca, serverName] of [[CERT, "localhost"], [OTHER_CERT, "other.example"]]) {
  console.log(serverName, await (await fetch(named.url, { tls: { ca, serverName } } as RequestInit)).text());
}
console.log(await fetch(named.url, { tls: { ca: CERT, serverName: "other.example" } } as RequestInit).then(() => "trusted", (error) => error.code));
await named.stop();

const encrypted = Bun.serve({ port: 0, tls: { cert: CERT, key: ENCRYPTED_KEY, passphrase: "secret" }, fetch: () => new Response("decrypted") });
console.log(await (await fetch(encrypted.url, { tls: { ca: CERT } } as RequestInit)).text());
await encrypted.stop();

for (const tls of [{ cert: CERT, key: ENCRYPTED_KEY }, { cert: CERT, key: OTHER_KEY }, { cert: "nonsense", key: KEY }, { cert: CERT }, [{ cert: CERT, key: KEY }, { cert: CERT, key: KEY }], { cert: CERT, key: CA_KEY }]) {
  try {
    Bun.serve({ port: 0, tls, fetch: () => new Response() } as never).stop(true);
    console.log("accepted");
  } catch (error) {
    console.log((error as { code?: string }).code, (error as Error).message.slice(0, 60));
  }
}
