// Files as responses: types, dates, conditions, ranges, slices, directories and what is missing.
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "crust-"));
mkdirSync(join(folder, "sub"));
writeFileSync(join(folder, "digits.txt"), "0123456789");
writeFileSync(join(folder, "index.html"), "<h1>index</h1>");
writeFileSync(join(folder, "sub", "index.html"), "<h1>sub</h1>");
writeFileSync(join(folder, "empty.txt"), "");
utimesSync(join(folder, "digits.txt"), 1_700_000_000, 1_700_000_000);
writeFileSync(join(folder, "large.bin"), Buffer.alloc(3_000_000, "abc"));
const at = (name: string) => Bun.file(join(folder, name));
const server = Bun.serve({
  port: 0,
  routes: { "/route": at("digits.txt"), "/dir/*": { dir: folder } as never },
  fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    if (name === "slice") return new Response(at("digits.txt").slice(2, 6));
    if (name === "custom") return new Response(at("digits.txt"), { status: 404, headers: { "content-type": "text/x", "x-a": "b" } });
    return new Response(at(name));
  },
});
async function show(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<void> {
  const response = await fetch(new URL(path, server.url), { headers, method, redirect: "manual" });
  const text = await response.text();
  const shown = text.length > 40 ? `${text.length} bytes` : JSON.stringify(text);
  const fields = ["content-type", "content-range", "last-modified", "content-length", "location"].map((name) => response.headers.get(name)).filter((value) => value !== null);
  console.log(method, path, JSON.stringify(headers), response.status, shown, fields.join(" | "));
}
const modified = new Date(1_700_000_000_000).toUTCString();
for (const path of ["/route", "/digits.txt"]) {
  await show(path);
  await show(path, {}, "HEAD");
  await show(path, { range: "bytes=2-4" });
  await show(path, { range: "bytes=-3" });
  await show(path, { range: "bytes=7-" });
  await show(path, { range: "bytes=10-" });
  await show(path, { range: "bytes=5-2" });
  await show(path, { "if-modified-since": modified });
  await show(path, { "if-modified-since": new Date(0).toUTCString() });
  await show(path, { range: "bytes=0-1", "if-range": modified });
  await show(path, { range: "bytes=0-1", "if-range": '"stale"' });
}
await show("/slice");
await show("/custom");
await show("/large.bin");
await show("/empty.txt");
await show("/missing.txt");
await show("/dir/digits.txt", { range: "bytes=1-1" });
await show("/dir/");
await show("/dir/sub");
await show("/dir/sub/");
await show("/dir/missing");
await show("/dir/..%2f..%2fetc/passwd");
const known = await fetch(new URL("/route", server.url));
await known.text();
const again = await fetch(new URL("/route", server.url), { headers: { "if-none-match": known.headers.get("etag")! } });
console.log(again.status, again.headers.get("etag") === known.headers.get("etag"));
await server.stop();
