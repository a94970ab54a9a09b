import { file, inspect, semver, sleep, stringWidth, version, which, write } from "bun";
import bun from "bun";
import * as namespace from "bun";
console.log(file === Bun.file, write === Bun.write, sleep === Bun.sleep, inspect === Bun.inspect, version === Bun.version, which === Bun.which, bun === Bun, namespace.file === Bun.file);
console.log(require("bun") === Bun, typeof (Bun as any).noSuchThing, "noSuchThing" in Bun, Object.prototype.toString.call(Bun));
console.log(Bun.concatArrayBuffers([new Uint8Array([1]), new Uint8Array([2, 3])]), Bun.escapeHTML("<a href='x'>&\""), Bun.indexOfLine(new TextEncoder().encode("a\nb")), stringWidth("日本\x1b[31me\x1b[0m"), Bun.stripANSI("\x1b[31ma\x1b[0m"), /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(Bun.randomUUIDv7()));
console.log(await Bun.readableStreamToText(new Response("abc").body!), await Bun.readableStreamToJSON(new Response("[1]").body!), Bun.deepMatch({ a: { b: 1 } }, { a: { b: 1, c: 2 } }));
console.log(semver.satisfies("1.2.3", "^1.0.0"), semver.satisfies("2.0.0-rc.1", "^1.0.0"), ["1.10.0", "1.2.0", "1.2.0-beta"].sort(semver.order));
console.log(Bun.TOML.parse("a = 1\n[b]\nc = [1.5, inf]"), Bun.YAML.parse("a: [1, .nan]\nb: &x {c: d}\ne: *x"), (Bun as any).JSON5.parse("{a: 'x', /* c */ b: [1,],}"), (Bun as any).JSONC.parse('{"a": 1, // c\n}'));
for (const bad of [() => Bun.TOML.parse("a ="), () => Bun.YAML.parse("a: ["), () => (Bun as any).JSONC.parse("{")]) try { bad(); } catch (error: any) { console.log(error.name); }
console.log(Bun.resolveSync("fs/promises", "."), Bun.resolveSync("fs", "."), Bun.which("sh", { PATH: "" }), Bun.inspect.custom === Symbol.for("nodejs.util.inspect.custom"));
