// The option `verbose`: heads of requests and responses on standard error, as curl shows them, and the command for
// curl itself. Bodies and credentials of proxies are never shown.

import type { Head } from "crust:fetch/exchange";
import type { Hop } from "crust:fetch/hop";

function print(text: string): void {
  (globalThis as unknown as { process: { stderr: { write(text: string): void } } }).process.stderr.write(text);
}

function pairs(list: string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    result.push([title(list[index] as string), list[index + 1] as string]);
  }
  return result;
}

// As fields are usually written: `content-type` is `Content-Type`.
function title(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}

export function printRequest(hop: Hop, fields: string, verbose: "lines" | "curl"): void {
  const list = pairs(fields.split("\0"));
  const { length } = hop.upload;
  if (length > 0) {
    list.push(["Content-Length", String(length)]);
  }
  if (verbose === "curl") {
    print(`${curl(hop, list)}\n`);
  }
  const lines = list.map(([name, value]) => `> ${name}: ${value}\n`);
  print(`> HTTP/1.1 ${hop.method} ${hop.url}\n${lines.join("")}`);
}

export function printResponse(head: Head): void {
  const lines = pairs(head.list).map(([name, value]) => `< ${name}: ${value}\n`);
  print(`< ${head.status} ${head.reason}\n${lines.join("")}\n`);
}

function curl(hop: Hop, list: [string, string][]): string {
  const words = ["curl", "--http1.1", quote(hop.url)];
  if (hop.method !== "GET") {
    words.push("-X", hop.method);
  }
  for (const [name, value] of list) {
    words.push("-H", quote(`${name}: ${value}`));
    if (name === "Accept-Encoding") {
      words.push("--compressed");
    }
  }
  return words.join(" ");
}

function quote(text: string): string {
  return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}
