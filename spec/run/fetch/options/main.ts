const log = (...a: unknown[]) => console.log(...a);
const server = Bun.serve({ port: 0, fetch: (q) => new Response(`${new URL(q.url).pathname} ${q.headers.get("authorization")} ${q.headers.get("connection")} ${q.headers.get("host")?.replace(/\d+/, "PORT")}`) });
const at = (path: string) => new URL(path, server.url).href;
const show = async (input: unknown, init?: object) => log(await fetch(input as string, init).then((r) => r.text(), (e) => `${e.constructor.name} ${e.code} ${e.message.replaceAll(String(server.port), "PORT")} ${e.path?.replaceAll(String(server.port), "PORT")}`));
// Credentials of a URL become a header, unless there is one.
await show(at("/a").replace("//", "//us%40er:p%20w@")); await show(new URL(at("/a").replace("//", "//user@"))); await show(at("/a").replace("//", "//u:p@"), { headers: { authorization: "mine" } });
await show(at("/a"), { keepalive: false }); await show(at("/a"), { headers: { host: "other.test" } }); await show(at("/a"), { timeout: false, verbose: false, protocol: "http1.1" });
for (const protocol of ["h2", "h3", "nonsense"]) await show(at("/a"), { protocol });
for (const init of [{ compress: "gzip" }, { s3: {} }, { timeout: -1 }, { maxRedirects: -1 }, { tls: { checkServerIdentity() {} } }, { tls: { cert: "x" } }, { tls: { ca: 5 } }]) await show(at("/a"), init);
await show("https://localhost:1/", { tls: { ca: "nonsense" } }); await show(at("/a").replace("http:", "https:"));
for (const proxy of ["nonsense", "socks5://127.0.0.1:1", "http://127.0.0.1:1", 5]) await show(at("/a"), { proxy });
await show(at("/a"), { unix: "/nowhere/at/all.sock" });
await show("http://127.0.0.1:1/"); await show("http://nowhere.invalid/"); await show("foo:bar"); await show("nonsense"); await show("file:///nowhere/at/all"); await show("file:///"); await show("blob:none");
log(typeof fetch.preconnect, fetch.preconnect(at("/")), fetch.name); try { fetch.preconnect("data:,"); } catch (e: any) { log(e.code); }
const file = await fetch(new URL("data.json", import.meta.url)); log(file.status, file.headers.get("content-type"), await file.json(), file.url.slice(-9));
await show(at("/a"), { verbose: true, method: "POST", body: "hello" }); await show(at("/a"), { verbose: "curl", headers: { "x-quote": '"$`' } });
await server.stop(true);
