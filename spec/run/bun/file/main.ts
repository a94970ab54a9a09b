const file = Bun.file("data.json");
console.log(file.size, file.type, file.name, await file.exists(), await Bun.file("nothing").exists(), Bun.file("nothing").size);
console.log(await file.json(), (await file.text()).length, (await file.arrayBuffer()).byteLength, (await file.bytes())[0], await file.slice(2, 8).text());
console.log(await Bun.file("nothing").text().catch((error) => `${error.code} ${error.syscall} ${error.path}`));
console.log(await Bun.file(new URL("data.json", import.meta.url)).text() === await file.text(), Bun.file("a.html").type, Bun.file("a.png").type, Bun.file("a.unknown").type, Bun.file("x", { type: "text/x" }).type);
let size = 0; for await (const chunk of file.stream()) size += chunk.length; console.log(size, file instanceof Blob);
console.log(typeof file.lastModified, file.lastModified > 1e12);
