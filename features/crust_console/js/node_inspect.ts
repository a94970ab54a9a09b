// Node's `util.inspect`, `util.format` and `util.formatWithOptions`. The console prints in Bun's format, not in this one.
import { colors, CUSTOM, defaultOptions, makeContext, styles } from "crust:console/node_inspect/context";
import { formatArguments } from "crust:console/node_inspect/format";
import { formatValue } from "crust:console/node_inspect/values";

/** `inspect(value[, options])`; also `inspect(value, showHidden, depth, colors)`. */
export function inspect(value: unknown, ...rest: [options?: unknown, depth?: number | null, colors?: boolean]): string {
  const [options, depth, useColors] = rest;
  let given: Record<string, unknown> | undefined;
  if (typeof options === "boolean") {
    given = { showHidden: options };
    if (depth !== undefined) given["depth"] = depth;
    if (useColors !== undefined) given["colors"] = useColors;
  } else if (typeof options === "object" && options !== null) {
    given = options as Record<string, unknown>;
  }
  return formatValue(makeContext(given, formatValue), value, 0);
}

inspect.custom = CUSTOM;
inspect.colors = colors;
inspect.styles = styles;
Object.defineProperty(inspect, "defaultOptions", {
  get() { return defaultOptions; },
  set(options: unknown) {
    if (typeof options !== "object" || options === null) {
      const received = options === null ? "null" : typeof options;
      throw Object.assign(new TypeError(`The "options" argument must be of type object. Received ${received}`), { code: "ERR_INVALID_ARG_TYPE" });
    }
    Object.assign(defaultOptions, options);
  },
  enumerable: true,
});

export function format(...args: unknown[]): string {
  return formatArguments(inspect, {}, args);
}

export function formatWithOptions(options: object, ...args: unknown[]): string {
  if (typeof options !== "object" || options === null) {
    const received = options === null ? "null" : `type ${typeof options} (${String(options)})`;
    const error = new TypeError(`The "inspectOptions" argument must be of type object. Received ${received}`);
    throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
  }
  return formatArguments(inspect, options, args);
}
