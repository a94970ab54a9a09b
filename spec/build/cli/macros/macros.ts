import { readFileSync } from "node:fs";

const text = readFileSync(import.meta.dir + "/version.txt", "utf8").trim();

export async function version() {
  const [major, minor] = text.split(".").map(Number);
  return { major, minor };
}

export function greet(name: string, { loud }: { loud: boolean }) {
  return `Hello, ${name}${loud ? "!" : "."}`;
}
