export default async function* (source) {
  for await (const { type, data } of source) {
    if (type === "test:pass") yield `ok ${data.testNumber} ${data.name}${data.skip ? " # skip" : ""}${data.todo ? " # todo" : ""}\n`;
    if (type === "test:fail") yield `not ok ${data.testNumber} ${data.name}: ${data.details.error.cause.message}\n`;
    if (type === "test:summary") yield `${data.counts.passed} of ${data.counts.tests}\n`;
  }
}
