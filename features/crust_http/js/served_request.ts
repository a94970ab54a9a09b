// What stands behind a Request of a server. Never writes an answer.

import { IncomingRequest } from "crust:http/incoming";
import { Request, requestSource } from "crust:web/request";

export function incomingOf(request: unknown): IncomingRequest | undefined {
  const source = request instanceof Request ? requestSource(request) : null;
  return source instanceof IncomingRequest ? source : undefined;
}
