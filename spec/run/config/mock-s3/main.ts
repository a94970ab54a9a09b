// The flag MOCK_S3: `Bun.s3` is a folder.
import { existsSync, readFileSync } from "node:fs";
import { S3Client as Imported } from "bun";
const { s3, S3Client } = Bun as any;
async function attempt(run: () => unknown): Promise<void> {
  try {
    console.log(await run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
const file = s3.file("a/b.txt");
console.log(file instanceof Blob, file.name, file.bucket, file.type, await file.exists());
await attempt(() => file.text());
await attempt(() => file.stat());
console.log(await file.write("hello"), await file.text(), await file.exists(), await s3.size("a/b.txt"));
console.log(readFileSync(".crust/s3/default/a/b.txt", "utf8"));
console.log(await s3.write("data.json", JSON.stringify({ x: 1 })), await s3.file("data.json").json());
console.log(await new Response(file).text(), await file.slice(1, 3).text(), await Bun.write("copy.txt", file));
const writer = s3.file("deep/er/log").writer();
writer.write("one ");
writer.write("two");
await writer.end();
console.log(await s3.file("deep/er/log").text());
const client = new S3Client({ bucket: "other" });
await client.write("k", new Uint8Array([1, 2, 3]));
console.log(await client.file("k").bytes(), await S3Client.exists("k", { bucket: "other" }), await s3.exists("k"), Imported === S3Client);
const keys = (list: any) => [list.name, list.keyCount, list.isTruncated, list.contents?.map((item: any) => item.key), list.commonPrefixes];
console.log(keys(await s3.list()));
console.log(keys(await s3.list({ prefix: "d", maxKeys: 1 })));
console.log(keys(await s3.list({ delimiter: "/", startAfter: "a" })));
const { size, type, lastModified } = await file.stat();
console.log(size, type, lastModified instanceof Date);
await file.delete();
await file.delete();
console.log(await file.exists(), existsSync(".crust/s3/default/a/b.txt"), keys(await client.list({ prefix: "none" })));
await attempt(() => file.presign());
for (const key of ["../x", "a//b", "", "a/../../b", "."]) await attempt(() => s3.file(key));
await attempt(() => s3.file(5));
await attempt(() => new S3Client({ bucket: "../up" }));
