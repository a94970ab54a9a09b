// The state of one `util.inspect` call: options with their defaults, colours and styles. Never formats a value.

export type Stylize = (text: string, style: string) => string;

export interface Context {
  showHidden: boolean;
  depth: number | null;
  colors: boolean;
  customInspect: boolean;
  showProxy: boolean;
  maxArrayLength: number;
  maxStringLength: number;
  breakLength: number;
  compact: number | boolean;
  sorted: boolean | ((a: string, b: string) => number);
  getters: boolean | "get" | "set";
  numericSeparator: boolean;
  stylize: Stylize;
  indentation: number;
  currentDepth: number;
  seen: object[];
  circular: Map<object, number> | undefined;
  /** Options beyond the known ones, handed on to custom inspection methods. */
  userOptions: Record<string, unknown> | undefined;
  /** The walk over a value; set by the module that owns it, so that the other files need not import it. */
  formatValue: (context: Context, value: unknown, depth: number, insideTyped?: boolean) => string;
}

/** How an entry of the output came about, which decides its layout. */
export const Entry = { Property: 0, Element: 1, Extra: 2 } as const;
export type Entry = (typeof Entry)[keyof typeof Entry];

export const CUSTOM = Symbol.for("nodejs.util.inspect.custom");

export const defaultOptions: Record<string, unknown> = Object.seal({
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
});

const DEFAULT_FOREGROUND = 39;
const DEFAULT_BACKGROUND = 49;

/** SGR codes that switch a colour or effect on and off. */
export const colors: Record<string, [number, number]> = Object.assign(Object.create(null) as Record<string, [number, number]>, {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, DEFAULT_FOREGROUND],
  red: [31, DEFAULT_FOREGROUND], green: [32, DEFAULT_FOREGROUND], yellow: [33, DEFAULT_FOREGROUND],
  blue: [34, DEFAULT_FOREGROUND], magenta: [35, DEFAULT_FOREGROUND], cyan: [36, DEFAULT_FOREGROUND],
  white: [37, DEFAULT_FOREGROUND], bgBlack: [40, DEFAULT_BACKGROUND], bgRed: [41, DEFAULT_BACKGROUND],
  bgGreen: [42, DEFAULT_BACKGROUND], bgYellow: [43, DEFAULT_BACKGROUND], bgBlue: [44, DEFAULT_BACKGROUND],
  bgMagenta: [45, DEFAULT_BACKGROUND], bgCyan: [46, DEFAULT_BACKGROUND], bgWhite: [47, DEFAULT_BACKGROUND],
  framed: [51, 54], overlined: [53, 55], gray: [90, DEFAULT_FOREGROUND], redBright: [91, DEFAULT_FOREGROUND],
  greenBright: [92, DEFAULT_FOREGROUND], yellowBright: [93, DEFAULT_FOREGROUND], blueBright: [94, DEFAULT_FOREGROUND],
  magentaBright: [95, DEFAULT_FOREGROUND], cyanBright: [96, DEFAULT_FOREGROUND], whiteBright: [97, DEFAULT_FOREGROUND],
  bgGray: [100, DEFAULT_BACKGROUND], bgRedBright: [101, DEFAULT_BACKGROUND], bgGreenBright: [102, DEFAULT_BACKGROUND],
  bgYellowBright: [103, DEFAULT_BACKGROUND], bgBlueBright: [104, DEFAULT_BACKGROUND],
  bgMagentaBright: [105, DEFAULT_BACKGROUND], bgCyanBright: [106, DEFAULT_BACKGROUND], bgWhiteBright: [107, DEFAULT_BACKGROUND],
} satisfies Record<string, [number, number]>);

function alias(target: string, name: string): void {
  Object.defineProperty(colors, name, {
    get() { return colors[target]; },
    set(value: [number, number]) { colors[target] = value; },
    configurable: true, enumerable: false,
  });
}
for (const [target, ...names] of [
  ["gray", "grey", "blackBright"], ["bgGray", "bgGrey", "bgBlackBright"], ["dim", "faint"],
  ["strikethrough", "crossedout", "strikeThrough", "crossedOut"], ["hidden", "conceal"],
  ["inverse", "swapColors", "swapcolors"], ["doubleunderline", "doubleUnderline"],
] as string[][]) {
  for (const name of names) alias(target as string, name);
}

/** The colour of every kind of value. */
export const styles: Record<string, string> = Object.assign(Object.create(null) as object, {
  special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey", null: "bold",
  string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline",
});

function withColor(text: string, style: string): string {
  const codes = colors[styles[style] ?? ""];
  return codes === undefined ? text : `\x1b[${codes[0]}m${text}\x1b[${codes[1]}m`;
}

export function withoutColor(text: string): string {
  return text;
}

export function makeContext(given: Record<string, unknown> | undefined, formatValue: Context["formatValue"]): Context {
  const context = {
    ...defaultOptions, stylize: withoutColor, indentation: 0, currentDepth: 0, seen: [], circular: undefined,
    userOptions: undefined, formatValue,
  } as unknown as Context;
  if (given !== undefined) {
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(defaultOptions, name) || name === "stylize") {
        (context as unknown as Record<string, unknown>)[name] = given[name];
      } else if (context.userOptions === undefined) {
        context.userOptions = given;
      }
    }
  }
  if (context.colors) context.stylize = withColor;
  if (context.maxArrayLength === null) context.maxArrayLength = Infinity;
  if (context.maxStringLength === null) context.maxStringLength = Infinity;
  return context;
}

/** The options as a custom inspection method receives them. */
export function optionsOf(context: Context): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(defaultOptions)) options[name] = (context as unknown as Record<string, unknown>)[name];
  Object.assign(options, context.userOptions);
  options["stylize"] = context.stylize;
  return options;
}
