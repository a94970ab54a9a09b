const log: string[] = [];
const resource = (name: string) => ({ name, [Symbol.dispose]() { log.push(`dispose ${name}`); } });
const later = (name: string) => ({ async [Symbol.asyncDispose]() { await 0; log.push(`async dispose ${name}`); } });
{
  using a = resource("a");
  using b = resource("b"), nothing = null;
  log.push(`in block ${a.name}${b.name}`);
}
for (using one of [resource("x"), resource("y")]) log.push(`loop ${one.name}`);
async function run() {
  await using first = later("first");
  using second = resource("second");
  return "returned";
}
log.push(await run());
try {
  using bad = { [Symbol.dispose]() { throw new Error("from dispose"); } };
  throw new Error("from body");
} catch (error: any) {
  log.push(`${error.name}: ${error.error.message} suppressed ${error.suppressed.message}`);
}
function* generator() { using g = resource("generator"); yield 1; yield 2; }
for (const value of generator()) { log.push(`yield ${value}`); break; }
console.log(log.join("\n"));
