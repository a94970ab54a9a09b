type Frame = { name: string };
interface Unused { a: string }
function capture(this: void): string { const holder: { stack?: string } = {}; Error.captureStackTrace(holder); return holder.stack!; }
const frames: string = capture();
console.log(/main\.ts:3:\d+/.test(frames), /main\.ts:4:\d+/.test(frames), frames.includes("capture"));
const limited = (() => { Error.stackTraceLimit = 1; try { return new Error("x").stack!.split("\n").length; } finally { Error.stackTraceLimit = 10; } })();
console.log(limited);
