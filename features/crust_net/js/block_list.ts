// `net.BlockList` and `net.SocketAddress`. Never blocks anything itself.

import { codes } from "crust:node/internal/errors";
import { validateInt32, validateObject, validatePort, validateString, validateUint32 } from "crust:node/internal/validators";
import { isIPv4, isIPv6 } from "crust:net/ip";
import { invalidAddress } from "crust:net/net_errors";

type Family = "ipv4" | "ipv6";

function familyOf(family: any): Family {
  validateString(family, "options.family");
  const lower = family.toLowerCase();
  if (lower !== "ipv4" && lower !== "ipv6") throw new codes.ERR_INVALID_ARG_VALUE!("options.family", family);
  return lower;
}

export class SocketAddress {
  #address: string;
  #port: number;
  #family: Family;
  #flowlabel: number;

  static isSocketAddress(value: any): value is SocketAddress {
    return value !== null && typeof value === "object" && #address in value;
  }
  /** `1.2.3.4:80` and `[::1]:80`, the port perhaps left out; undefined for anything else. */
  static parse(input: unknown): SocketAddress | undefined {
    validateString(input, "input");
    const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(input as string);
    if (match === null) return undefined;
    const [, six, four, port = "0"] = match;
    if (Number(port) > 65535) return undefined;
    if (six !== undefined) return isIPv6(six) ? new SocketAddress({ address: six, port: Number(port), family: "ipv6" }) : undefined;
    return isIPv4(four) ? new SocketAddress({ address: four, port: Number(port), family: "ipv4" }) : undefined;
  }

  constructor(options: any = {}) {
    validateObject(options, "options");
    this.#family = options.family === undefined ? "ipv4" : familyOf(options.family);
    const { address = this.#family === "ipv4" ? "127.0.0.1" : "::", port = 0, flowlabel = 0 } = options;
    validateString(address, "options.address");
    this.#port = validatePort(port, "options.port");
    validateUint32(flowlabel, "options.flowlabel");
    if (!(this.#family === "ipv4" ? isIPv4(address) : isIPv6(address))) throw invalidAddress();
    this.#address = this.#family === "ipv6" ? fromNumber(toNumber(address), "ipv6") : address;
    this.#flowlabel = this.#family === "ipv6" ? flowlabel : 0;
  }
  get address(): string {
    return this.#address;
  }
  get port(): number {
    return this.#port;
  }
  get family(): Family {
    return this.#family;
  }
  get flowlabel(): number {
    return this.#flowlabel;
  }
  toJSON(): object {
    return { address: this.#address, port: this.#port, family: this.#family, flowlabel: this.#flowlabel };
  }
  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: any, inspect: any): string {
    return `SocketAddress ${inspect(this.toJSON(), options)}`;
  }
}

const V4_IN_V6 = 0xffffn << 32n;

/** An address as one number; IPv4 ones have 32 bits, IPv6 ones 128. */
function toNumber(address: string): bigint {
  const bare = address.split("%")[0]!;
  if (isIPv4(bare)) return bare.split(".").reduce((number, part) => (number << 8n) | BigInt(part), 0n);
  // The last two groups may be written as an IPv4 address.
  const plain = bare.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts) => {
    const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head, tail] = plain.split("::") as [string, string | undefined];
  const [before, after] = [head === "" ? [] : head.split(":"), tail === undefined || tail === "" ? [] : tail.split(":")];
  const groups = tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill("0"), ...after];
  return groups.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

/** The text of an address (RFC 5952). */
function fromNumber(number: bigint, family: Family): string {
  if (family === "ipv4") return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join(".");
  if (number >> 32n === 0xffffn) return `::ffff:${fromNumber(number & 0xffffffffn, "ipv4")}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(":");
  const runs = [...groups.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map((match) => match[0]);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return groups;
  const at = groups.indexOf(longest);
  const short = `${groups.slice(0, at)}::${groups.slice(at + longest.length).replace(/^:/, "")}`;
  return short.replace(/:{3,}/, "::");
}

interface Rule {
  kind: "Address" | "Range" | "Subnet";
  family: Family;
  first: bigint;
  last: bigint;
  prefix: number;
}

function readAddress(value: any, family: any, name: string): SocketAddress {
  if (SocketAddress.isSocketAddress(value)) return value;
  validateString(value, name);
  if (family !== undefined) validateString(family, "family");
  return new SocketAddress({ address: value, family: family ?? "ipv4" });
}

const ORDER = ["Address", "Subnet", "Range"];
const label = (family: Family): string => (family === "ipv4" ? "IPv4" : "IPv6");

export class BlockList {
  #rules: Rule[] = [];

  static isBlockList(value: any): value is BlockList {
    return value !== null && typeof value === "object" && #rules in value;
  }

  #add(kind: Rule["kind"], family: Family, first: bigint, last: bigint, prefix: number): void {
    const rule = { kind, family, first, last, prefix };
    // Node lists addresses as they came, then subnets and ranges with the newest first.
    const at = this.#rules.findIndex((other) => ORDER.indexOf(other.kind) >= ORDER.indexOf(kind) + (kind === "Address" ? 1 : 0));
    this.#rules.splice(at === -1 ? this.#rules.length : at, 0, rule);
  }
  addAddress(address: any, family?: any): void {
    const one = readAddress(address, family, "address");
    const number = toNumber(one.address);
    this.#add("Address", one.family, number, number, 0);
  }
  addRange(start: any, end: any, family?: any): void {
    const [first, last] = [readAddress(start, family, "start"), readAddress(end, family, "end")];
    const [from, to] = [toNumber(first.address), toNumber(last.address)];
    if (first.family !== last.family || from > to) throw new codes.ERR_INVALID_ARG_VALUE!("start", first, "must come before end");
    this.#add("Range", first.family, from, to, 0);
  }
  addSubnet(network: any, prefix: any, family?: any): void {
    const net = readAddress(network, family, "network");
    const bits = net.family === "ipv4" ? 32 : 128;
    validateInt32(prefix, "prefix", 0, bits);
    const host = BigInt(bits - prefix);
    const number = toNumber(net.address);
    const first = (number >> host) << host;
    this.#add("Subnet", net.family, first, first | ((1n << host) - 1n), prefix);
  }
  check(address: any, family?: any): boolean {
    let one: SocketAddress;
    try {
      one = readAddress(address, family, "address");
    } catch (error: any) {
      if (error.code === "ERR_INVALID_ADDRESS") return false;
      throw error;
    }
    const number = toNumber(one.address);
    return this.#rules.some((rule) => contains(rule, one.family, number));
  }
  get rules(): string[] {
    return this.#rules.map((rule) => {
      const text = fromNumber(rule.first, rule.family);
      if (rule.kind === "Address") return `Address: ${label(rule.family)} ${text}`;
      if (rule.kind === "Range") return `Range: ${label(rule.family)} ${text}-${fromNumber(rule.last, rule.family)}`;
      return `Subnet: ${label(rule.family)} ${text}/${rule.prefix}`;
    });
  }
  toJSON(): string[] {
    return this.rules;
  }
  fromJSON(data: any): void {
    const list = typeof data === "string" ? JSON.parse(data) : data;
    if (!Array.isArray(list)) throw new codes.ERR_INVALID_ARG_TYPE!("data", ["string", "string[]"], data);
    for (const text of list) this.#parse(text);
  }
  #parse(text: unknown): void {
    const match = typeof text === "string" ? /^(Address|Range|Subnet): IPv([46]) ([^/-]+)(?:[-/](.+))?$/.exec(text) : null;
    if (match === null) throw new codes.ERR_INVALID_ARG_VALUE!("data", text);
    const [, kind, version, first, second] = match;
    const family = `ipv${version}`;
    if (kind === "Address") this.addAddress(first, family);
    else if (kind === "Range") this.addRange(first, second, family);
    else this.addSubnet(first, Number(second), family);
  }
  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: any, inspect: any): string {
    return `BlockList ${inspect({ rules: this.rules }, options)}`;
  }
}

// An IPv4 address is also met by its form within IPv6, and the other way round.
function contains(rule: Rule, family: Family, number: bigint): boolean {
  const within = (value: bigint): boolean => value >= rule.first && value <= rule.last;
  if (rule.family === family) return within(number);
  if (family === "ipv4") return within(V4_IN_V6 | number);
  return number >> 32n === 0xffffn && within(number & 0xffffffffn);
}
