// The shapes of answers that are not pages: JSON, and problems with a status.

export function json(value: unknown, init?: ResponseInit): Response {
  return Response.json(value, init);
}

export function problem(status: number, message: string): Response {
  return json({ error: message }, { status });
}

export function notFound(what: string): Response {
  return problem(404, `there is no ${what}`);
}
