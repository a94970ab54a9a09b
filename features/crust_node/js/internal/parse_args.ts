// `util.parseArgs`: command-line arguments by a declared set of options. Pure; reads process.argv only for its default.

import { codes } from "crust:node/internal/errors";
import { validateArray, validateBoolean, validateObject, validateString, validateUnion } from "crust:node/internal/validators";

interface OptionConfig {
  type: "string" | "boolean";
  multiple?: boolean;
  short?: string;
  default?: unknown;
}

interface Token {
  kind: "option" | "positional" | "option-terminator";
  index: number;
  name?: string;
  rawName?: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

interface Settings {
  args: string[];
  strict: boolean;
  allowPositionals: boolean;
  allowNegative: boolean;
  tokens: boolean;
  options: Record<string, OptionConfig>;
}

function defaultArguments(): string[] {
  const { argv, execArgv } = process;
  const evaluates = execArgv.some((arg) => arg === "-e" || arg === "--eval" || arg === "-p" || arg === "--print");
  return argv.slice(evaluates ? 1 : 2);
}

function readSettings(config: any): Settings {
  const args = config.args ?? defaultArguments();
  const strict = config.strict ?? true;
  const allowPositionals = config.allowPositionals ?? !strict;
  const tokens = config.tokens ?? false;
  const allowNegative = config.allowNegative ?? false;
  const options = config.options ?? {};
  validateArray(args, "args");
  validateBoolean(strict, "strict");
  validateBoolean(allowPositionals, "allowPositionals");
  validateBoolean(tokens, "tokens");
  validateBoolean(allowNegative, "allowNegative");
  validateObject(options, "options");
  for (const [name, option] of Object.entries<any>(options)) validateOption(name, option);
  return { args: [...args], strict, allowPositionals, tokens, allowNegative, options };
}

function validateOption(name: string, option: any): void {
  const at = `options.${name}`;
  validateObject(option, at);
  validateUnion(option.type, `${at}.type`, ["string", "boolean"]);
  if (Object.hasOwn(option, "short")) {
    validateString(option.short, `${at}.short`);
    if (option.short.length !== 1) throw new codes.ERR_INVALID_ARG_VALUE!(`${at}.short`, option.short, "must be a single character");
  }
  if (Object.hasOwn(option, "multiple")) validateBoolean(option.multiple, `${at}.multiple`);
  if (option.default === undefined) return;
  const check = option.type === "string" ? validateString : validateBoolean;
  if (!option.multiple) return check(option.default, `${at}.default`);
  validateArray(option.default, `${at}.default`);
  option.default.forEach((value: unknown, index: number) => check(value, `${at}.default[${index}]`));
}

function longNameOf(short: string, options: Settings["options"]): string {
  return Object.entries(options).find(([, option]) => option.short === short)?.[0] ?? short;
}

const isString = (name: string, options: Settings["options"]): boolean => options[name]?.type === "string" && Object.hasOwn(options, name);

/** Whether `arg` can be the separate value of the option before it. */
function isValue(arg: string | undefined): arg is string {
  if (arg == null) return false;
  return arg === "-" || !arg.startsWith("-");
}

function tokenize({ args, options }: Settings): Token[] {
  const tokens: Token[] = [];
  // An expanded group such as `-abc` counts as one argument: its parts carry their own index.
  const queue = args.map((arg, index) => ({ arg, index }));
  const take = (name: string, rawName: string, index: number): Token => {
    let value: string | undefined;
    let inlineValue: boolean | undefined;
    const next = queue[0];
    if (isString(name, options) && next && isValue(next.arg)) {
      value = next.arg;
      inlineValue = false;
      queue.shift();
    }
    return { kind: "option", name, rawName, index, value, inlineValue };
  };
  while (queue.length > 0) {
    const { arg, index } = queue.shift()!;
    if (arg === "--") {
      tokens.push({ kind: "option-terminator", index });
      for (const rest of queue) tokens.push({ kind: "positional", index: rest.index, value: rest.arg });
      break;
    }
    if (/^-[^-]$/.test(arg)) {
      tokens.push(take(longNameOf(arg[1]!, options), arg, index));
    } else if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
      const name = longNameOf(arg[1]!, options);
      if (isString(name, options)) tokens.push({ kind: "option", name, rawName: arg.slice(0, 2), index, value: arg.slice(2), inlineValue: true });
      else queue.unshift(...expandGroup(arg, options).map((part) => ({ arg: part, index })));
    } else if (arg.startsWith("--")) {
      const equals = arg.indexOf("=", 3);
      if (equals !== -1) {
        const name = arg.slice(2, equals);
        tokens.push({ kind: "option", name, rawName: `--${name}`, index, value: arg.slice(equals + 1), inlineValue: true });
      } else tokens.push(take(arg.slice(2), arg, index));
    } else tokens.push({ kind: "positional", index, value: arg });
  }
  return tokens;
}

/** `-abc` → `-a -b -c`; a string option takes the rest of the group as its value. */
function expandGroup(arg: string, options: Settings["options"]): string[] {
  const parts: string[] = [];
  for (let i = 1; i < arg.length; i++) {
    const name = longNameOf(arg[i]!, options);
    if (isString(name, options) && i !== arg.length - 1) {
      parts.push(`-${arg.slice(i)}`);
      break;
    }
    parts.push(`-${arg[i]}`);
  }
  return parts;
}

function checkOption(token: Token, settings: Settings): void {
  const { options, args } = settings;
  const name = token.name!;
  const negated = settings.allowNegative && name.startsWith("no-") && !Object.hasOwn(options, name);
  const known = Object.hasOwn(options, name) || (negated && Object.hasOwn(options, name.slice(3)));
  if (!known) throw new codes.ERR_PARSE_ARGS_UNKNOWN_OPTION!(token.rawName, settings.allowPositionals);
  const option = options[Object.hasOwn(options, name) ? name : name.slice(3)]!;
  const shown = `${option.short ? `-${option.short}, ` : ""}--${name}`;
  const fail = (text: string) => {
    throw new codes.ERR_PARSE_ARGS_INVALID_OPTION_VALUE!(text);
  };
  if (option.type === "string" && typeof token.value !== "string") {
    const next = args[token.index + 1];
    if (next !== undefined && next.length > 1 && next.startsWith("-")) {
      const example = token.rawName!.startsWith("--") ? `'${token.rawName}=-XYZ'` : `'--${name}=-XYZ' or '${token.rawName}-XYZ'`;
      fail(`Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\nTo specify an option argument starting with a dash use ${example}.`);
    }
    fail(`Option '${shown} <value>' argument missing`);
  }
  if (option.type === "boolean" && token.value != null) fail(`Option '${shown}' does not take an argument`);
}

function checkDash(token: Token): void {
  if (token.inlineValue || !isDashValue(token)) return;
  const example = token.rawName!.startsWith("--") ? `'${token.rawName}=-XYZ'` : `'--${token.name}=-XYZ' or '${token.rawName}-XYZ'`;
  throw new codes.ERR_PARSE_ARGS_INVALID_OPTION_VALUE!(
    `Option '${token.rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${token.rawName}'?\nTo specify an option argument starting with a dash use ${example}.`,
  );
}

function isDashValue(token: Token): boolean {
  return typeof token.value === "string" && token.value.length > 1 && token.value.startsWith("-");
}

function store(name: string, value: unknown, options: Settings["options"], values: any): void {
  if (name === "__proto__") return;
  if (Object.hasOwn(options, name) && options[name]!.multiple) (values[name] ??= []).push(value);
  else values[name] = value;
}

export function parseArgs(config: any = {}): any {
  validateObject(config, "config");
  const settings = readSettings(config);
  const tokens = tokenize(settings);
  const result: any = { values: Object.create(null), positionals: [] };
  for (const token of tokens) {
    if (token.kind === "option") {
      if (settings.strict) {
        checkOption(token, settings);
        checkDash(token);
      }
      let name = token.name!;
      let value: unknown = token.value ?? true;
      if (settings.allowNegative && token.value === undefined && name.startsWith("no-") && !Object.hasOwn(settings.options, name)) {
        name = token.name = name.slice(3);
        value = false;
      }
      store(name, value, settings.options, result.values);
    } else if (token.kind === "positional") {
      if (!settings.allowPositionals) throw new codes.ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL!(token.value);
      result.positionals.push(token.value);
    }
  }
  for (const [name, option] of Object.entries(settings.options)) {
    if (option.default !== undefined && !Object.hasOwn(result.values, name)) result.values[name] = option.default;
  }
  if (settings.tokens) result.tokens = tokens;
  return result;
}
