const root = `/tmp/fs-bun-write-${process.pid}`;
const text = (name: string) => Bun.file(`${root}/${name}`).text();
console.log(await Bun.write(`${root}/deep/er/a.txt`, "héllo"), await text("deep/er/a.txt"));
console.log(await Bun.write(Bun.file(`${root}/b`), new Uint8Array([104, 105])), await text("b"));
console.log(await Bun.write(`${root}/c`, Bun.file(`${root}/b`)), await text("c"));
console.log(await Bun.write(`${root}/d`, new Response("response")), await text("d"));
console.log(await Bun.write(`${root}/e`, new Blob(["bl", "ob"])), await text("e"));
console.log(await Bun.write(`${root}/f`, new TextEncoder().encode("buffer").buffer), await text("f"));
console.log(await Bun.write(`${root}/d`, "shorter"), await text("d"));
console.log(await Bun.write(`${root}/g`, 5 as any), await text("g"), await Bun.write(`${root}/h`, ["a", "b"] as any), await text("h"));
console.log(await Bun.write(`${root}/i`, ""), (await Bun.file(`${root}/i`).exists()));
console.log(await Bun.write(Bun.stdout, "to standard output\n"));
console.log(await Bun.file(`${root}/d`).write("method"), await text("d"));
const big = "x".repeat(3_000_000);
console.log(await Bun.write(`${root}/big`, big), await Bun.write(`${root}/copy`, Bun.file(`${root}/big`)), (await text("copy")) === big);
for (const wrong of [undefined, null]) {
  try { Bun.write(`${root}/w`, wrong as any); } catch (error: any) { console.log(error.name, error.message, error.code); }
}
await Bun.write(`${root}/none/x`, "a", { createPath: false }).catch((error) => console.log(error.code));
await Bun.write("/proc/nothing", "a").catch((error) => console.log(error.code));
await Bun.write(`${root}/w`, Bun.file("/nothing")).catch((error) => console.log(error.code, error.syscall));
require("node:fs").rmSync(root, { recursive: true });
