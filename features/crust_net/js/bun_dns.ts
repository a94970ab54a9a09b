// `Bun.dns`: lookups by the system's resolver with their statistics; the rest is `node:dns/promises`.

import * as native from "crust:ops/net";
import { invalid } from "crust:net/bun_handlers";
import { isIP } from "crust:net/ip";

const ADDRCONFIG = 32;
const ALL = 16;
const V4MAPPED = 8;
const BACKENDS = ["system", "libc", "getaddrinfo", "c-ares"];
/** Answers that `prefetch` keeps, and for how long: Bun's own figures. */
const CACHED = 256;
const CACHED_FOR = 30_000;

interface Cached {
  addresses: Promise<string[]>;
  until: number;
}

const cache = new Map<string, Cached>();
const statistics = { cacheHitsCompleted: 0, cacheHitsInflight: 0, cacheMisses: 0, errors: 0, totalCount: 0 };

function hostnameOf(hostname: unknown, name: string): string {
  if (typeof hostname !== "string") throw invalid("hostname must be a string");
  if (hostname === "") throw invalid(`Expected hostname to be a non-empty string for '${name}'.`);
  return hostname;
}

function familyOf(family: unknown): number {
  if (family === undefined || family === null || family === 0 || family === "any") return 0;
  if (family === 4 || family === "IPv4") return 4;
  if (family === 6 || family === "IPv6") return 6;
  throw new Error("Invalid options passed to lookup(): InvalidFamily");
}

function failure(error: any, hostname: string): Error {
  const code = error.code ?? "ENOTFOUND";
  const failed: any = new Error(`getaddrinfo ${code}`);
  failed.name = "DNSException";
  return Object.assign(failed, { code: `DNS_${code}`, syscall: "getaddrinfo", errno: code === "ENOTFOUND" ? 4 : error.errno, hostname });
}

function cached(hostname: string): Promise<string[]> | undefined {
  const entry = cache.get(hostname);
  if (entry === undefined) return undefined;
  if (entry.until >= performance.now()) return entry.addresses;
  cache.delete(hostname);
  return undefined;
}

function resolve(hostname: string): Promise<string[]> {
  statistics.totalCount++;
  const known = cached(hostname);
  if (known !== undefined) {
    statistics.cacheHitsCompleted++;
    return known;
  }
  statistics.cacheMisses++;
  const addresses: Promise<string[]> = native.lookupHost(hostname, 0, 0);
  if (cache.size >= CACHED) cache.delete(cache.keys().next().value!);
  cache.set(hostname, { addresses, until: performance.now() + CACHED_FOR });
  addresses.catch(() => {
    statistics.errors++;
    cache.delete(hostname);
  });
  return addresses;
}

async function lookup(hostname: unknown, options?: any): Promise<{ address: string; family: 4 | 6; ttl: number }[]> {
  const name = hostnameOf(hostname, "lookup");
  const family = familyOf(options?.family);
  const { backend, flags = 0 } = options ?? {};
  if (backend !== undefined && !BACKENDS.includes(backend)) throw new Error("Invalid options passed to lookup(): InvalidBackend");
  if (typeof flags !== "number" || (flags & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) {
    throw Object.assign(new TypeError(`The "flags" argument is invalid. Received type ${typeof flags} (${String(flags)})`), { code: "ERR_INVALID_ARG_VALUE" });
  }
  const literal = isIP(name);
  if (literal !== 0) return [{ address: name, family: literal, ttl: 0 }];
  let found: string[];
  try {
    found = await native.lookupHost(name, family, flags);
  } catch (error) {
    throw failure(error, name);
  }
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4, ttl: 0 }));
}

function prefetch(hostname: unknown, port?: unknown): void {
  void port;
  const name = hostnameOf(hostname, "prefetch");
  if (isIP(name) === 0) resolve(name).catch(() => {});
}

function getCacheStats(): Record<string, number> {
  const { cacheHitsCompleted, cacheHitsInflight, cacheMisses, errors, totalCount } = statistics;
  return { cacheHitsCompleted, cacheHitsInflight, cacheMisses, size: cache.size, errors, totalCount };
}

/** The addresses of a host for `Bun.connect`: what `prefetch` found, or the system's answer. */
export function addressesOf(hostname: string): Promise<string[]> {
  return resolve(hostname);
}

function promised(name: string): (...args: any[]) => Promise<any> {
  return { [name]: (...args: any[]) => require("crust:net/node_dns_promises").default[name](...args) }[name]!;
}

export const dns: Record<string, unknown> = {
  lookup,
  ...Object.fromEntries(
    ["resolve", "resolveSrv", "resolveTxt", "resolveSoa", "resolveNaptr", "resolveMx", "resolveCaa", "resolveNs", "resolvePtr", "resolveCname", "resolveAny"]
      .map((name) => [name, promised(name)]),
  ),
  getServers: () => require("crust:net/node_dns").default.getServers(),
  setServers: (servers: unknown) => require("crust:net/node_dns").default.setServers(servers),
  reverse: promised("reverse"),
  lookupService: promised("lookupService"),
  prefetch,
  getCacheStats,
  ADDRCONFIG,
  ALL,
  V4MAPPED,
};
