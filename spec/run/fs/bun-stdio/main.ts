let text = "";
const decoder = new TextDecoder();
for await (const chunk of Bun.stdin.stream()) text += decoder.decode(chunk);
console.log(JSON.stringify(text));
await Bun.write(Bun.stdout, "written\n");
const writer = Bun.stdout.writer();
writer.write("from a writer\n");
await writer.end();
console.log("last");
