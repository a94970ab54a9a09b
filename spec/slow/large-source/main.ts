import "./large.ts";
console.log((globalThis as any).n);
