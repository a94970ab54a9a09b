// node:dns against a name server of our own on loopback: every kind of record, errors, and what is refused.
import dgram from "node:dgram";
import dns from "node:dns";
import { once } from "node:events";
import util from "node:util";
const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const name = (n) => Buffer.concat([...n.split(".").filter(Boolean).map((l) => Buffer.from([l.length, ...Buffer.from(l)])), Buffer.from([0])]);
const u16 = (n) => Buffer.from([n >> 8, n & 255]);
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const str = (s) => Buffer.from([s.length, ...Buffer.from(s)]);
const T = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, TLSA: 52, CAA: 257, ANY: 255 };
const zone = {
  "a.test": { A: [[Buffer.from([1, 2, 3, 4]), 60], [Buffer.from([1, 2, 3, 5]), 61]], AAAA: [[Buffer.from([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]), 62]], MX: [[Buffer.concat([u16(10), name("mx1.a.test")])], [Buffer.concat([u16(20), name("mx2.a.test")])]], TXT: [[Buffer.concat([str("v=spf1"), str(" -all")])], [str("two")]], NS: [[name("ns1.a.test")], [name("ns2.a.test")]], SOA: [[Buffer.concat([name("ns1.a.test"), name("root.a.test"), u32(1), u32(2), u32(3), u32(4), u32(5)])]], CAA: [[Buffer.concat([Buffer.from([128]), str("issue"), Buffer.from("ca.test")])]] },
  "_s._tcp.a.test": { SRV: [[Buffer.concat([u16(1), u16(2), u16(8080), name("a.test")])]] },
  "n.a.test": { NAPTR: [[Buffer.concat([u16(100), u16(50), str("s"), str("SIP+D2U"), str(""), name("_sip._udp.a.test")])]] },
  "www.a.test": { CNAME: [[name("a.test")]] },
  "_443._tcp.a.test": { TLSA: [[Buffer.concat([Buffer.from([3, 1, 1]), Buffer.from([1, 2, 3])])]] },
  "4.3.2.1.in-addr.arpa": { PTR: [[name("a.test")]] },
  [`7.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`]: { PTR: [[name("six.test")]] },
};
zone["any.test"] = { A: zone["a.test"].A, MX: zone["a.test"].MX, TXT: zone["a.test"].TXT, SOA: zone["a.test"].SOA, NS: zone["a.test"].NS, CAA: zone["a.test"].CAA };
const server = dgram.createSocket("udp4");
let count = 0;
server.on("message", (m, r) => {
  count++;
  let at = 12;
  const labels = [];
  while (m[at]) { labels.push(m.subarray(at + 1, at + 1 + m[at]).toString().toLowerCase()); at += m[at] + 1; }
  const q = labels.join(".");
  const type = m.readUInt16BE(at + 1);
  const question = m.subarray(12, at + 5);
  if (q === "silent.test") return;
  let rcode = 0;
  const answers = [];
  const kinds = zone[q];
  if (q === "fail.test") rcode = 2;
  else if (q === "refused.test") rcode = 5;
  else if (q === "notimp.test") rcode = 4;
  else if (!kinds) rcode = 3;
  else for (const [k, list] of Object.entries(kinds)) if (type === 255 || T[k] === type) for (const [data, ttl = 30] of list) answers.push(Buffer.concat([u16(0xc00c), u16(T[k]), u16(1), u32(ttl), u16(data.length), data]));
  const head = Buffer.concat([m.subarray(0, 2), u16(0x8580 | rcode), u16(1), u16(answers.length), u16(0), u16(0)]);
  server.send(Buffer.concat([head, question, ...answers]), r.port, r.address);
});
server.bind(0, "127.0.0.1");
await once(server, "listening");
const at = `127.0.0.1:${server.address().port}`;
const before = dns.getServers();
log(Array.isArray(before));
dns.setServers([at]);
log(dns.getServers()[0] === at);
const p = dns.promises;
const t = async (label, f) => { try { log(label, await f()) } catch (e) { log(label, e.name, e.code, e.message.split("\n")[0], e.errno, e.syscall, e.hostname, Object.keys(e)) } };
await t("4", () => p.resolve4("a.test"));
await t("4ttl", () => p.resolve4("a.test", { ttl: true }));
await t("6", () => p.resolve6("a.test"));
await t("6ttl", () => p.resolve6("a.test", { ttl: true }));
await t("mx", () => p.resolveMx("a.test"));
await t("txt", () => p.resolveTxt("a.test"));
await t("ns", () => p.resolveNs("a.test"));
await t("soa", async () => ({ ...(await p.resolveSoa("a.test")), type: undefined }));
await t("caa", () => p.resolveCaa("a.test"));
await t("srv", () => p.resolveSrv("_s._tcp.a.test"));
await t("naptr", async () => ({ ...(await p.resolveNaptr("n.a.test"))[0], type: undefined }));
await t("cname", () => p.resolveCname("www.a.test"));
await t("ptr", () => p.resolvePtr("4.3.2.1.in-addr.arpa"));
await t("reverse", () => p.reverse("1.2.3.4"));
await t("reverse6", () => p.reverse("2001:db8::7"));
await t("any", () => p.resolveAny("any.test"));
await t("tlsa", async () => { const [x] = await p.resolveTlsa("_443._tcp.a.test"); return [x.certUsage, x.selector, x.match, x.data.constructor.name, x.data.byteLength]; });
await t("resolve", () => p.resolve("a.test"));
await t("resolve mx", () => p.resolve("a.test", "MX"));
await t("resolve soa", async () => (await p.resolve("a.test", "SOA")).nsname);
for (const k of ["nope.test", "fail.test", "refused.test", "notimp.test"]) await t(k, () => p.resolve4(k));
await t("nodata", () => p.resolveSrv("a.test"));
await t("bad", () => p.resolve4(5));
await t("type", () => p.resolve("a.test", "X"));
await t("rev bad", () => p.reverse("x"));
await t("empty", () => p.resolve4(""));
for (const [label, ask] of Object.entries({ cb: (d) => dns.resolve4("a.test", d), cb2: (d) => dns.resolve("a.test", "TXT", d), cb3: (d) => dns.reverse("1.2.3.4", d) })) await new Promise((done) => ask((e, r) => { log(label, e, r); done(); }));
await t("promisify", () => util.promisify(dns.resolveMx)("a.test"));
const r = new dns.Resolver({ timeout: 100, tries: 1 });
r.setServers([at]);
await new Promise((d) => r.resolve4("silent.test", (e) => { log("timeout", e.code, e.message); d(); }));
const r2 = new p.Resolver();
r2.setServers([at]);
const q = r2.resolve4("silent.test");
setTimeout(() => r2.cancel(), 20);
await t("cancel", () => q);
const s = (f) => { try { log("ok", f()) } catch (e) { log(e.name, e.code, e.message.split("\n")[0]) } };
s(() => dns.setServers(["x"]));
s(() => dns.setServers("x"));
s(() => dns.setServers([5]));
s(() => { r.setServers(["1.1.1.1", "[::1]:54", "::2", "[::3]", "2.2.2.2:53"]); return r.getServers(); });
s(() => new dns.Resolver({ timeout: -2 }));
s(() => new dns.Resolver({ tries: 0 }));
s(() => dns.resolve4("x"));
s(() => dns.lookupService("127.0.0.1", 80));
s(() => dns.lookupService("x", 80, () => {}));
s(() => dns.lookup("x", { family: 5 }, () => {}));
s(() => dns.lookup("x", { hints: 1 << 20 }, () => {}));
s(() => dns.lookup(5, () => {}));
await t("lookup", () => p.lookup("127.0.0.1"));
await t("lookup all", () => p.lookup("::1", { all: true }));
await t("lookup empty", () => p.lookup(""));
await t("lookup localhost", async () => (await p.lookup("localhost", 4)).address);
await t("no", async () => { try { await p.lookup("no.such.invalid") } catch (e) { return [["ENOTFOUND", "EAI_AGAIN"].includes(e.code), e.syscall, e.hostname, Object.keys(e)] } });
await t("service", async () => { const { hostname, service } = await p.lookupService("127.0.0.1", 22); return [typeof hostname, service]; });
server.close();
log(dns.NODATA, dns.CANCELLED, dns.getDefaultResultOrder());
