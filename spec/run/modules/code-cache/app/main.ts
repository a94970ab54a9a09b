import { describe, Counter } from "./part.ts";

const counter = new Counter();
console.log(describe(), counter.next(), counter.next());
try {
  counter.fail();
} catch (error) {
  console.log((error as Error).stack!.split("\n")[1]!.trim().replace(/\(.*\//, "("));
}
console.log(describe.toString().length, (await import("node:path")).basename("/a/b.c"));
