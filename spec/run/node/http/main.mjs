import http from "node:http"; import { once } from "node:events"; import { text } from "node:stream/consumers";
const log = (...a) => console.log(a.map((x) => typeof x === "string" ? x : x instanceof Error ? `${x.name}|${x.code}|${x.message}` : JSON.stringify(x)).join(" "));
const server = http.createServer(async (req, res) => {
  if (req.url === "/json") { res.writeHead(201, "Made", { "Content-Type": "application/json", "X-A": "1" }); res.end(JSON.stringify({ m: req.method, h: req.headers["x-y"] ?? null, body: await text(req) })); }
  else if (req.url === "/stream") { res.setHeader("content-type", "text/plain"); for (let i = 0; i < 3; i++) { res.write(`c${i};`); await new Promise((r) => setTimeout(r, 2)); } res.end("end"); }
  else if (req.url === "/cookies") { res.setHeader("Set-Cookie", ["a=1", "b=2"]); res.statusCode = 204; res.end(); }
  else if (req.url === "/redir") { res.writeHead(302, { location: "/json" }); res.end(); }
  else if (req.url === "/slow") { /* never answers */ }
  else if (req.url === "/big") { res.end(Buffer.alloc(300000, 97)); }
  else { res.statusCode = 404; res.end(`no ${req.url}`); }
});
server.listen(0, "127.0.0.1"); await once(server, "listening"); const { port } = server.address(); log(server.listening, typeof port, server.address().address);
const go = (opts, body) => new Promise((resolve, reject) => { const req = http.request({ port, host: "127.0.0.1", ...opts }, async (res) => resolve([res.statusCode, res.statusMessage, res.headers["content-type"] ?? null, res.headers["set-cookie"] ?? null, (await text(res)).slice(0, 60)])); req.on("error", reject); if (body) req.write(body); req.end(); });
log(await go({ path: "/json", method: "POST", headers: { "X-Y": "z" } }, "hello")); log(await go({ path: "/stream" })); log(await go({ path: "/cookies" })); log(await go({ path: "/redir" })); log(await go({ path: "/nope?x=1" })); log((await go({ path: "/big" }))[4].length);
log(await new Promise((r) => http.get(`http://127.0.0.1:${port}/stream`, (res) => { res.setEncoding("utf8"); let s = ""; res.on("data", (d) => (s += d)).on("end", () => r([s, res.complete])); })));
await new Promise((r) => { const q = http.get({ port, host: "127.0.0.1", path: "/slow", timeout: 20 }, () => {}); q.on("timeout", () => q.destroy()); q.on("error", (e) => { log("err", e); r(); }); });
await new Promise((r) => { const ac = new AbortController(); const q = http.get({ port, host: "127.0.0.1", path: "/slow", signal: ac.signal }); q.on("error", (e) => { log("err", e); r(); }); setTimeout(() => ac.abort(), 10); });
await new Promise((r) => http.get({ port: 1, host: "127.0.0.1" }).on("error", (e) => { log("err", e.code); r(); }));
try { http.request("ftp://x/"); } catch (e) { log(e); } try { http.request({ path: "/a b" }); } catch (e) { log(e); } try { new http.ServerResponse({}).setHeader("a b", 1); } catch (e) { log(e); } try { http.validateHeaderValue("x", "\n"); } catch (e) { log(e); }
const hd = new http.ServerResponse({ method: "GET" }); hd.setHeader("A-B", 1); hd.appendHeader("a-b", "2"); log(hd.getHeader("a-b"), hd.getHeaderNames(), hd.hasHeader("A-B"), hd.headersSent, http.STATUS_CODES[404], http.METHODS.includes("GET"));
server.closeAllConnections?.(); server.close(() => log("closed")); 
