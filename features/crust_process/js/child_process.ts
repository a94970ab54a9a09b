// `node:child_process`: children as event emitters, with their collected and synchronous forms.

import * as native from "crust:ops/process";
import { codes, AbortError } from "crust:node/internal/errors";
import { EventEmitter } from "crust:node/events";
import { kCustomPromisify } from "crust:node/internal/promisify";
import { validateFunction, validateString } from "crust:node/internal/validators";
import { checkMaxBuffer, normalize, spawnError, toSlots } from "crust:process/child_arguments";
import type { Normalized } from "crust:process/child_arguments";
import { signalNumber } from "crust:process/signals";

const Base = EventEmitter as any;
const MAX_BUFFER = 1024 * 1024;
// Starting them can fail for reasons that a program should hear of as an event.
const REPORTED = ["EACCES", "EAGAIN", "EMFILE", "ENFILE", "ENOENT", "EPERM", "ENOTDIR", "ENOEXEC", "E2BIG"];

export class ChildProcess extends Base {
  pid: number | undefined = undefined;
  stdin: any = null;
  stdout: any = null;
  stderr: any = null;
  stdio: any[] = [];
  exitCode: number | null = null;
  signalCode: string | null = null;
  killed = false;
  connected = false;
  spawnfile: string | null = null;
  spawnargs: string[] = [];
  channel: any = undefined;
  #id = -1;
  #open = 1;
  #ended = false;

  /** Starts the child; called once. */
  spawn(settings: Normalized): void {
    const { file, args, options, cwd, env } = settings;
    const slots = toSlots(options.stdio, false);
    if (slots.ipc >= 0) {
      if (options.serialization === "advanced") throw new codes.ERR_METHOD_NOT_IMPLEMENTED!("serialization: advanced");
      env.push("NODE_CHANNEL_FD", String(slots.ipc), "NODE_CHANNEL_SERIALIZATION_MODE", "json");
    }
    this.spawnfile = file;
    this.spawnargs = args;
    let started: number[];
    try {
      const spec = { file, args, cwd, env, stdio: slots.numbers, uid: options.uid ?? undefined, gid: options.gid ?? undefined, detached: options.detached === true };
      started = native.childSpawn(spec, (code: number | null, signal: string | null) => this.#exited(code, signal));
    } catch (error: any) {
      if (!REPORTED.includes(error.code)) throw error.errno === undefined ? error : spawnError(error, "spawn", file, args.slice(1));
      this.#refused(error, slots.numbers);
      return;
    }
    this.#id = started[0]!;
    this.pid = started[1]!;
    this.#connect(started.slice(2), slots.ipc);
    process.nextTick(() => this.emit("spawn"));
  }

  #connect(descriptors: number[], ipc: number): void {
    const { InputStream } = require("crust:process/input");
    const { OutputStream } = require("crust:process/pipe_output");
    this.stdio = descriptors.map((fd, index) => {
      if (fd < 0) return null;
      if (index === ipc) {
        require("crust:process/ipc").attachChannel(this, fd, () => this.#close());
        this.#open++;
        return null;
      }
      if (index === 0) return new OutputStream(fd);
      const stream = index > 2 ? require("crust:process/duplex_pipe").openDuplex(fd) : new InputStream(fd, { owned: true });
      this.#open++;
      stream.once("close", () => this.#close());
      return stream;
    });
    [this.stdin, this.stdout, this.stderr] = [this.stdio[0] ?? null, this.stdio[1] ?? null, this.stdio[2] ?? null];
  }

  #refused(error: any, stdio: number[]): void {
    const { Readable } = require("crust:node/internal/streams/readable");
    const { Writable } = require("crust:node/internal/streams/writable");
    this.stdio = stdio.map((slot, index) => {
      if (slot !== -2) return null;
      const stream = index === 0 ? new Writable({ write: (_chunk: unknown, _encoding: unknown, done: () => void) => done() }) : new Readable({ read() {} });
      stream.destroy();
      return stream;
    });
    [this.stdin, this.stdout, this.stderr] = [this.stdio[0] ?? null, this.stdio[1] ?? null, this.stdio[2] ?? null];
    process.nextTick(() => {
      this.exitCode = error.errno;
      this.emit("error", spawnError(error, "spawn", this.spawnfile!, this.spawnargs.slice(1)));
      this.#close();
    });
  }

  #exited(code: number | null, signal: string | null): void {
    this.exitCode = signal === null ? code : null;
    this.signalCode = signal;
    this.#ended = true;
    this.stdin?.destroy();
    this.emit("exit", this.exitCode, this.signalCode);
    // What nobody reads must not keep `close` from coming.
    process.nextTick(() => {
      for (const stream of this.stdio) if (stream !== null && stream !== this.stdin && stream.readable && stream.readableFlowing !== true && stream.listenerCount("readable") === 0) stream.resume();
    });
    this.#close();
  }

  #close(): void {
    if (--this.#open === 0) this.emit("close", this.exitCode, this.signalCode);
  }

  kill(signal: unknown = "SIGTERM"): boolean {
    const number = signal === 0 ? 0 : signalNumber(signal ?? "SIGTERM");
    if (this.pid === undefined || this.#ended) return false;
    try {
      native.kill(this.pid, number);
    } catch (error: any) {
      if (error.code === "ESRCH") return false;
      if (error.code === "EINVAL" || error.code === "ENOSYS") throw error;
      this.emit("error", error);
      return false;
    }
    if (number !== 0) this.killed = true;
    return true;
  }
  ref(): void {
    if (this.#id >= 0) native.childRef(this.#id, true);
  }
  unref(): void {
    if (this.#id >= 0) native.childRef(this.#id, false);
  }
  send(_message: unknown, ...rest: any[]): boolean {
    const error = new codes.ERR_IPC_CHANNEL_CLOSED!();
    const callback = rest.find((value) => typeof value === "function");
    if (callback !== undefined) process.nextTick(callback as never, error as never);
    else process.nextTick(() => this.emit("error", error));
    return false;
  }
  disconnect(): void {
    this.emit("error", new codes.ERR_IPC_DISCONNECTED!());
  }
  [Symbol.dispose](): void {
    if (!this.killed) this.kill();
  }
}

// Ends the child at a time limit or when a signal is aborted.
function limit(child: ChildProcess, options: any): void {
  if (options.timeout > 0) {
    const timer = setTimeout(() => {
      try {
        child.kill(options.killSignal ?? "SIGTERM");
      } catch (error) {
        child.emit("error", error);
      }
    }, options.timeout);
    child.once("exit", () => clearTimeout(timer));
  }
  const { signal } = options;
  if (signal === undefined) return;
  const abort = (): void => {
    const error = new AbortError(undefined, { cause: signal.reason });
    if (child.kill(options.killSignal ?? "SIGTERM")) child.emit("error", error);
  };
  if (signal.aborted) process.nextTick(abort);
  else {
    signal.addEventListener("abort", abort, { once: true });
    child.once("exit", () => signal.removeEventListener("abort", abort));
  }
}

export function spawn(file: unknown, args?: any, options?: any): ChildProcess {
  const settings = normalize(file, args, options);
  const child = new ChildProcess();
  child.spawn(settings);
  limit(child, settings.options);
  return child;
}

type ExecCallback = (error: any, stdout: any, stderr: any) => void;

// Collects one output; answers what it has and whether it is too long.
class Collector {
  #chunks: any[] = [];
  #length = 0;
  #encoding: string | null;

  constructor(stream: any, encoding: string | null, limit: number, tooLong: () => void) {
    this.#encoding = encoding;
    if (stream === null) return;
    if (encoding !== null) stream.setEncoding(encoding);
    stream.on("data", (chunk: any) => {
      const size = typeof chunk === "string" ? require("crust:node/buffer").Buffer.byteLength(chunk, encoding) : chunk.length;
      if (this.#length + size > limit) {
        this.#chunks.push(chunk.slice(0, limit - this.#length));
        tooLong();
        this.#length = Infinity;
      } else if (this.#length !== Infinity) {
        this.#length += size;
        this.#chunks.push(chunk);
      }
    });
  }
  result(): any {
    return this.#encoding === null ? require("crust:node/buffer").Buffer.concat(this.#chunks) : this.#chunks.join("");
  }
}

export function execFile(file: unknown, args?: any, options?: any, callback?: ExecCallback): ChildProcess {
  if (typeof args === "function") [args, options, callback] = [undefined, undefined, args];
  else if (typeof options === "function") [options, callback] = [undefined, options];
  if (args !== undefined && args !== null && !Array.isArray(args)) [args, options] = [[], args];
  if (callback !== undefined && callback !== null) validateFunction(callback, "callback");
  const settings = { encoding: "utf8", timeout: 0, maxBuffer: MAX_BUFFER, killSignal: "SIGTERM", shell: false, ...options };
  checkMaxBuffer(settings.maxBuffer);
  const child = spawn(file, args, { ...settings, timeout: undefined, signal: undefined, stdio: undefined });
  const { Buffer } = require("crust:node/buffer");
  const encoding = settings.encoding !== "buffer" && settings.encoding && Buffer.isEncoding(settings.encoding) ? settings.encoding : null;
  let failure: any = null;
  let done = false;
  const kill = (error: any): void => {
    if (failure === null) failure = error;
    try {
      child.kill(settings.killSignal);
    } catch (reason) {
      failure ??= reason;
    }
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const tooLong = (name: string) => (): void => kill(new codes.ERR_CHILD_PROCESS_STDIO_MAXBUFFER!(name));
  const stdout = new Collector(child.stdout, encoding, settings.maxBuffer, tooLong("stdout"));
  const stderr = new Collector(child.stderr, encoding, settings.maxBuffer, tooLong("stderr"));
  const timer = settings.timeout > 0 ? setTimeout(() => {
    child.kill(settings.killSignal);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, settings.timeout) : undefined;
  const words = args === undefined || args === null || args.length === 0 ? `${file}` : `${file} ${args.join(" ")}`;
  const finish = (code: number | null, signal: string | null): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    if (callback === undefined || callback === null) return;
    const [out, err] = [stdout.result(), stderr.result()];
    if (failure === null && code === 0 && signal === null) {
      callback(null, out, err);
      return;
    }
    if (failure === null) {
      let message = `Command failed: ${words}\n`;
      if (err.length > 0) message += `${err}`;
      const { describe } = require("crust:process/system_error_name");
      failure = Object.assign(new Error(message), { code: code !== null && code < 0 ? describe(code) : code, killed: child.killed, signal });
    }
    failure.cmd ??= words;
    callback(failure, out, err);
  };
  child.once("close", finish);
  child.once("error", (error: unknown) => {
    failure = error;
    child.stdout?.destroy();
    child.stderr?.destroy();
    finish(null, null);
  });
  const { signal } = settings;
  if (signal !== undefined) {
    const abort = (): void => kill(new AbortError(undefined, { cause: signal.reason }));
    if (signal.aborted) process.nextTick(abort);
    else {
      signal.addEventListener("abort", abort, { once: true });
      child.once("exit", () => signal.removeEventListener("abort", abort));
    }
  }
  return child;
}

export function exec(command: unknown, options?: any, callback?: ExecCallback): ChildProcess {
  if (typeof options === "function") [options, callback] = [undefined, options];
  validateString(command, "command");
  return execFile(command, [], { ...options, shell: typeof options?.shell === "string" ? options.shell : true }, callback);
}

function promised(run: (...args: any[]) => ChildProcess) {
  return (...args: any[]): any => {
    let child: ChildProcess;
    const promise: any = new Promise((resolve, reject) => {
      child = run(...args, (error: any, stdout: any, stderr: any) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(Object.assign(error, { stdout, stderr }));
      });
    });
    promise.child = child!;
    return promise;
  };
}
Object.defineProperty(exec, kCustomPromisify, { value: promised(exec) });
Object.defineProperty(execFile, kCustomPromisify, { value: promised(execFile) });

export function fork(module: unknown, args?: any, options?: any): ChildProcess {
  const { toPath } = require("crust:fs/support");
  const path = toPath(module, "modulePath");
  if (args !== undefined && args !== null && !Array.isArray(args)) [args, options] = [[], args];
  const settings = { ...options };
  const execArgv = settings.execArgv ?? (process as any).execArgv;
  const stdio = settings.stdio ?? (settings.silent ? ["pipe", "pipe", "pipe", "ipc"] : [0, 1, 2, "ipc"]);
  const list = typeof stdio === "string" ? [stdio, stdio, stdio, "ipc"] : stdio;
  if (!list.includes("ipc")) throw new codes.ERR_CHILD_PROCESS_IPC_REQUIRED!("options.stdio");
  return spawn(settings.execPath ?? process.execPath, [...execArgv, path, ...(args ?? [])], { ...settings, stdio: list, shell: false });
}

function runSync(settings: Normalized, call: string): any {
  const { options } = settings;
  checkMaxBuffer(options.maxBuffer);
  const { Buffer } = require("crust:node/buffer");
  const slots = toSlots(options.stdio, true);
  let input: any;
  if (options.input !== undefined && options.input !== null) {
    if (typeof options.input === "string") input = Buffer.from(options.input, options.encoding === "buffer" ? undefined : (options.encoding ?? "utf8"));
    else if (ArrayBuffer.isView(options.input)) input = new Uint8Array(options.input.buffer, options.input.byteOffset, options.input.byteLength);
    else throw new codes.ERR_INVALID_ARG_TYPE!("options.stdio[0]", ["Buffer", "TypedArray", "DataView", "string"], options.input);
    slots.numbers[0] = -2;
  }
  const { file, args, cwd, env } = settings;
  const spec = { file, args, cwd, env, stdio: slots.numbers, uid: options.uid ?? undefined, gid: options.gid ?? undefined, detached: false };
  let answer: any[];
  try {
    answer = native.childSpawnSync(spec, input, options.timeout ?? 0, options.maxBuffer ?? MAX_BUFFER, signalNumber(options.killSignal ?? "SIGTERM"));
  } catch (error: any) {
    if (error.errno === undefined) throw error;
    return { error: spawnError(error, call, file, args.slice(1)), status: null, signal: null, output: null, pid: 0, stdout: undefined, stderr: undefined };
  }
  const [pid, status, signal, outputs, timedOut, tooLong] = answer;
  const encoding = options.encoding !== undefined && options.encoding !== "buffer" ? options.encoding : undefined;
  const output = outputs.map((bytes: Uint8Array | null) => {
    if (bytes === null) return null;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return encoding === undefined || encoding === null ? buffer : buffer.toString(encoding);
  });
  const result: any = { status, signal, output, pid, stdout: output[1] ?? null, stderr: output[2] ?? null };
  if (timedOut || tooLong) {
    const code = timedOut ? "ETIMEDOUT" : "ENOBUFS";
    result.error = spawnError({ code, errno: timedOut ? -110 : -105 }, call, file, args.slice(1));
  }
  return result;
}

export function spawnSync(file: unknown, args?: any, options?: any): any {
  return runSync(normalize(file, args, options), "spawnSync");
}

function check(result: any, words: string, inherits: boolean): any {
  if (inherits && result.stderr?.length > 0) process.stderr.write(result.stderr);
  if (result.error !== undefined) throw Object.assign(result.error, { ...result, error: undefined, errno: result.error.errno });
  if (result.status === 0) return result.stdout;
  let message = `Command failed: ${words}`;
  if (result.stderr?.length > 0) message += `\n${result.stderr}`;
  throw Object.assign(new Error(message), result);
}

export function execFileSync(file: unknown, args?: any, options?: any): any {
  const settings = normalize(file, args, options);
  const inherits = settings.options.stdio === undefined || settings.options.stdio === null;
  return check(runSync(settings, "spawnSync"), settings.args.join(" "), inherits);
}

export function execSync(command: unknown, options?: any): any {
  validateString(command, "command");
  const settings = normalize(command, [], { ...options, shell: typeof options?.shell === "string" ? options.shell : true });
  const inherits = settings.options.stdio === undefined || settings.options.stdio === null;
  return check(runSync(settings, "spawnSync"), command, inherits);
}


export default { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
