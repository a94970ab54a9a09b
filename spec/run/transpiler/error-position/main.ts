interface Padding { a: number;
  b: string }
type Row = { [key: string]: Padding };
function where(): string {
  const error: Error = new Error("here"); const frames = error.stack!.split("\n").filter((line) => line.includes("main.ts"));
  return frames.map((line) => line.match(/main\.ts:(\d+:\d+)/)![1]).slice(0, 2).join(" ");
}
const rows: Row = {}; console.log(rows && where());
