console.log(await Bun.write("out.txt", "täxt"), await Bun.file("out.txt").text());
console.log(await Bun.write("deep/er/out.bin", new Uint8Array([1, 2, 3])), (await Bun.file("deep/er/out.bin").bytes()).join());
console.log(await Bun.write("copy.txt", Bun.file("out.txt")), await Bun.file("copy.txt").text());
console.log(await Bun.write(Bun.file("blob.txt"), new Blob(["a", "b"])), await Bun.write("response.txt", new Response("body")), await Bun.file("response.txt").text());
console.log(await Bun.write("empty.txt", ""), Bun.file("empty.txt").size);
await Bun.write(Bun.stdout, "to stdout\n"); await Bun.write("out.txt", "x"); console.log(await Bun.file("out.txt").text());
await Bun.file("copy.txt").delete(); console.log(await Bun.file("copy.txt").exists());
const writer = Bun.file("writer.txt").writer(); writer.write("one "); writer.write(new Uint8Array([50])); await writer.end(); console.log(await Bun.file("writer.txt").text());
try { await Bun.write("/nowhere/at/all/\0", "x"); } catch (error: any) { console.log(error instanceof TypeError, error.code); }
