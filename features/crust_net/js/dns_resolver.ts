// `dns.Resolver` and `dns.promises.Resolver`: questions to name servers, and the shapes of their answers.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateArray, validateFunction, validateInt32, validateString } from "crust:node/internal/validators";
import { failures, queryError } from "crust:net/dns_errors";
import { isIP, isIPv6 } from "crust:net/ip";

const DNS_PORT = 53;
const DEFAULT_TIMEOUT = 5000;
const DEFAULT_TRIES = 4;

const bracketed = /^\[([^[\]]*)\]/;
const addressAndPort = /^\[?([^[\]]*)\]?:(\d+)$/;

function parseServer(server: unknown, index: number): { address: string; port: number } {
  validateString(server, `servers[${index}]`);
  const text = server as string;
  if (isIP(text) !== 0) return { address: text, port: DNS_PORT };
  const inner = bracketed.exec(text)?.[1];
  if (inner !== undefined && isIPv6(inner)) return { address: inner, port: Number(addressAndPort.exec(text)?.[2] ?? DNS_PORT) };
  const [, address, port] = addressAndPort.exec(text) ?? [];
  if (address !== undefined && isIP(address) !== 0) return { address, port: Number(port) };
  throw new codes.ERR_INVALID_IP_ADDRESS!(text);
}

const show = (address: string, port: number): string => (isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`);

// How the records of each kind look.
const SHAPES: Record<string, (records: any[], options: any) => any> = {
  A: (records, options) => records.map(({ address, ttl }) => (options?.ttl ? { address, ttl } : address)),
  AAAA: (records, options) => records.map(({ address, ttl }) => (options?.ttl ? { address, ttl } : address)),
  CNAME: (records) => records.map(({ value }) => value),
  NS: (records) => records.map(({ value }) => value),
  PTR: (records) => records.map(({ value }) => value),
  TXT: (records) => records.map(({ entries }) => entries),
  MX: (records) => records.map(({ exchange, priority }) => ({ exchange, priority, type: "MX" })),
  SRV: (records) => records.map(({ name, port, priority, weight }) => ({ name, port, priority, weight, type: "SRV" })),
  NAPTR: (records) => records.map(({ type: _type, ...fields }) => fields),
  CAA: (records) => records.map(({ critical, tag, value }) => ({ critical, type: "CAA", [tag]: value })),
  SOA: (records) => withoutType(records[0]),
  TLSA: (records) => records.map(({ type: _type, data, ...fields }) => ({ ...fields, data: new Uint8Array(data).buffer })),
  ANY: (records) => records.map(anyRecord),
};

function withoutType({ type: _type, ...fields }: any): any {
  return fields;
}

function anyRecord(record: any): any {
  switch (record.type) {
    case "A": case "AAAA": return { address: record.address, ttl: record.ttl, type: record.type };
    case "CAA": return { critical: record.critical, type: "CAA", [record.tag]: record.value };
    case "TLSA": return { ...record, data: new Uint8Array(record.data).buffer };
    case "SOA": case "MX": case "SRV": case "NAPTR": return { ...withoutType(record), type: record.type };
    case "TXT": return { entries: record.entries, type: "TXT" };
    default: return { value: record.value, type: record.type };
  }
}

/** Method name → kind of record; Node's names of the calls are `query` and the method's end. */
export const METHODS: Record<string, string> = {
  resolve4: "A", resolve6: "AAAA", resolveAny: "ANY", resolveCaa: "CAA", resolveCname: "CNAME", resolveMx: "MX", resolveNaptr: "NAPTR", resolveNs: "NS",
  resolvePtr: "PTR", resolveSoa: "SOA", resolveSrv: "SRV", resolveTlsa: "TLSA", resolveTxt: "TXT",
};

const CALLS: Record<string, string> = { A: "queryA", AAAA: "queryAaaa", ANY: "queryAny" };
const callOf = (kind: string): string => CALLS[kind] ?? `query${kind[0]}${kind.slice(1).toLowerCase()}`;

/** The name under which an address is looked up backwards (RFC 1035 §3.5, RFC 3596 §2.5). */
function reverseName(address: string): string {
  if (isIP(address) === 4) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const groups = new URL(`http://[${address.split("%")[0]}]/`).hostname.slice(1, -1);
  const [head, tail] = groups.split("::") as [string, string | undefined];
  const [before, after] = [head === "" ? [] : head.split(":"), tail ? tail.split(":") : []];
  const all = tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill("0"), ...after];
  const digits = all.map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}

let nextId = 0;

/** The servers and limits of one resolver; both classes below are faces of it. */
export class Client {
  #id = nextId++;
  #timeout: number;
  #tries: number;
  #servers: string[] | undefined;

  constructor(options?: any) {
    const { timeout = -1, tries = DEFAULT_TRIES } = options ?? {};
    validateInt32(timeout, "options.timeout", -1);
    validateInt32(tries, "options.tries", 1);
    this.#timeout = timeout === -1 ? DEFAULT_TIMEOUT : timeout;
    this.#tries = tries;
  }

  #list(): string[] {
    this.#servers ??= native.dnsSystemServers().map((address: string) => show(address, DNS_PORT));
    return this.#servers!;
  }
  getServers(): string[] {
    return this.#list().map((server) => {
      const { address, port } = parseServer(server, 0);
      return port === DNS_PORT ? address : show(address, port);
    });
  }
  setServers(servers: unknown): void {
    validateArray(servers, "servers");
    this.#servers = (servers as unknown[]).map((server, index) => {
      const { address, port } = parseServer(server, index);
      return show(address, port);
    });
  }
  cancel(): void {
    native.dnsCancel(this.#id);
  }

  async query(name: string, kind: string, options: any): Promise<any> {
    return SHAPES[kind]!(await this.#ask(name, kind, callOf(kind), name), options);
  }
  async reverse(address: string): Promise<string[]> {
    const records = await this.#ask(reverseName(address), "PTR", "getHostByAddr", address);
    return records.map(({ value }) => value);
  }
  async #ask(name: string, kind: string, call: string, shown: string): Promise<any[]> {
    try {
      return JSON.parse(await native.dnsQuery(this.#id, name, kind, this.#list().join(","), this.#timeout, this.#tries));
    } catch (error: any) {
      throw queryError(error?.code ?? failures.BADRESP, call, shown);
    }
  }
}

function checkAddress(ip: unknown): void {
  validateString(ip, "name");
  if (isIP(ip) === 0) throw Object.assign(new Error(`getHostByAddr EINVAL ${ip}`), { errno: -22, code: "EINVAL", syscall: "getHostByAddr", hostname: ip });
}

function kindOf(rrtype: unknown): string {
  const kind = String(rrtype);
  if (!(kind in SHAPES)) throw new codes.ERR_INVALID_ARG_VALUE!("rrtype", rrtype);
  return kind;
}

// Answers a callback in a turn of its own, so that what it throws is nobody's rejection.
function answer(promise: Promise<any>, callback: (...args: any[]) => void): object {
  promise.then(
    (value) => process.nextTick(callback, null, value),
    (error) => process.nextTick(callback, error),
  );
  return {};
}

const kClient = Symbol("kClient");

class ResolverBase {
  [kClient]: Client;
  constructor(options?: any) {
    this[kClient] = new Client(options);
  }
  cancel(): void {
    this[kClient].cancel();
  }
  getServers(): string[] {
    return this[kClient].getServers();
  }
  setServers(servers: unknown): void {
    this[kClient].setServers(servers);
  }
  setLocalAddress(): never {
    throw new codes.ERR_NOT_IMPLEMENTED!("dns.Resolver.setLocalAddress");
  }
}

export class Resolver extends ResolverBase {
  resolve(name: any, rrtype?: any, callback?: any): object {
    if (typeof rrtype === "function") [callback, rrtype] = [rrtype, "A"];
    else if (rrtype === undefined) rrtype = "A";
    else validateString(rrtype, "rrtype");
    const kind = kindOf(rrtype);
    validateString(name, "name");
    validateFunction(callback, "callback");
    return answer(this[kClient].query(name, kind, undefined), callback);
  }
  reverse(ip: any, callback?: any): object {
    validateFunction(callback, "callback");
    checkAddress(ip);
    return answer(this[kClient].reverse(ip), callback);
  }
}

export class PromiseResolver extends ResolverBase {
  resolve(name: any, rrtype: any = "A"): Promise<any> {
    validateString(name, "name");
    return this[kClient].query(name, kindOf(rrtype), undefined);
  }
  reverse(ip: any): Promise<string[]> {
    checkAddress(ip);
    return this[kClient].reverse(ip);
  }
}

function define(Class: any, name: string, method: (...args: any[]) => any): void {
  Object.defineProperty(method, "name", { value: name });
  Object.defineProperty(Class.prototype, name, { value: method, writable: true, configurable: true, enumerable: false });
}

for (const [name, kind] of Object.entries(METHODS)) {
  define(Resolver, name, function (this: Resolver, host: any, options?: any, callback?: any): object {
    if (typeof options === "function") [callback, options] = [options, undefined];
    validateString(host, "name");
    validateFunction(callback, "callback");
    return answer(this[kClient].query(host, kind, options), callback);
  });
  define(PromiseResolver, name, function (this: PromiseResolver, host: any, options?: any): Promise<any> {
    validateString(host, "name");
    return this[kClient].query(host, kind, options);
  });
}

/** A resolver of either class that shares the servers of another. */
export function sharing(resolver: PromiseResolver, other: Resolver): void {
  resolver[kClient] = other[kClient];
}
