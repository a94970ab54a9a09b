// `node:dns`.

import { codes } from "crust:node/internal/errors";
import { kCustomPromisifyArgs } from "crust:node/internal/promisify";
import { validateFunction, validateString } from "crust:node/internal/validators";
import { failures } from "crust:net/dns_errors";
import { ADDRCONFIG, ALL, findAddresses, findService, getDefaultResultOrder, readOptions, setDefaultResultOrder, V4MAPPED } from "crust:net/dns_lookup";
import { METHODS, PromiseResolver, Resolver, sharing } from "crust:net/dns_resolver";
import { isIP } from "crust:net/ip";

export { ADDRCONFIG, ALL, getDefaultResultOrder, Resolver, setDefaultResultOrder, V4MAPPED };
export const {
  NODATA, FORMERR, SERVFAIL, NOTFOUND, NOTIMP, REFUSED, BADQUERY, BADNAME, BADFAMILY, BADRESP, CONNREFUSED, TIMEOUT, EOF, FILE, NOMEM, DESTRUCTION,
  BADSTR, BADFLAGS, NONAME, BADHINTS, NOTINITIALIZED, LOADIPHLPAPI, ADDRGETNETWORKPARAMS, CANCELLED,
} = failures;

export function lookup(hostname: any, options: any, callback?: any): object {
  if (typeof options === "function") [callback, options] = [options, undefined];
  if (hostname) validateString(hostname, "hostname");
  const wanted = readOptions(options);
  validateFunction(callback, "callback");
  if (!hostname) throw new codes.ERR_INVALID_ARG_VALUE!("hostname", hostname, "must be a non-empty string");
  findAddresses(hostname, wanted).then(
    (addresses) => process.nextTick(wanted.all ? () => callback(null, addresses) : () => callback(null, addresses[0]!.address, addresses[0]!.family)),
    (error) => process.nextTick(callback, error),
  );
  return {};
}
(lookup as any)[kCustomPromisifyArgs] = ["address", "family"];

export function lookupService(address: any, port: any, callback?: any): object {
  if (arguments.length !== 3) throw new codes.ERR_MISSING_ARGS!("address", "port", "callback");
  if (isIP(address) === 0) throw new codes.ERR_INVALID_ARG_VALUE!("address", address);
  validateFunction(callback, "callback");
  findService(address, port).then(
    ({ hostname, service }) => process.nextTick(callback, null, hostname, service),
    (error) => process.nextTick(callback, error),
  );
  return {};
}
(lookupService as any)[kCustomPromisifyArgs] = ["hostname", "service"];

async function lookupPromise(hostname: any, options?: any): Promise<any> {
  if (hostname) validateString(hostname, "hostname");
  const wanted = readOptions(options);
  if (!hostname) throw new codes.ERR_INVALID_ARG_VALUE!("hostname", hostname, "must be a non-empty string");
  const addresses = await findAddresses(hostname, wanted);
  return wanted.all ? addresses : addresses[0];
}

// What the functions of the module ask; `setServers` changes it for both faces.
const shared = new Resolver();
const sharedPromises = new PromiseResolver();
sharing(sharedPromises, shared);

const NAMES = ["getServers", "setServers", "resolve", "reverse", ...Object.keys(METHODS)];
const bound = Object.fromEntries(NAMES.map((name) => [name, (shared as any)[name].bind(shared)])) as Record<string, (...args: any[]) => any>;
const boundPromises = Object.fromEntries(NAMES.map((name) => [name, (sharedPromises as any)[name].bind(sharedPromises)]));

export const {
  getServers, setServers, resolve, reverse, resolve4, resolve6, resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr,
  resolveSoa, resolveSrv, resolveTlsa, resolveTxt,
} = bound as Record<"getServers", any> & Record<string, any>;

export const promises: any = {
  lookup: lookupPromise,
  lookupService: async (address: any, port: any) => findService(address, port),
  Resolver: PromiseResolver,
  ...boundPromises,
  getDefaultResultOrder, setDefaultResultOrder, ...failures,
};

export default {
  lookup, lookupService, Resolver, getDefaultResultOrder, setDefaultResultOrder, ADDRCONFIG, ALL, V4MAPPED, ...failures, ...bound, promises,
};
