// node:tls: handshakes that succeed and that do not, protocols, certificates, and TLS over a connection that was plain.
import tls from "node:tls";
import net from "node:net";
import fs from "node:fs";
import { once } from "node:events";
import util from "node:util";
// Who is faster is nobody's promise: what each side says is printed together, in its order.
const said = new Map();
const log = (...words) => {
  const side = /^[A-Z][0-9]?(?= |$)/.exec(typeof words[0] === "string" ? words[0] : "")?.[0] ?? "";
  said.set(side, [...(said.get(side) ?? []), util.format(...words)]);
};
process.on("exit", () => process.stdout.write([...said.keys()].sort().flatMap((side) => said.get(side)).join("\n") + "\n"));
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const closed = (x) => new Promise((r) => x.on("close", r));
const cert = fs.readFileSync("localhost.crt", "utf8"), key = fs.readFileSync("localhost.key", "utf8");
log("--- echo");
{
  const server = tls.createServer({ cert, key, ALPNProtocols: ["foo", "bar"] }, (s) => {
    log("S secure", s.encrypted, s.authorized, s.alpnProtocol, s.servername, s.getProtocol(), s instanceof net.Socket, s instanceof tls.TLSSocket);
    s.on("data", (d) => { log("S data", d.toString()); s.end("echo:" + d); });
    s.on("end", () => log("S end"));
    s.on("close", (e) => log("S close", e));
  });
  server.on("connection", (c) => log("connection", c instanceof net.Socket, c.encrypted));
  server.on("tlsClientError", (e) => log("tlsClientError", e.code));
  server.listen(0);
  await once(server, "listening");
  const port = server.address().port;
  const c = tls.connect({ port, host: "localhost", ca: [cert], ALPNProtocols: ["bar"] }, () => log("cb"));
  log(c.connecting, c.secureConnecting, c.authorized, c.write("hello"));
  c.on("connect", () => log("C connect"));
  c.on("secureConnect", () => { log("C secure", c.authorized, c.authorizationError, c.alpnProtocol, c.servername, c.getProtocol(), c.isSessionReused()); const p = c.getPeerCertificate(); log(p.subject, p.issuer, p.subjectaltname, p.valid_from, p.valid_to, p.fingerprint, p.fingerprint256, p.serialNumber, p.ca, Buffer.isBuffer(p.raw)); });
  c.on("data", (d) => log("C data", d.toString()));
  c.on("end", () => log("C end"));
  await closed(c);
  await wait(10);
  server.removeAllListeners("tlsClientError");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (s) => { s.on("error", () => {}); s.resume(); });
  for (const o of [{}, { rejectUnauthorized: false }, { ca: cert, servername: "other.example" }, { ca: cert, checkServerIdentity: (h, c) => { log("check", h, c.subject); return new Error("no") } }, { ca: cert, maxVersion: "TLSv1.2" }, { ca: cert, host: "127.0.0.1" }]) {
    const c = tls.connect({ port, host: "localhost", ...o });
    c.on("error", (e) => log("error", e.code, e.message.split(";")[0], e.reason));
    c.on("secureConnect", () => { log("secure", c.authorized, c.authorizationError, c.getProtocol()); c.end(); });
    c.resume();
    await closed(c);
  }
  server.close();
  await closed(server);
}
log("--- plain peer");
{
  const server = tls.createServer({ cert, key });
  server.on("tlsClientError", (e, s) => log("tlsClientError", typeof e.code, s instanceof tls.TLSSocket));
  server.listen(0);
  await once(server, "listening");
  const c = net.connect(server.address().port);
  c.on("error", () => {});
  c.resume();
  c.write("GET / HTTP/1.1\r\n\r\n");
  await closed(c);
  await wait(10);
  const d = net.connect(server.address().port);
  await once(d, "connect");
  d.destroy();
  await wait(30);
  server.close();
  const plain = net.createServer((s) => { s.on("error", () => {}); s.end("not tls at all, really"); }).listen(0);
  await once(plain, "listening");
  const e = tls.connect(plain.address().port, "localhost");
  e.on("error", (er) => log("E error", typeof er.code));
  await closed(e);
  plain.close();
  const early = net.createServer((s) => { s.destroy(); }).listen(0);
  await once(early, "listening");
  const f = tls.connect(early.address().port, "localhost");
  f.on("error", (er) => log("F error", er.code));
  await closed(f);
  early.close();
  const g = tls.connect(1, "127.0.0.1");
  g.on("error", (er) => log("G error", er.code, er.syscall));
  await closed(g);
}
log("--- starttls");
{
  const server = net.createServer((raw) => { raw.once("data", (d) => { log("raw", d.toString()); raw.write("go"); const s = new tls.TLSSocket(raw, { isServer: true, secureContext: tls.createSecureContext({ cert, key }) }); s.on("secure", () => log("S secure")); s.on("data", (d) => { log("S", d.toString()); s.end("over tls") }); }); }).listen(0);
  await once(server, "listening");
  const raw = net.connect(server.address().port);
  raw.write("starttls");
  await once(raw, "data");
  const c = tls.connect({ socket: raw, ca: cert, servername: "localhost" }, () => { log("C secure", c.authorized); c.write("hi"); });
  c.on("data", (d) => log("C", d.toString()));
  c.on("error", (e) => log(e));
  await closed(c);
  server.close();
}
log("--- client cert, sni, mtls");
{
  const server = tls.createServer({ cert, key, requestCert: true, rejectUnauthorized: true, ca: cert }, (s) => { log("S", s.authorized, s.getPeerCertificate().subject); s.end(); });
  server.on("tlsClientError", (e) => log("tlsClientError", e.code));
  server.listen(0);
  await once(server, "listening");
  const port = server.address().port;
  const c = tls.connect({ port, host: "localhost", ca: cert, cert, key });
  c.resume();
  c.on("error", (e) => log("C error"));
  await closed(c);
  server.close();
}
{
  const big = Buffer.alloc(3 << 20, 9);
  let n = 0;
  const server = tls.createServer({ cert, key }, (s) => { s.on("data", (d) => { n += d.length; }); s.on("end", () => { log("got", n); s.end(); }); }).listen(0);
  await once(server, "listening");
  const c = tls.connect({ port: server.address().port, ca: cert, host: "localhost" });
  c.resume();
  c.end(big);
  await closed(c);
  log(c.bytesWritten > big.length - 1);
  server.close();
}
for (const f of [() => tls.createSecureContext({ key: "x", cert }), () => tls.createSecureContext({ key, cert: "y" }), () => tls.createSecureContext({ minVersion: "TLSv9" }), () => tls.createServer(5), () => tls.connect({ port: 1, checkServerIdentity: 5 })]) { try { f(); log("ok"); } catch (e) { log(e.name, typeof e.code) } }
log(tls.rootCertificates.length > 0, tls.rootCertificates[0]?.startsWith("-----BEGIN CERTIFICATE-----"), Array.isArray(tls.rootCertificates), tls.DEFAULT_MIN_VERSION, tls.getCiphers().includes("tls_aes_128_gcm_sha256"));
log(tls.checkServerIdentity("a.example.org", { subjectaltname: "DNS:*.example.org" }), tls.checkServerIdentity("b.c.example.org", { subjectaltname: "DNS:*.example.org" })?.message, tls.checkServerIdentity("x.y", { subject: { CN: "x.y" } }), tls.checkServerIdentity("1.2.3.4", { subjectaltname: "IP Address:1.2.3.4" }), tls.checkServerIdentity("x", { subject: { CN: "y" } })?.message, tls.checkServerIdentity("1.1.1.1", { subjectaltname: "DNS:x" })?.reason);
