// The rarer parts of `process`: memory, processor time, users and groups, configuration, `.env` files.

import { flush, heapUsage } from "crust:ops/core";
import * as native from "crust:ops/process";
import { codes } from "crust:node/internal/errors";
import { validateNumber, validateObject, validateString, validateUint32 } from "crust:node/internal/validators";

function rss(): number {
  return native.residentMemory();
}

export function memoryUsage(): Record<string, number> {
  const [used, capacity, external] = heapUsage();
  return { rss: rss(), heapTotal: capacity, heapUsed: used, external, arrayBuffers: external };
}
memoryUsage.rss = rss;

export function resourceUsage(): Record<string, number> {
  const [userCPUTime, systemCPUTime, maxRSS, sharedMemorySize, unsharedDataSize, unsharedStackSize, minorPageFault, majorPageFault, swappedOut, fsRead, fsWrite, ipcSent, ipcReceived, signalsCount, voluntaryContextSwitches, involuntaryContextSwitches] = native.resourceUsage(false);
  return {
    userCPUTime, systemCPUTime, maxRSS, sharedMemorySize, unsharedDataSize, unsharedStackSize, minorPageFault, majorPageFault, swappedOut, fsRead,
    fsWrite, ipcSent, ipcReceived, signalsCount, voluntaryContextSwitches, involuntaryContextSwitches,
  };
}

interface CpuTimes {
  user: number;
  system: number;
}

function cpuTimes(ofThread: boolean, previous: any): CpuTimes {
  const [user, system] = native.resourceUsage(ofThread);
  if (previous === undefined) return { user, system };
  validateObject(previous, "prevValue");
  for (const name of ["user", "system"]) {
    validateNumber(previous[name], `prevValue.${name}`);
    if (!(previous[name] >= 0 && previous[name] <= Number.MAX_SAFE_INTEGER)) throw new codes.ERR_INVALID_ARG_VALUE!(`prevValue.${name}`, previous[name]);
  }
  return { user: user - previous.user, system: system - previous.system };
}

export function cpuUsage(previous?: CpuTimes): CpuTimes {
  return cpuTimes(false, previous);
}
export function threadCpuUsage(previous?: CpuTimes): CpuTimes {
  return cpuTimes(true, previous);
}
export const constrainedMemory = (): number => native.constrainedMemory();
export const availableMemory = (): number => native.availableMemory();

export function umask(mask?: unknown): number {
  if (mask === undefined) return native.umask(-1);
  const { parseFileMode } = require("crust:node/internal/validators");
  return native.umask(parseFileMode(mask, "mask"));
}

export const getuid = (): number => native.ids()[0];
export const geteuid = (): number => native.ids()[1];
export const getgid = (): number => native.ids()[2];
export const getegid = (): number => native.ids()[3];
export const getgroups = (): number[] => native.groups();

function idOf(value: unknown, find: (name: string) => number | undefined, kind: string): number {
  if (typeof value === "number") {
    validateUint32(value, "id");
    return value;
  }
  if (typeof value !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("id", ["number", "string"], value);
  const found = find(value);
  if (found === undefined) throw new codes.ERR_UNKNOWN_CREDENTIAL!(kind, value);
  return found;
}
export const setuid = (id: unknown): void => native.setId("uid", idOf(id, native.findUser, "User"));
export const seteuid = (id: unknown): void => native.setId("euid", idOf(id, native.findUser, "User"));
export const setgid = (id: unknown): void => native.setId("gid", idOf(id, native.findGroup, "Group"));
export const setegid = (id: unknown): void => native.setId("egid", idOf(id, native.findGroup, "Group"));
export function setgroups(groups: unknown): void {
  if (!Array.isArray(groups)) throw new codes.ERR_INVALID_ARG_TYPE!("groups", "Array", groups);
  native.setGroups(groups.map((group) => idOf(group, native.findGroup, "Group")));
}

export const features = Object.freeze({
  inspector: false, debug: false, uv: true, ipv6: true, tls_alpn: true, tls_sni: true, tls_ocsp: true, tls: true, openssl_is_boringssl: false,
  cached_builtins: true, require_module: true, typescript: "transform",
});
export const config = Object.freeze({
  target_defaults: Object.freeze({ cflags: [], default_configuration: "Release", defines: [], include_dirs: [], libraries: [] }),
  variables: Object.freeze({ napi_build_version: "10", node_module_version: 147, node_byteorder: "little" }),
});
export const allowedNodeEnvironmentFlags: Set<string> = new Set([
  "--conditions", "--dns-result-order", "--enable-source-maps", "--expose-gc", "--import", "--max-http-header-size", "--no-deprecation", "--no-warnings",
  "--preserve-symlinks", "--preserve-symlinks-main", "--require", "--stack-trace-limit", "--throw-deprecation", "--title", "--trace-deprecation",
  "--trace-warnings", "--unhandled-rejections",
]);
export const sourceMapsEnabled = true;

export function loadEnvFile(path: any = ".env"): void {
  const file = path instanceof URL ? require("crust:node/url").fileURLToPath(path) : path;
  validateString(file, "path");
  const text = require("crust:fs/fs").readFileSync(file, "utf8");
  const parsed = require("crust:node/internal/parse_env").parseEnv(text);
  for (const name of Object.keys(parsed)) if (!(name in process.env)) process.env[name] = parsed[name];
}

export function execve(): never {
  throw Object.assign(new Error("process.execve() is not implemented"), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
}
export function openStdin(): unknown {
  (process as any).stdin.resume();
  return process.stdin;
}
export function getActiveResourcesInfo(): never {
  throw Object.assign(new Error("process.getActiveResourcesInfo() is not implemented"), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
}
export const _getActiveHandles = getActiveResourcesInfo;
export const _getActiveRequests = getActiveResourcesInfo;
export function _rawDebug(...args: unknown[]): void {
  flush();
  require("crust:ops/console").write(2, `${require("crust:node/util").format(...args)}\n`);
}
export function assert(condition: unknown, message?: string): void {
  if (!condition) throw new codes.ERR_ASSERTION!(message ?? "assertion error");
}

// Callbacks for when an object is collected or the process ends first.
interface Registered {
  reference: WeakRef<object>;
  callback: (object: object, event: string) => void;
}
function makeFinalization(): unknown {
  const entries = new Map<string, Set<Registered>>();
  const registry = new FinalizationRegistry<Registered>((entry) => {
    for (const set of entries.values()) set.delete(entry);
  });
  function register(event: string, object: object, callback: Registered["callback"]): void {
    let set = entries.get(event);
    if (set === undefined) {
      entries.set(event, (set = new Set()));
      process.on(event as "exit", () => {
        for (const entry of set!) {
          const alive = entry.reference.deref();
          if (alive !== undefined) entry.callback(alive, event);
        }
        set!.clear();
      });
    }
    const entry = { reference: new WeakRef(object), callback };
    set.add(entry);
    registry.register(object, entry, object);
  }
  return {
    register: (object: object, callback: Registered["callback"]) => register("exit", object, callback),
    registerBeforeExit: (object: object, callback: Registered["callback"]) => register("beforeExit", object, callback),
    unregister(object: object) {
      registry.unregister(object);
      for (const set of entries.values()) for (const entry of set) if (entry.reference.deref() === object) set.delete(entry);
    },
  };
}
export const finalization = makeFinalization();
