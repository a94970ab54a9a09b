// Errors as `util.inspect` writes them: the stack, with a heading that names the real class.
import type { Context } from "crust:console/node_inspect/context";
import { prefix } from "crust:console/node_inspect/names";

function stackOf(error: Error): string {
  const { stack } = error;
  return stack ? String(stack) : Error.prototype.toString.call(error);
}

/** Leaves out of `keys` what the stack already says and adds `cause` and `errors`. */
function adjustKeys(context: Context, keys: PropertyKey[], error: Error, stack: string): void {
  if (!context.showHidden && keys.length > 0) {
    for (const name of ["name", "message", "stack"] as const) {
      const index = keys.indexOf(name);
      const value: unknown = error[name];
      if (index !== -1 && (typeof value !== "string" || stack.includes(value))) keys.splice(index, 1);
    }
  }
  if ("cause" in error && !keys.includes("cause")) keys.push("cause");
  if (Array.isArray((error as { errors?: unknown }).errors) && !keys.includes("errors")) keys.push("errors");
}

/** The first line names the constructor even when `name` was inherited or the prototype is gone. */
function improveHeading(stack: string, constructor: string | null, name: string, tag: string): string {
  const length = name.length;
  const startsWithName = name.endsWith("Error") && stack.startsWith(name) &&
    (stack.length === length || stack[length] === ":" || stack[length] === "\n");
  if (constructor !== null && !startsWithName) return stack;
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    const fallback = start?.[1] ?? "";
    return `${prefix(null, tag, fallback || "Error").slice(0, -1)}${stack.slice(fallback.length)}`;
  }
  const heading = prefix(constructor, tag, "Error").slice(0, -1);
  if (name === heading) return stack;
  return heading.includes(name) ? `${heading}${stack.slice(length)}` : `${heading} [${name}]${stack.slice(length)}`;
}

export function errorBase(context: Context, error: Error, constructor: string | null, tag: string, keys: PropertyKey[]): string {
  const name = error.name != null ? String(error.name) : "Error";
  const original = stackOf(error);
  adjustKeys(context, keys, error, original);
  let stack = improveHeading(original, constructor, name, tag);
  const message = typeof error.message === "string" ? error.message : "";
  const at = message === "" ? -1 : stack.indexOf(message);
  const frames = stack.indexOf("\n    at", at === -1 ? 0 : at + message.length);
  if (frames === -1) stack = `[${stack}]`;
  return context.indentation === 0 ? stack : stack.replaceAll("\n", `\n${" ".repeat(context.indentation)}`);
}
