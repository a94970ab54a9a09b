import url from "node:url"; import qs from "node:querystring"; import punycode from "node:punycode"; import { StringDecoder } from "node:string_decoder";
process.chdir("/"); process.noDeprecation = true; process.removeAllListeners("warning");
const show = (x) => x instanceof Error ? `${x.name}|${x.code}|${x.message}` : x instanceof URL ? x.href : JSON.stringify(x);
const t = (label, f) => { let r; try { r = f(); } catch (e) { r = e; } console.log(label, show(r)); };
const bytes = [Buffer.from("日本😀é"), Buffer.from([0xe6, 0x97]), Buffer.from([0xff, 0xc3, 0x28, 0xf0, 0x90, 0xe2, 0x82]), Buffer.from([0xe0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xf5, 0xc0, 0xc1]), Buffer.from("a日b", "utf16le"), Buffer.from([0xf0, 0x9f, 0x98])];
for (const e of ["utf8", "utf16le", "base64", "base64url", "hex", "latin1", "ascii", undefined, "UCS-2"]) for (const b of bytes) for (const n of [1, 2, 3, 5, 100]) { const d = new StringDecoder(e); const out = []; for (let i = 0; i < b.length; i += n) out.push(d.write(b.subarray(i, i + n))); out.push(d.end()); console.log("%s", `${e} ${n} ${JSON.stringify(out)} ${d.encoding}`); }
t("sd", () => new StringDecoder("bad")); t("sd", () => new StringDecoder().write(5)); t("sd", () => new StringDecoder().write("str")); { const d = new StringDecoder(); d.write(Buffer.from([0xe6])); console.log(d.lastNeed, d.lastTotal, [...d.lastChar].slice(0, 1)); d.end(); console.log(d.end(Buffer.from([0xe6]))); }

