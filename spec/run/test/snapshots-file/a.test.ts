import { expect, test } from "vitest";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

test("file snapshots", async () => {
  const folder = mkdtempSync(join(tmpdir(), "file-snapshots-"));
  const [one, two] = [join(folder, "deep", "one.html"), join(folder, "two.txt")];
  try {
    await expect("<p>one</p>").toMatchFileSnapshot(one);
    expect(readFileSync(one, "utf8")).toBe("<p>one</p>");
    await expect("<p>one</p>").toMatchFileSnapshot(one);
    await expect({ a: 1 }).toMatchFileSnapshot(two);
    await expect(expect("<p>other</p>").toMatchFileSnapshot(one)).rejects.toThrow("other");
    expect(existsSync(two)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
test("beside the test file", async () => {
  await expect("as it is\n").toMatchFileSnapshot("./kept.txt");
});
test("differs", async () => {
  await expect("changed\n").toMatchFileSnapshot("./kept.txt");
});
