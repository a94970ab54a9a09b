// The module `node:test/reporters`: reporters over the events of `run()` and of `--reporter`.
import type { TestEvent } from "crust:test_api/reporter_node";

type Source = AsyncIterable<TestEvent>;

function mark({ skip, todo }: any): string {
  const shown = (name: string, value: unknown): string => (value === undefined ? "" : ` # ${name}${typeof value === "string" ? ` ${value}` : ""}`);
  return shown("SKIP", skip) + shown("TODO", todo);
}

function indented(text: string, by: string): string {
  return text.split("\n").map((line) => `${by}${line}\n`).join("");
}

export async function* tap(source: Source): AsyncGenerator<string> {
  yield "TAP version 13\n";
  for await (const { type, data } of source) {
    if (type === "test:pass" || type === "test:fail") {
      yield `${type === "test:pass" ? "ok" : "not ok"} ${data.testNumber} - ${data.name.replace(/[\\#]/g, "\\$&")}${mark(data)}\n`;
      yield `  ---\n  duration_ms: ${data.details.duration_ms}\n`;
      if (type === "test:fail") yield `  error: |-\n${indented(data.details.error.message, "    ")}`;
      yield "  ...\n";
    } else if (type === "test:plan") {
      yield `1..${data.count}\n`;
    } else if (type === "test:diagnostic") {
      yield `# ${data.message}\n`;
    }
  }
}

export async function* dot(source: Source): AsyncGenerator<string> {
  const failed: string[] = [];
  for await (const { type, data } of source) {
    if (type === "test:pass") yield ".";
    if (type !== "test:fail") continue;
    yield "X";
    failed.push(`✖ ${data.name}\n${indented(data.details.error.message, "  ")}`);
  }
  yield "\n";
  if (failed.length > 0) yield `\nFailed tests:\n\n${failed.join("\n")}`;
}

export const spec: any = async function* spec(source: Source): AsyncGenerator<string> {
  const failed: string[] = [];
  for await (const { type, data } of source) {
    if (type === "test:pass") yield `${data.skip === undefined ? "✔" : "﹣"} ${data.name} (${data.details.duration_ms}ms)${mark(data)}\n`;
    else if (type === "test:diagnostic") yield `ℹ ${data.message}\n`;
    if (type !== "test:fail") continue;
    yield `✖ ${data.name} (${data.details.duration_ms}ms)${mark(data)}\n`;
    failed.push(`✖ ${data.name}\n${indented(data.details.error.message, "  ")}`);
  }
  if (failed.length > 0) yield `\n✖ failing tests:\n\n${failed.join("\n")}`;
};

function missing(name: string): () => never {
  return () => { throw Object.assign(new Error(`The reporter ${name} of node:test/reporters is not supported: use crust test --reporter=junit or --coverage-reporter=lcov`), { code: "ERR_NOT_IMPLEMENTED" }); };
}
export const junit: any = missing("junit");
export const lcov: any = missing("lcov");

export default { tap, dot, spec, junit, lcov };
