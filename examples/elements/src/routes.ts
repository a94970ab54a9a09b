// What the service answers, by path and method.

import settings from "@settings";
import { json, notFound, problem } from "@app/answers.ts";
import { FormulaError, parseFormula } from "@app/formula.ts";
import { renderPage } from "@app/page.ts";
import type { Query, Table } from "@app/table.ts";

/** More than any formula needs. */
const MAX_BODY = 10_000;

export function createRoutes(table: Table) {
  const page = renderPage(settings.title, table);
  return {
    "/": () => new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } }),
    "/health": new Response("ok"),
    "/api/categories": () => json(table.categories),
    "/api/elements": (request: Request) => list(table, new URL(request.url).searchParams),
    "/api/elements/:symbol": (request: Bun.BunRequest<"/api/elements/:symbol">) => {
      const element = table.find(request.params.symbol);
      return element ? json(element) : notFound(`element "${request.params.symbol}"`);
    },
    "/api/mass": {
      GET: () => problem(405, "send the formula with POST"),
      POST: (request: Request) => mass(table, request),
    },
    "/api/*": (request: Request) => notFound(new URL(request.url).pathname),
  };
}

function list(table: Table, parameters: URLSearchParams): Response {
  const text = (name: string) => parameters.get(name) ?? undefined;
  const number = (name: string) => (parameters.has(name) ? Number(parameters.get(name)) : undefined);
  const query: Query = { text: text("text"), category: text("category"), state: text("state"), period: number("period") };
  const limit = number("limit") ?? settings.pageSize;
  if (!Number.isInteger(limit) || limit < 0) return problem(400, "limit is a whole number");
  const found = table.filter(query);
  return json({ total: found.length, elements: found.slice(0, limit) });
}

async function mass(table: Table, request: Request): Promise<Response> {
  const body = await request.text();
  if (body.length > MAX_BODY) return problem(413, "the request is too long");
  let formula: unknown;
  try {
    formula = JSON.parse(body).formula;
  } catch {
    return problem(400, "the request is not JSON");
  }
  if (typeof formula !== "string") return problem(400, "formula is a text such as \"H2O\"");
  try {
    return json(weigh(table, formula));
  } catch (error) {
    if (error instanceof FormulaError) return problem(422, `${formula}: ${error.message}`);
    throw error;
  }
}

function weigh(table: Table, formula: string) {
  const atoms = [...parseFormula(formula)].map(([symbol, count]) => {
    const element = table.find(symbol);
    if (!element) throw new FormulaError(`there is no element "${symbol}"`);
    return { symbol, name: element.name, count, mass: element.mass * count };
  });
  const total = atoms.reduce((sum, atom) => sum + atom.mass, 0);
  return { formula, mass: Number(total.toFixed(3)), unit: "g/mol", atoms };
}
