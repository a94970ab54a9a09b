// `export default { fetch }`: the server of a program that exports one. Never replaces a server the program started.

import { serve, Server } from "crust:http/serve";

function isServerOptions(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Server) && typeof (value as { fetch?: unknown }).fetch === "function";
}

function start(namespace: { default?: unknown }): void {
  const options = namespace.default;
  if (!isServerOptions(options)) return;
  const server = serve(options);
  console.log(`Started ${server.development ? "development server" : "server"}: ${server.url.href.replace(/\/$/, "")}`);
}

/** Starts what the program exports by default; a promise of its namespace stands for a top-level await. */
export function autoServe(namespace: { default?: unknown } | Promise<{ default?: unknown }>): void {
  // A failing program is reported by who runs it.
  if (namespace instanceof Promise) namespace.then(start, () => {});
  else start(namespace);
}
