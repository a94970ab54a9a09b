import { open, rm } from "node:fs/promises";

const path = `/tmp/fs-handles-${process.pid}`;
const handle = await open(path, "w+");
console.log((await handle.write("hello world")).bytesWritten, (await handle.stat()).size);
const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 6);
console.log(bytesRead, buffer.toString());
await handle.truncate(5);
await handle.writeFile("!");
await handle.datasync();
console.log((await handle.read({ buffer: Buffer.alloc(20), position: 0 })).bytesRead);
await handle.close();
console.log(handle.fd);
await handle.stat().catch((error) => console.log(error.code));
const again = await open(path);
console.log(JSON.stringify(await again.readFile("utf8")));
await again.close();
await rm(path);
