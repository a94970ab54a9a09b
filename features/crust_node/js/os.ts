// `node:os`: facts about the machine, read when asked. Changes nothing but a process's priority.

import { osCpus, osFacts, osGetPriority, osInterfaces, osMemory, osSetPriority, osUptime, osUser } from "crust:ops/node";
import { dlopen, errno, priority, signals } from "crust:node/internal/os_constants";
import { validateInt32 } from "crust:node/internal/validators";

export const EOL = "\n";
export const devNull = "/dev/null";

function frozen<T extends object>(values: T): T {
  return Object.freeze(Object.assign(Object.create(null), values));
}
export const constants = Object.assign(Object.create(null), {
  UV_UDP_REUSEADDR: 4,
  dlopen: frozen(dlopen),
  errno: frozen(errno),
  signals: frozen(signals),
  priority: frozen(priority),
});

interface Facts {
  hostname: string;
  system: string;
  release: string;
  version: string;
  machine: string;
}
/** One `uname` answers five questions. */
function facts(): Facts {
  return JSON.parse(osFacts());
}

export const hostname = (): string => facts().hostname;
export const type = (): string => facts().system;
export const release = (): string => facts().release;
export const version = (): string => facts().version;
export const machine = (): string => facts().machine;
export const arch = (): string => process.arch;
export const platform = (): string => process.platform;
export const endianness = (): "BE" | "LE" => (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "LE" : "BE");
export const uptime = (): number => osUptime();
export const totalmem = (): number => osMemory()[0];
export const freemem = (): number => osMemory()[1];
export const loadavg = (): number[] => osMemory().slice(2);
export const availableParallelism = (): number => Math.max(JSON.parse(osCpus()).available, 1);

for (const fn of [hostname, type, release, version, machine, arch, platform, endianness, uptime, totalmem, freemem, availableParallelism]) {
  // `${os.hostname}` reads as the value itself.
  Object.defineProperty(fn, Symbol.toPrimitive, { value: () => (fn as () => unknown)(), configurable: true });
}

export function cpus(): object[] {
  return JSON.parse(osCpus()).cpus;
}

export function homedir(): string {
  return process.env["HOME"] || JSON.parse(osUser()).homedir;
}
Object.defineProperty(homedir, Symbol.toPrimitive, { value: () => homedir(), configurable: true });

export function tmpdir(): string {
  const { TMPDIR, TMP, TEMP } = process.env as Record<string, string | undefined>;
  const path = TMPDIR || TMP || TEMP || "/tmp";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
Object.defineProperty(tmpdir, Symbol.toPrimitive, { value: () => tmpdir(), configurable: true });

export function userInfo(options?: { encoding?: string }): object {
  const info = JSON.parse(osUser());
  if (options?.encoding === "buffer") {
    const { Buffer } = require("node:buffer");
    for (const key of ["username", "homedir", "shell"]) if (info[key] !== null) info[key] = Buffer.from(info[key]);
  }
  return Object.assign(Object.create(null), info);
}

/** Bits set at the front of a netmask. */
function prefixLength(netmask: string, family: string): number {
  const groups = family === "IPv4" ? netmask.split(".").map(Number) : expandIPv6(netmask);
  let bits = 0;
  for (const group of groups) for (let rest = group; rest > 0; rest >>>= 1) bits += rest & 1;
  return bits;
}

function expandIPv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const parse = (part: string) => (part ? part.split(":").map((group) => Number.parseInt(group, 16)) : []);
  const front = parse(head);
  const back = tail === undefined ? [] : parse(tail);
  return [...front, ...new Array(Math.max(8 - front.length - back.length, 0)).fill(0), ...back];
}

export function networkInterfaces(): Record<string, object[]> {
  const result: Record<string, object[]> = {};
  for (const { name, ...entry } of JSON.parse(osInterfaces())) {
    const { address, netmask, family, mac, internal, scopeid } = entry;
    const cidr = `${address}/${prefixLength(netmask, family)}`;
    (result[name] ??= []).push({ address, netmask, family, mac, internal, cidr, ...(family === "IPv6" && { scopeid }) });
  }
  return result;
}

function systemError(errnoValue: number, syscall: string): never {
  const name = require("node:util").getSystemErrorName(-errnoValue);
  const message = require("node:util").getSystemErrorMessage(-errnoValue);
  const error: any = new Error(`A system error occurred: ${syscall} returned ${name} (${message})`);
  error.name = "SystemError";
  error.code = "ERR_SYSTEM_ERROR";
  error.info = { errno: -errnoValue, code: name, message, syscall };
  error.errno = -errnoValue;
  error.syscall = syscall;
  throw error;
}

export function getPriority(pid: any = 0): number {
  validateInt32(pid, "pid");
  const [value, failure] = osGetPriority(pid);
  return failure ? systemError(failure, "uv_os_getpriority") : value;
}

export function setPriority(pid: any, value?: any): void {
  if (value === undefined) {
    value = pid;
    pid = 0;
  }
  validateInt32(pid, "pid");
  validateInt32(value, "priority", -20, 19);
  const failure = osSetPriority(pid, value);
  if (failure) systemError(failure, "uv_os_setpriority");
}

export default {
  arch, availableParallelism, cpus, endianness, freemem, getPriority, homedir, hostname, loadavg, networkInterfaces, platform, release,
  setPriority, tmpdir, totalmem, type, userInfo, uptime, version, machine, constants, EOL, devNull,
};
