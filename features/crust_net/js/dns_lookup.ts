// `dns.lookup` and `dns.lookupService`: names as the system resolves them.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateNumber, validateOneOf, validatePort } from "crust:node/internal/validators";
import { isIP } from "crust:net/ip";
import { lookupError } from "crust:net/system_error";

export const ADDRCONFIG = 32;
export const ALL = 16;
export const V4MAPPED = 8;

const ORDERS = ["ipv4first", "ipv6first", "verbatim"];
let resultOrder = "verbatim";
export const getDefaultResultOrder = (): string => resultOrder;
export function setDefaultResultOrder(order: unknown): void {
  validateOneOf(order, "dnsOrder", ORDERS);
  resultOrder = order as string;
}

export interface Address {
  address: string;
  family: number;
}

export interface Wanted {
  family: number;
  all: boolean;
  order: string;
  hints: number;
}

export function readOptions(options: any): Wanted {
  const wanted: Wanted = { family: 0, all: false, order: resultOrder, hints: 0 };
  if (typeof options === "number") {
    validateOneOf(options, "family", [0, 4, 6]);
    return { ...wanted, family: options };
  }
  if (options !== undefined && (options === null || typeof options !== "object")) throw new codes.ERR_INVALID_ARG_TYPE!("options", ["integer", "object"], options);
  if (options?.hints != null) {
    validateNumber(options.hints, "options.hints");
    wanted.hints = options.hints >>> 0;
    if ((wanted.hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw new codes.ERR_INVALID_ARG_VALUE!("hints", options.hints);
  }
  if (options?.family != null) {
    const family = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family;
    validateOneOf(family, "options.family", [0, 4, 6]);
    wanted.family = family;
  }
  if (options?.all != null) {
    validateBoolean(options.all, "options.all");
    wanted.all = options.all;
  }
  if (options?.verbatim != null) {
    validateBoolean(options.verbatim, "options.verbatim");
    wanted.order = options.verbatim ? "verbatim" : "ipv4first";
  }
  if (options?.order != null) {
    validateOneOf(options.order, "options.order", ORDERS);
    wanted.order = options.order;
  }
  return wanted;
}

export async function findAddresses(hostname: string, wanted: Wanted): Promise<Address[]> {
  const literal = isIP(hostname);
  if (literal !== 0) return [{ address: hostname, family: literal }];
  let found: string[];
  try {
    found = await native.lookupHost(hostname, wanted.family, wanted.hints);
  } catch (error) {
    throw lookupError(error, hostname);
  }
  const addresses = found.map((address): Address => ({ address, family: address.includes(":") ? 6 : 4 }));
  const first = wanted.order === "ipv4first" ? 4 : wanted.order === "ipv6first" ? 6 : 0;
  if (first !== 0) addresses.sort((a, b) => Number(b.family === first) - Number(a.family === first));
  return addresses;
}

export async function findService(address: any, port: any): Promise<{ hostname: string; service: string }> {
  if (isIP(address) === 0) throw new codes.ERR_INVALID_ARG_VALUE!("address", address);
  const number = validatePort(port);
  try {
    const [hostname, service] = await native.lookupService(address, number);
    return { hostname, service };
  } catch (error: any) {
    const code = error?.code ?? "ENOTFOUND";
    throw Object.assign(new Error(`getnameinfo ${code} ${address}`), { errno: error?.errno, code, syscall: "getnameinfo", hostname: address });
  }
}
