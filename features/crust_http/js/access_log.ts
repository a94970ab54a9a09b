// The access log of a server: one entry for each answered request, to a function or as a line on standard output.

import * as ops from "crust:ops/http";
import type { Finished } from "crust:http/dispatch";
import { invalid } from "crust:http/options";
import type { AccessLogEntry } from "crust:http/options";

function printLine(entry: AccessLogEntry): void {
  console.log(`${new Date().toISOString()} ${entry.address ?? "-"} ${entry.method} ${entry.url} ${entry.status} ${entry.duration.toFixed(2)}ms`);
}

export function accessLogger(option: unknown): Finished {
  if (option !== true && typeof option !== "function") throw invalid("Bun.serve expects accessLog to be a boolean or a function");
  const write = option === true ? printLine : (option as (entry: AccessLogEntry) => void);
  return (incoming, status, started) => {
    const peer = ops.peerAddress(incoming.handle) as { address: string } | null;
    write({ method: incoming.method, url: incoming.url, status, duration: performance.now() - started, address: peer?.address });
  };
}
