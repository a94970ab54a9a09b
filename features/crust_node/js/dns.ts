// `node:dns`: looking names up as the system does. Queries to name servers do not exist here yet and refuse.

import { dnsLookup } from "crust:ops/node";
import { codes } from "crust:node/internal/errors";
import { kCustomPromisifyArgs } from "crust:node/internal/promisify";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { validateBoolean, validateFunction, validateOneOf, validateString } from "crust:node/internal/validators";

export const ADDRCONFIG = 32;
export const ALL = 16;
export const V4MAPPED = 8;

export const [
  NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM,
  DESTRUCTION, BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED,
] = [
  "ENODATA", "EFORMERR", "ESERVFAIL", "ENOTFOUND", "ENOTIMP", "EREFUSED", "EBADQUERY", "EBADNAME", "EBADFAMILY", "EBADRESP", "ECONNREFUSED",
  "ETIMEOUT", "EOF", "EFILE", "ENOMEM", "EDESTRUCTION", "EBADSTR", "EBADFLAGS", "ENONAME", "EBADHINTS", "ENOTINITIALIZED", "ELOADIPHLPAPI",
  "EADDRGETNETWORKPARAMS", "ECANCELLED",
] as const;

const orders = ["ipv4first", "ipv6first", "verbatim"];
let resultOrder = "verbatim";
export const getDefaultResultOrder = (): string => resultOrder;
export function setDefaultResultOrder(order: unknown): void {
  validateOneOf(order, "dnsOrder", orders);
  resultOrder = order as string;
}

interface Address {
  address: string;
  family: 4 | 6;
}

interface Wanted {
  family: number;
  all: boolean;
  order: string;
}

function readOptions(options: any): Wanted {
  if (typeof options === "number") {
    validateOneOf(options, "family", [0, 4, 6]);
    return { family: options, all: false, order: resultOrder };
  }
  if (options !== undefined && (options === null || typeof options !== "object")) throw new codes.ERR_INVALID_ARG_TYPE!("options", ["integer", "object"], options);
  const wanted: Wanted = { family: 0, all: false, order: resultOrder };
  if (options?.family != null) {
    const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family;
    validateOneOf(family, "options.family", [0, 4, 6]);
    wanted.family = family;
  }
  if (options?.all != null) {
    validateBoolean(options.all, "options.all");
    wanted.all = options.all;
  }
  if (options?.verbatim != null) wanted.order = options.verbatim ? "verbatim" : "ipv4first";
  if (options?.order != null) {
    validateOneOf(options.order, "options.order", orders);
    wanted.order = options.order;
  }
  return wanted;
}

function lookupError(code: string, hostname: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { errno: code === "ENOTFOUND" ? -3008 : -3001, code, syscall: "getaddrinfo", hostname });
}

async function findAddresses(hostname: string, wanted: Wanted): Promise<Address[]> {
  const { isIP } = require("node:net");
  const literal = isIP(hostname);
  if (literal) return [{ address: hostname, family: literal }];
  let found: string[];
  try {
    found = await dnsLookup(hostname);
  } catch (error: any) {
    throw lookupError(error?.code === "EAI_AGAIN" ? "EAI_AGAIN" : "ENOTFOUND", hostname);
  }
  let addresses = found.map((address): Address => ({ address, family: address.includes(":") ? 6 : 4 }));
  if (wanted.family) addresses = addresses.filter((one) => one.family === wanted.family);
  if (addresses.length === 0) throw lookupError("ENOTFOUND", hostname);
  const first = wanted.order === "ipv4first" ? 4 : wanted.order === "ipv6first" ? 6 : 0;
  if (first) addresses.sort((a, b) => Number(b.family === first) - Number(a.family === first));
  return addresses;
}

export function lookup(hostname: any, options: any, callback?: any): object {
  if (typeof options === "function") [callback, options] = [options, undefined];
  if (hostname) validateString(hostname, "hostname");
  const wanted = readOptions(options);
  validateFunction(callback, "callback");
  if (!hostname) {
    if (wanted.all) process.nextTick(callback, null, []);
    else process.nextTick(callback, null, null, wanted.family === 6 ? 6 : 4);
    return {};
  }
  findAddresses(hostname, wanted).then(
    (addresses) => process.nextTick(wanted.all ? () => callback(null, addresses) : () => callback(null, addresses[0]!.address, addresses[0]!.family)),
    (error) => process.nextTick(callback, error),
  );
  return {};
}
(lookup as any)[kCustomPromisifyArgs] = ["address", "family"];

async function lookupPromise(hostname: any, options?: any): Promise<any> {
  if (hostname) validateString(hostname, "hostname");
  const wanted = readOptions(options);
  if (!hostname) return wanted.all ? [] : { address: null, family: wanted.family === 6 ? 6 : 4 };
  const addresses = await findAddresses(hostname, wanted);
  return wanted.all ? addresses : addresses[0];
}

const queries = [
  "lookupService", "setServers", "getServers", "resolve", "resolve4", "resolve6", "resolveAny", "resolveCaa", "resolveCname", "resolveMx",
  "resolveNaptr", "resolveNs", "resolvePtr", "resolveSoa", "resolveSrv", "resolveTlsa", "resolveTxt", "reverse",
] as const;
export const {
  lookupService, setServers, getServers, resolve, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs,
  resolvePtr, resolveSoa, resolveSrv, resolveTlsa, resolveTxt, reverse,
} = refusedFunctions("dns", ...queries);
export const { Resolver } = refusedClasses("dns", "Resolver");

const failures = {
  NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM,
  DESTRUCTION, BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED,
};

export const promises: any = {
  lookup: lookupPromise,
  ...refusedFunctions("dns.promises", ...queries),
  ...refusedClasses("dns.promises", "Resolver"),
  getDefaultResultOrder, setDefaultResultOrder, ...failures,
};

export default {
  lookup, lookupService, Resolver, getDefaultResultOrder, setDefaultResultOrder, setServers, ADDRCONFIG, ALL, V4MAPPED, ...failures, getServers,
  resolve, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr, resolveSoa, resolveSrv,
  resolveTlsa, resolveTxt, reverse, promises,
};
