// URLPattern of the URL Pattern standard. Patterns are compiled natively to regular expressions of the engine;
// matching runs here.

import { urlPatternInput, urlPatternParse } from "crust:ops/web";
import { codedTypeError, defineInterface, inspectCustom, isObject, toDOMString, toUSVString } from "crust:web/webidl";

export interface URLPatternInit {
  protocol?: string;
  username?: string;
  password?: string;
  hostname?: string;
  port?: string;
  pathname?: string;
  search?: string;
  hash?: string;
  baseURL?: string;
}

type URLPatternInput = string | URLPatternInit;

interface CompiledComponent {
  patternString: string;
  regexpString: string;
  groupNameList: string[];
}

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"] as const;
type ComponentName = (typeof COMPONENTS)[number];
const INIT_MEMBERS = [...COMPONENTS, "baseURL"] as const;

type Compiled = Record<ComponentName, CompiledComponent> & { hasRegexpGroups: boolean };

interface ComponentResult {
  input: string;
  groups: Record<string, string | undefined>;
}

// The input in the form the natives read: the JSON of a string or of the known members.
function inputJson(input: unknown): string {
  if (!isObject(input)) {
    return JSON.stringify(toUSVString(input));
  }
  const init: Record<string, string> = {};
  for (const member of INIT_MEMBERS) {
    const value = (input as Record<string, unknown>)[member];
    if (value !== undefined) {
      init[member] = toUSVString(value);
    }
  }
  return JSON.stringify(init);
}

function checkBase(input: unknown, base: string | undefined): string | undefined {
  if (base === undefined) {
    return undefined;
  }
  if (isObject(input)) {
    throw codedTypeError("ERR_INVALID_ARG_VALUE", "A base URL cannot be given together with an object");
  }
  return toUSVString(base);
}

export class URLPattern {
  #compiled: Compiled;
  #regexps: Partial<Record<ComponentName, RegExp>> = {};
  #flags: string;

  constructor(input: URLPatternInput = {}, base?: string | { ignoreCase?: boolean }, options?: { ignoreCase?: boolean }) {
    const baseUrl = isObject(base) || base === undefined ? undefined : toDOMString(base);
    const bag = isObject(base) ? (base as { ignoreCase?: boolean }) : options;
    const ignoreCase = Boolean(bag?.ignoreCase);
    this.#flags = ignoreCase ? "vi" : "v";
    this.#compiled = JSON.parse(urlPatternParse(inputJson(input), checkBase(input, baseUrl), ignoreCase)) as Compiled;
    // A component with groups of the user's own may be no valid expression; that shows now.
    for (const name of COMPONENTS) {
      if (this.#compiled.hasRegexpGroups) {
        this.#regexp(name);
      }
    }
  }

  #regexp(name: ComponentName): RegExp {
    let regexp = this.#regexps[name];
    if (regexp === undefined) {
      try {
        regexp = new RegExp(this.#compiled[name].regexpString, this.#flags);
      } catch (error) {
        throw codedTypeError("ERR_INVALID_URL_PATTERN", `Invalid URL pattern: ${(error as Error).message}`);
      }
      this.#regexps[name] = regexp;
    }
    return regexp;
  }

  get protocol(): string {
    return this.#compiled.protocol.patternString;
  }
  get username(): string {
    return this.#compiled.username.patternString;
  }
  get password(): string {
    return this.#compiled.password.patternString;
  }
  get hostname(): string {
    return this.#compiled.hostname.patternString;
  }
  get port(): string {
    return this.#compiled.port.patternString;
  }
  get pathname(): string {
    return this.#compiled.pathname.patternString;
  }
  get search(): string {
    return this.#compiled.search.patternString;
  }
  get hash(): string {
    return this.#compiled.hash.patternString;
  }
  get hasRegExpGroups(): boolean {
    return this.#compiled.hasRegexpGroups;
  }

  #components(input: URLPatternInput, base: string | undefined): Record<ComponentName, string> | null {
    const json = urlPatternInput(inputJson(input), checkBase(input, base));
    return json === null ? null : (JSON.parse(json) as Record<ComponentName, string>);
  }

  test(input: URLPatternInput = {}, base?: string): boolean {
    const components = this.#components(input, base);
    return components !== null && COMPONENTS.every((name) => this.#regexp(name).test(components[name]));
  }

  exec(input: URLPatternInput = {}, base?: string): object | null {
    const components = this.#components(input, base);
    if (components === null) {
      return null;
    }
    const result: Record<string, unknown> = { inputs: base === undefined ? [input] : [input, base] };
    for (const name of COMPONENTS) {
      const match = this.#regexp(name).exec(components[name]);
      if (match === null) {
        return null;
      }
      const groups: Record<string, string | undefined> = {};
      this.#compiled[name].groupNameList.forEach((group, index) => {
        groups[group] = match[index + 1];
      });
      result[name] = { input: components[name], groups } satisfies ComponentResult;
    }
    return result;
  }

  [inspectCustom](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { protocol, username, password, hostname, port, pathname, search, hash, hasRegExpGroups } = this;
    return `URLPattern ${inspect({ protocol, username, password, hostname, port, pathname, search, hash, hasRegExpGroups }, options)}`;
  }
}
defineInterface(URLPattern, "URLPattern");
