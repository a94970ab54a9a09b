const path = `/tmp/fs-bun-file-${process.pid}.json`;
await Bun.write(path, '{"a": [1, "é"]}');
const file = Bun.file(path);
console.log(file.size, file.type, file.name === path, file instanceof Blob, Object.prototype.toString.call(file), file.lastModified > 0);
console.log(await file.text(), await file.json(), (await file.bytes()).length, (await file.arrayBuffer()).byteLength, await file.exists());
const part = file.slice(1, 4, "text/x");
console.log(await part.text(), part.size, part.type, await file.slice(-3).text());
let size = 0;
for await (const chunk of file.stream()) size += chunk.length;
console.log(size);
const response = new Response(file);
console.log(response.headers.get("content-type"), await response.json());
console.log((await file.stat()).isFile());
await file.delete();
console.log(await Bun.file(path).exists(), await Bun.file("/tmp").exists(), Bun.file("/nothing").size);
for (const attempt of [() => Bun.file("/nothing").text(), () => Bun.file("/tmp").text(), () => Bun.file("/nothing").stat(), () => Bun.file("/nothing").delete()]) {
  await attempt().catch((error: any) => console.log(error.name, error.message, error.code, error.syscall));
}
for (const wrong of [undefined, {}, null]) {
  try { Bun.file(wrong as any); } catch (error: any) { console.log(error.name, error.message, error.code); }
}
console.log(["a.txt", "b.HTML", "c.mjs", "d.ts", "e", "f.zzz", "g.png", "h.tar.gz", "dir.js/i"].map((name) => Bun.file(name).type));
console.log(Bun.file("x", { type: "a/b" }).type, Bun.stdin, Bun.file("relative.css"), Bun.file(new URL("file:///a%20b")).name);
