// Routes of Bun.serve: exact paths before parameters before wildcards, longer ones first. Never touches a socket.

import { isResponse } from "crust:web/response";

export type Handler = (request: any, server: any) => unknown;
type Answer = Handler | object;

interface Route {
  answer: Answer;
  params?: Record<string, string>;
}

// What stands behind one path: one answer for every method, or one for each.
interface Target {
  any: Answer | undefined;
  methods: Map<string, Answer> | undefined;
}

interface Pattern {
  segments: string[];
  names: string[];
  wildcard: boolean;
  target: Target;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"]);

export interface Router {
  find(method: string, path: string): Route | undefined;
}

export function compileRoutes(routes: Record<string, unknown>): Router {
  if (routes === null || typeof routes !== "object") throw new TypeError("Bun.serve expects routes to be an object");
  const exact = new Map<string, Target>();
  const patterns: Pattern[] = [];
  for (const [path, value] of Object.entries(routes)) {
    if (!path.startsWith("/") && path !== "*") throw new TypeError(`Invalid route "${path}": routes begin with "/"`);
    // `false` leaves the path to `fetch`.
    const target = value === false ? { any: undefined, methods: undefined } : targetOf(path, value);
    if (path.includes(":") || path.includes("*")) patterns.push(patternOf(path, target));
    else exact.set(path, target);
  }
  patterns.sort(bySpecificity);
  return { find: (method, path) => find(exact, patterns, method, path) };
}

function targetOf(path: string, value: unknown): Target {
  if (typeof value === "function") return { any: value as Handler, methods: undefined };
  if (isResponse(value)) return { any: staticAnswer(value), methods: undefined };
  if (value === null || typeof value !== "object") {
    throw new TypeError(`Invalid route "${path}": expected a Response, a function, or an object of methods`);
  }
  if ("arrayBuffer" in value && "type" in value) {
    const file = value as Blob;
    return { any: () => new Response(file), methods: undefined };
  }
  const methods = new Map<string, Answer>();
  for (const [method, answer] of Object.entries(value)) {
    if (!METHODS.has(method)) throw new TypeError(`Invalid route "${path}": "${method}" is not a method Bun.serve routes by`);
    if (typeof answer !== "function" && !isResponse(answer)) {
      throw new TypeError(`Invalid route "${path}": ${method} must be a function or a Response`);
    }
    methods.set(method, isResponse(answer) ? staticAnswer(answer) : (answer as Handler));
  }
  return { any: undefined, methods };
}

// A static response is sent any number of times: each time as a copy.
function staticAnswer(response: { clone(): object }): Handler {
  return () => response.clone();
}

function patternOf(path: string, target: Target): Pattern {
  const segments = path === "*" ? ["*"] : path.slice(1).split("/");
  const names = segments.filter((segment) => segment.startsWith(":")).map((segment) => segment.slice(1));
  if (new Set(names).size !== names.length) throw new TypeError(`Invalid route "${path}": a parameter name repeats`);
  if (segments.slice(0, -1).includes("*")) throw new TypeError(`Invalid route "${path}": "*" must be the last part`);
  return { segments, names, wildcard: segments.at(-1) === "*", target };
}

// At the first difference a literal beats a parameter, which beats a wildcard.
function bySpecificity(a: Pattern, b: Pattern): number {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(segment: string | undefined): number {
  return segment === undefined ? 3 : segment === "*" ? 2 : segment.startsWith(":") ? 1 : 0;
}

function pick(target: Target, method: string): Answer | undefined {
  if (target.methods === undefined) return target.any;
  return target.methods.get(method) ?? (method === "HEAD" ? target.methods.get("GET") : undefined);
}

function find(exact: Map<string, Target>, patterns: Pattern[], method: string, path: string): Route | undefined {
  const target = exact.get(path);
  if (target !== undefined) {
    const answer = pick(target, method);
    if (answer !== undefined || target.methods === undefined) return answer === undefined ? undefined : { answer };
  }
  if (patterns.length === 0) return undefined;
  const segments = path.slice(1).split("/");
  for (const pattern of patterns) {
    const params = match(pattern, segments);
    if (params === undefined) continue;
    const answer = pick(pattern.target, method);
    if (answer !== undefined) return { answer, params };
    if (pattern.target.methods === undefined) return undefined;
  }
  return undefined;
}

function match(pattern: Pattern, segments: string[]): Record<string, string> | undefined {
  const fixed = pattern.wildcard ? pattern.segments.length - 1 : pattern.segments.length;
  if (pattern.wildcard ? segments.length < fixed : segments.length !== fixed) return undefined;
  const params: Record<string, string> = {};
  for (let index = 0; index < fixed; index++) {
    const expected = pattern.segments[index]!;
    const segment = segments[index]!;
    if (expected.startsWith(":")) {
      if (segment === "") return undefined;
      params[expected.slice(1)] = decode(segment);
    } else if (expected !== segment) {
      return undefined;
    }
  }
  return params;
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
