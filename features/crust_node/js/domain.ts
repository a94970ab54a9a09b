// `node:domain`: deprecated error scopes, which do not exist here and refuse.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const { create, createDomain } = refusedFunctions("domain", "create", "createDomain");
export const { Domain } = refusedClasses("domain", "Domain");
export const active = null;
export const _stack: unknown[] = [];

export default { _stack, Domain, createDomain, create, active };
