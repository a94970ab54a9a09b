import { run } from "node:test";
import { spec, tap } from "node:test/reporters";

const names: string[] = [];
let summary: any;
const stream = run({ files: ["a.test.ts"] });
stream.on("test:pass", ({ name, testNumber }: any) => names.push(`pass ${testNumber} ${name}`));
stream.on("test:fail", ({ name, details }: any) => names.push(`fail ${name}: ${details.error.cause.message}`));
stream.on("test:summary", (data: any) => { summary = data; });
for await (const event of stream) if (event.type === "test:plan") names.push(`plan of ${event.data.count}`);
console.log(names);
console.log(summary.success, summary.counts.tests, summary.counts.passed, summary.counts.failed, summary.counts.skipped, summary.counts.todo);

const withoutTimes = (text: string): string => text.replace(/[\d.]+(?=ms\))|(?<=duration_ms:? )[\d.]+/g, "N");
const text = async (reporter: any, options: any): Promise<string> => withoutTimes((await run(options).compose(reporter).toArray()).join(""));
console.log(await text(tap, { files: ["a.test.ts"], testNamePatterns: [/passes/, "left out"] }));
console.log(await text(spec, { files: ["a.test.ts"], only: false }));
for (const options of [{ watch: true }, { coverage: true }]) {
  try {
    run(options);
  } catch (error: any) {
    console.log(error.code, error.message);
  }
}
