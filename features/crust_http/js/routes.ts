// The `routes` of Bun.serve as the natives match them: a table of paths, methods and answers, and the functions that
// JS calls. Static responses, files and directories are answered without JS. Never touches a socket.

import { fieldLines } from "crust:http/respond";
import { isResponse, peekResponseBody } from "crust:web/response";
import type { Response } from "crust:web/response";

export type Handler = (request: any, server: any) => unknown;

/** Where a parameter stands in a path. */
export interface Parameter {
  name: string;
  segment: number;
}

export interface RouteTable {
  /** Eight values for each route, see `setRoutes` in the natives. */
  table: unknown[];
  handlers: Handler[];
  /** Parameters by pattern. */
  patterns: Parameter[][];
}

const METHODS = new Map(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"].map((name, index) => [name, index + 1]));
const ANY_METHOD = 0;
const KIND_FETCH = 0;
const KIND_HANDLER = 1;
const KIND_STATIC = 2;
const KIND_FILE = 3;
const KIND_DIRECTORY = 4;

const filePath = Symbol.for("crust.filePath");

function invalid(path: string, reason: string): TypeError {
  return Object.assign(new TypeError(`Invalid route "${path}": ${reason}`), { code: "ERR_INVALID_ARG_TYPE" });
}

export function compileRoutes(routes: Record<string, unknown>): RouteTable {
  if (routes === null || typeof routes !== "object") throw new TypeError("Bun.serve expects routes to be an object");
  const table: RouteTable = { table: [], handlers: [], patterns: [] };
  for (const [path, value] of Object.entries(routes)) addRoute(table, path, value);
  return table;
}

function addRoute(into: RouteTable, path: string, value: unknown): void {
  if (!path.startsWith("/") && path !== "*") throw invalid(path, 'routes begin with "/"');
  const pattern = into.patterns.push(parametersOf(path)) - 1;
  if (isByMethod(value)) {
    for (const [method, answer] of Object.entries(value)) {
      const number = METHODS.get(method);
      if (number === undefined) throw invalid(path, `"${method}" is not a method Bun.serve routes by`);
      addAnswer(into, path, number, pattern, answer, method);
    }
    return;
  }
  addAnswer(into, path, ANY_METHOD, pattern, value);
}

function isByMethod(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isResponse(value) && !("arrayBuffer" in value) && !("dir" in value);
}

function parametersOf(path: string): Parameter[] {
  const segments = path === "*" ? ["*"] : path.slice(1).split("/");
  const parameters: Parameter[] = [];
  segments.forEach((text, segment) => {
    if (text.startsWith(":")) parameters.push({ name: text.slice(1), segment });
  });
  if (new Set(parameters.map(({ name }) => name)).size !== parameters.length) throw invalid(path, "a parameter name repeats");
  if (parameters.some(({ name }) => name === "")) throw invalid(path, "a parameter has no name");
  if (segments.slice(0, -1).includes("*")) throw invalid(path, '"*" must be the last part');
  return parameters;
}

function addAnswer(into: RouteTable, path: string, method: number, pattern: number, value: unknown, methodName?: string): void {
  const answer = answerOf(into, path, value, methodName);
  // A client sends characters beyond ASCII encoded.
  const encoded = encodeURI(path).replaceAll("%25", "%");
  for (const form of new Set([path, encoded])) into.table.push(form, method, pattern, ...answer);
}

type Answer = [kind: number, first: unknown, second: unknown, third: unknown, fourth: unknown];

function answerOf(into: RouteTable, path: string, value: unknown, method: string | undefined): Answer {
  if (typeof value === "function") return handlerAnswer(into, value as Handler);
  // `false` leaves the path to `fetch`.
  if (value === false) return [KIND_FETCH, 0, 0, 0, 0];
  if (isResponse(value)) return responseAnswer(into, value);
  if (typeof value === "object" && value !== null) {
    if ("dir" in value) return directoryAnswer(path, (value as { dir: unknown }).dir);
    if ("arrayBuffer" in value) return fileAnswer(into, value as unknown as Blob);
  }
  throw invalid(path, method === undefined ? "expected a Response, a function, or an object of methods" : `${method} must be a function or a Response`);
}

function handlerAnswer(into: RouteTable, handler: Handler): Answer {
  return [KIND_HANDLER, into.handlers.push(handler) - 1, 0, 0, 0];
}

function responseAnswer(into: RouteTable, response: Response): Answer {
  const body = peekResponseBody(response);
  const fields = fieldLines(response);
  const lines = typeof fields === "number" ? ["", "Content-Type: text/plain;charset=utf-8\r\n", "Content-Type: application/json;charset=utf-8\r\n"][fields]! : fields;
  if (response.body === null || typeof body === "string" || body instanceof Uint8Array) {
    return [KIND_STATIC, response.status, response.statusText, lines, body ?? undefined];
  }
  const path = body === null ? undefined : (body as Blob & { [filePath]?: unknown })[filePath];
  if (typeof path === "string" && isWhole(body as Blob)) return [KIND_FILE, path, (body as Blob).type, lines, response.status];
  // Sent any number of times: each time as a copy.
  return handlerAnswer(into, () => response.clone());
}

function isWhole(file: Blob): boolean {
  const { filePlace } = require("crust:fs/bun_file") as typeof import("crust:fs/bun_file");
  const { start, end } = filePlace(file as never);
  return start === 0 && end < 0;
}

function fileAnswer(into: RouteTable, file: Blob): Answer {
  const path = (file as Blob & { [filePath]?: unknown })[filePath];
  if (typeof path === "string" && isWhole(file)) return [KIND_FILE, path, file.type, "", 200];
  return handlerAnswer(into, () => new Response(file));
}

function directoryAnswer(path: string, directory: unknown): Answer {
  if (typeof directory !== "string" || directory === "") throw invalid(path, "dir must be the path of a directory");
  if (!path.endsWith("/*")) throw invalid(path, 'the path of a directory ends with "/*"');
  const { resolve } = require("crust:node/path") as { resolve(path: string): string };
  return [KIND_DIRECTORY, resolve(directory), path.slice(0, -1), 0, 0];
}
