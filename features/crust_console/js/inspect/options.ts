// Options of one inspection, checked and completed. Never formats anything.

export interface Settings {
  depth: number;
  colors: boolean;
  sorted: boolean;
  singleLine: boolean;
  /** The console method that prints; it decides how the heading of an error looks. */
  level: Level;
}

export type Level = "log" | "warn" | "error";

/** How deep `console.log` looks unless told otherwise. */
export const CONSOLE_DEPTH = 2;

/** How deep `Bun.inspect` looks unless told otherwise. */
const INSPECT_DEPTH = 8;

const LARGEST_DEPTH = 0x7fff;

/** The settings that `Bun.inspect(value, options)` or `Bun.inspect(value, depth, colors)` asks for. */
export function readOptions(options: unknown, colors: unknown): Settings {
  const settings: Settings = { depth: INSPECT_DEPTH, colors: false, sorted: false, singleLine: false, level: "error" };
  if (typeof options === "object" && options !== null) {
    const given = options as Record<string, unknown>;
    settings.depth = readDepth(given["depth"]);
    settings.colors = Boolean(given["colors"]);
    settings.sorted = given["sorted"] === true;
    settings.singleLine = Boolean(given["compact"]);
  } else {
    settings.depth = readDepth(options);
    settings.colors = colors === true;
  }
  return settings;
}

function readDepth(value: unknown): number {
  if (typeof value !== "number") return INSPECT_DEPTH;
  if (value === Infinity || value === -Infinity) return LARGEST_DEPTH;
  if (!Number.isInteger(value)) throw argumentError(`expected depth to be an integer, got ${value}`);
  if (value < 0) throw argumentError(`expected depth to be greater than or equal to 0, got ${value}`);
  return Math.min(value, LARGEST_DEPTH);
}

function argumentError(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}
