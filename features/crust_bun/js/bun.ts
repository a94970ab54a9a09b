// The `Bun` object. Every property is made when it is first read: the table names the module that has
// it. What Crust does not have yet is absent, so that `typeof Bun.x` tells the truth.

import { mocksS3 } from "crust:ops/config_api";

/** Version of Bun whose interface this is. */
const VERSION = "1.4.4";

type Make = () => unknown;

function from(module: string, name: string): Make {
  return () => (require(module) as Record<string, unknown>)[name];
}

const process = (): NodeJS.Process => (globalThis as unknown as { process: NodeJS.Process }).process;

/** Properties that are read once and then stay. */
const LAZY: Record<string, Make> = {
  revision: () => (require("crust:ops/bun") as typeof import("crust:ops/bun")).revision(),
  main: () => (require("crust:ops/core") as { mainFile(): string | null }).mainFile() ?? "",
  config: from("crust:config_api/config", "config"),
  inspect: from("crust:console/inspect", "inspect"),

  build: from("crust:build_api/build", "build"),
  plugin: from("crust:build_api/runtime_plugins", "plugin"),
  Transpiler: from("crust:build_api/transpiler", "Transpiler"),
  embeddedFiles: from("crust:build_api/embedded", "embeddedFiles"),
  isStandaloneExecutable: () => (require("crust:ops/build_api") as { isStandalone(): boolean }).isStandalone(),

  file: from("crust:fs/bun_file", "file"),
  write: from("crust:fs/bun_file", "write"),
  stdin: from("crust:fs/bun_file", "stdin"),
  stdout: from("crust:fs/bun_file", "stdout"),
  stderr: from("crust:fs/bun_file", "stderr"),
  serve: from("crust:http/serve", "serve"),
  Cookie: from("crust:http/cookies/cookie", "Cookie"),
  CookieMap: from("crust:http/cookies/cookie_map", "CookieMap"),
  listen: from("crust:net/bun_listen", "listen"),
  connect: from("crust:net/bun_listen", "connect"),
  udpSocket: from("crust:net/bun_udp", "udpSocket"),
  dns: from("crust:net/bun_dns", "dns"),
  spawn: from("crust:process/spawn", "spawn"),
  spawnSync: from("crust:process/spawn", "spawnSync"),
  Terminal: from("crust:process/pseudo_terminal", "Terminal"),
  fetch: () => globalThis.fetch,

  sleep: from("crust:bun/sleep", "sleep"),
  sleepSync: from("crust:bun/sleep", "sleepSync"),
  nanoseconds: from("crust:bun/sleep", "nanoseconds"),
  which: from("crust:bun/which", "which"),
  resolve: from("crust:bun/resolve", "resolve"),
  resolveSync: from("crust:bun/resolve", "resolveSync"),
  fileURLToPath: from("crust:node/url", "fileURLToPath"),
  pathToFileURL: from("crust:node/url", "pathToFileURL"),
  peek: from("crust:bun/peek", "peek"),
  deepEquals: from("crust:bun/equals", "deepEquals"),
  deepMatch: from("crust:bun/equals", "deepMatch"),
  gc: from("crust:bun/memory", "gc"),
  shrink: from("crust:bun/memory", "shrink"),
  allocUnsafe: from("crust:bun/memory", "allocUnsafe"),
  concatArrayBuffers: from("crust:bun/memory", "concatArrayBuffers"),
  indexOfLine: from("crust:bun/text", "indexOfLine"),
  escapeHTML: from("crust:bun/text", "escapeHTML"),
  stringWidth: from("crust:bun/text", "stringWidth"),
  stripANSI: from("crust:bun/text", "stripANSI"),
  enableANSIColors: () => (require("crust:ops/console") as { useColors(fd: number): boolean }).useColors(1),
  randomUUIDv7: from("crust:bun/uuid", "randomUUIDv7"),
  semver: from("crust:bun/semver", "semver"),
  TOML: from("crust:bun/formats", "TOML"),
  YAML: from("crust:bun/formats", "YAML"),
  JSON5: from("crust:bun/formats", "JSON5"),
  JSONC: from("crust:bun/formats", "JSONC"),
  readableStreamToArray: from("crust:bun/streams", "readableStreamToArray"),
  readableStreamToArrayBuffer: from("crust:bun/streams", "readableStreamToArrayBuffer"),
  readableStreamToBlob: from("crust:bun/streams", "readableStreamToBlob"),
  readableStreamToBytes: from("crust:bun/streams", "readableStreamToBytes"),
  readableStreamToFormData: from("crust:bun/streams", "readableStreamToFormData"),
  readableStreamToJSON: from("crust:bun/streams", "readableStreamToJSON"),
  readableStreamToText: from("crust:bun/streams", "readableStreamToText"),
};

function define(object: object, name: string, value: unknown, writable = true): void {
  Object.defineProperty(object, name, { value, writable, enumerable: true, configurable: true });
}

function defineLazy(object: object, name: string, make: Make): void {
  Object.defineProperty(object, name, {
    get() {
      const value = make();
      define(object, name, value);
      return value;
    },
    set(value: unknown) { define(object, name, value); },
    enumerable: true,
    configurable: true,
  });
}

function defineLive(object: object, name: string, get: Make): void {
  Object.defineProperty(object, name, { get, enumerable: true, configurable: true });
}

export const Bun: Record<string, unknown> = {};
define(Bun, "version", VERSION, false);
define(Bun, "isMainThread", true, false);
for (const [name, make] of Object.entries(LAZY)) defineLazy(Bun, name, make);
if (mocksS3()) {
  defineLazy(Bun, "s3", from("crust:bun/s3_mock", "s3"));
  defineLazy(Bun, "S3Client", from("crust:bun/s3_mock", "S3Client"));
}
// These are the process's own, also after a program replaced them there.
defineLive(Bun, "argv", () => process().argv);
defineLive(Bun, "cwd", () => process().cwd());
defineLive(Bun, "env", () => process().env);
Object.defineProperty(Bun, Symbol.toStringTag, { value: "Bun", configurable: true });

/** Named exports of the module `bun`: accessors of the same properties, so that none is made early. */
export const lazyExports: Record<string, unknown> = {};
for (const name of Object.keys(Bun)) defineLive(lazyExports, name, () => Bun[name]);

export default Bun;
