// `Bun.spawn` and `Bun.spawnSync`.

import { debugging } from "crust:ops/config_api";
import * as native from "crust:ops/process";
import { environmentWords, toDirectory } from "crust:process/child_arguments";
import { signalNumber, signalNumbers } from "crust:process/signals";
import type { Terminal } from "crust:process/pseudo_terminal";
import { FileSink, outputStream } from "crust:process/spawn_streams";

const IGNORE = -1;
const PIPE = -2;
const STDIO = "stdio must be an array of 'inherit', 'pipe', 'ignore', Bun.file(pathOrFd), number, or null";
const UNLIMITED = 2 ** 53;

function wrong(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
}

interface Plan {
  command: string[];
  options: any;
  slots: number[];
  /** What is written to the child's input. */
  input: any;
  /** Descriptors that were opened for the child alone. */
  opened: number[];
  /** The child's number of the message channel, -1 without one. */
  ipc: number;
  /** The pseudo terminal that the child's standard streams are. */
  terminal?: Terminal;
  /** It was made for this child, and ends with it. */
  ownTerminal?: boolean;
}

function openFor(file: any, index: number): number {
  const { filePlace } = require("crust:fs/bun_file");
  const { place } = filePlace(file);
  if (typeof place === "number") return place;
  const fs = require("crust:ops/fs");
  return index === 0 ? fs.open(false, place, 0, 0o666) : fs.open(false, place, 0o1101, 0o664);
}

function isBunFile(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.for("crust.filePath") in value;
}

// One of the child's descriptors as a number for the natives.
function slotOf(value: any, index: number, plan: Plan): number {
  if (value === "pipe") return PIPE;
  if (value === "ignore" || value === null) return IGNORE;
  if (value === "inherit") return index;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  if (isBunFile(value)) {
    const fd = openFor(value, index);
    if (fd !== value) plan.opened.push(fd);
    return fd;
  }
  if (index === 0 && typeof value === "object") {
    plan.input = value;
    return PIPE;
  }
  throw wrong(STDIO);
}

function planOf(command: any, options: any, defaults: any[]): Plan {
  if (!Array.isArray(command)) {
    if (command === null || typeof command !== "object") throw wrong("cmd must be an array");
    options = { ...command, ...options };
    command = command.cmd;
    if (!Array.isArray(command)) throw wrong("cmd must be an array");
  }
  options ??= {};
  if (command.length === 0) throw wrong("cmd must not be empty");
  const plan: Plan = { command: command.map(String), options, slots: [], input: undefined, opened: [], ipc: -1 };
  const named = [options.stdin, options.stdout, options.stderr];
  const stdio: any[] = Array.isArray(options.stdio) ? options.stdio.slice() : typeof options.stdio === "string" ? [options.stdio, options.stdio, options.stdio] : [];
  for (let index = 0; index < Math.max(3, stdio.length); index++) {
    const value = stdio[index] !== undefined ? stdio[index] : named[index] !== undefined ? named[index] : index < 3 ? defaults[index] : null;
    plan.slots.push(slotOf(value, index, plan));
  }
  return plan;
}

function specOf(plan: Plan): any {
  const { command, options, slots, ipc } = plan;
  const args = [options.argv0 ?? command[0]!, ...command.slice(1)];
  const env = environmentWords(options.env ?? process.env);
  if (ipc >= 0) env.push("NODE_CHANNEL_FD", String(ipc), "NODE_CHANNEL_SERIALIZATION_MODE", "json");
  return { file: command[0], args, cwd: toDirectory(options.cwd), env, stdio: slots, uid: options.uid, gid: options.gid, detached: options.detached === true, terminal: plan.terminal !== undefined };
}

// Errors of a child that could not be started, in Bun's words.
function startError(error: any, plan: Plan): Error {
  if (error.errno === undefined) return error;
  const file = plan.command[0]!;
  if (error.code === "ENOENT" && plan.options.cwd === undefined) {
    return Object.assign(new Error(`Executable not found in $PATH: "${file}"`), { code: "ENOENT", path: file, errno: error.errno });
  }
  const { getSystemErrorMessage } = require("crust:node/util");
  return Object.assign(new Error(`${error.code}: ${getSystemErrorMessage(error.errno)}, posix_spawn '${file}'`), { code: error.code, path: file, syscall: "posix_spawn", errno: error.errno });
}

function closeAll(descriptors: number[]): void {
  if (descriptors.length === 0) return;
  const fs = require("crust:ops/fs");
  for (const fd of descriptors) fs.close(false, fd);
}

class ResourceUsage {
  contextSwitches: any;
  cpuTime: any;
  maxRSS: number;
  messages: any;
  ops: any;
  shmSize: number;
  signalCount: number;
  swapCount: number;

  constructor(figures: number[]) {
    const [maxRSS, user, system, sent, received, signals, swaps, voluntary, involuntary, blocksIn, blocksOut, shared] = figures as number[];
    this.contextSwitches = { __proto__: null, voluntary, involuntary };
    this.cpuTime = { __proto__: null, user: BigInt(user!), system: BigInt(system!), total: BigInt(user! + system!) };
    this.maxRSS = maxRSS!;
    this.messages = { __proto__: null, sent, received };
    this.ops = { __proto__: null, in: blocksIn, out: blocksOut };
    this.shmSize = shared!;
    this.signalCount = signals!;
    this.swapCount = swaps!;
  }
}

let makeSubprocess: (plan: Plan) => Subprocess;

export class Subprocess {
  #plan!: Plan;
  #pid = 0;
  #id = -1;
  #exitCode: number | null = null;
  #signalCode: string | null = null;
  #killSent = false;
  #exited!: Promise<number>;
  #usage: number[] | undefined;
  #streams: any[] = [];
  #timer: any;
  #stdio: any[] = [null, null, null];
  #channel: any;

  static {
    makeSubprocess = (plan) => {
      const child = new Subprocess();
      child.#start(plan);
      return child;
    };
  }

  #start(plan: Plan): void {
    this.#plan = plan;
    let settle: (code: number) => void;
    this.#exited = new Promise((resolve) => { settle = resolve; });
    let started: number[];
    try {
      started = native.childSpawn(specOf(plan), (code: number | null, signal: string | null, usage: number[]) => {
        this.#exitCode = code;
        this.#signalCode = signal;
        this.#usage = usage;
        clearTimeout(this.#timer);
        settle(code ?? 128 + (signalNumbers[signal!] ?? 0));
        plan.options.onExit?.call(this, this, code, signal, undefined);
      });
    } catch (error) {
      if (plan.ownTerminal) plan.terminal!.close();
      throw startError(error, plan);
    } finally {
      closeAll(plan.opened.filter((fd) => fd > 2));
      // The child has it now; its end is the terminal's.
      if (plan.ownTerminal) require("crust:process/pseudo_terminal").closeChildSide(plan.terminal);
    }
    [this.#id, this.#pid] = started as [number, number];
    if (debugging()) {
      const { assert, debug } = require("crust:config_api/debug") as typeof import("crust:config_api/debug");
      debug("spawn", `${this.#pid} is ${plan.command[0]} with ${plan.command.length - 1} arguments`);
      assert("spawn", started.length - 2 === plan.slots.length, "one descriptor for each of the child's");
      this.#exited.then((code) => debug("spawn", `${this.#pid} ended with ${code}`));
    }
    this.#connect(started.slice(2));
    this.#limit();
  }

  #connect(descriptors: number[]): void {
    const { input, ipc, options } = this.#plan;
    let room = options.maxBuffer ?? Infinity;
    const received = (bytes: number): void => {
      room -= bytes;
      if (room < 0) this.kill(options.killSignal);
    };
    descriptors.forEach((fd, index) => {
      if (fd < 0) return;
      if (index === ipc) this.#channel = openChannel(this, fd, options);
      else if (index === 0) this.#streams[0] = new FileSink(fd);
      else if (index < 3) this.#streams[index] = outputStream(fd, received);
      else this.#stdio[index] = fd;
    });
    if (input !== undefined) {
      const sink = this.#streams[0];
      this.#streams[0] = undefined;
      // A child that stops reading is no failure of ours.
      feed(sink, input).catch(() => sink.end());
    }
  }

  #limit(): void {
    const { timeout, killSignal = "SIGTERM", signal } = this.#plan.options;
    if (timeout > 0) this.#timer = setTimeout(() => this.kill(killSignal), timeout);
    if (signal === undefined) return;
    if (signal.aborted) this.kill(killSignal);
    else signal.addEventListener("abort", () => this.kill(killSignal), { once: true });
  }

  get pid(): number {
    return this.#pid;
  }
  get stdin(): any {
    return this.#streams[0] ?? this.#slotValue(0);
  }
  get stdout(): any {
    return this.#streams[1] ?? this.#slotValue(1);
  }
  get stderr(): any {
    return this.#streams[2] ?? this.#slotValue(2);
  }
  #slotValue(index: number): number | null | undefined {
    if (this.#plan.terminal !== undefined) return null;
    const given = this.#plan.options[["stdin", "stdout", "stderr"][index]!] ?? this.#plan.options.stdio?.[index];
    return typeof given === "number" ? given : undefined;
  }
  get terminal(): Terminal | undefined {
    return this.#plan.terminal;
  }
  get stdio(): any[] {
    return this.#stdio;
  }
  get readable(): any {
    return this.stdout;
  }
  get writable(): any {
    return this.stdin;
  }
  get exited(): Promise<number> {
    return this.#exited;
  }
  get exitCode(): number | null {
    return this.#exitCode;
  }
  get signalCode(): string | null {
    return this.#signalCode;
  }
  get killed(): boolean {
    return this.#killSent || this.#exitCode !== null || this.#signalCode !== null;
  }
  kill(signal: unknown = "SIGTERM"): void {
    const number = signalNumber(signal);
    if (this.#exitCode !== null || this.#signalCode !== null) return;
    try {
      native.kill(this.#pid, number);
      if (number !== 0) this.#killSent = true;
    } catch (error: any) {
      // It has just ended.
      if (error.code !== "ESRCH") throw error;
    }
  }
  ref(): void {
    native.childRef(this.#id, true);
  }
  unref(): void {
    native.childRef(this.#id, false);
  }
  resourceUsage(): ResourceUsage | undefined {
    return this.#usage === undefined ? undefined : new ResourceUsage(this.#usage);
  }
  get connected(): boolean {
    return this.#channel?.connected ?? false;
  }
  send(message: unknown): void {
    if (this.#channel === undefined) throw new Error("Subprocess.send() can only be used if an IPC channel is open.");
    this.#channel.send(message);
  }
  disconnect(): void {
    if (this.connected) this.#channel.disconnect();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.killed) this.kill();
    await this.#exited;
  }
}
Object.defineProperty(Subprocess.prototype, Symbol.toStringTag, { value: "Subprocess", configurable: true });

// The channel by which parent and child exchange messages; `options.ipc` gets those of the child.
function openChannel(child: Subprocess, fd: number, options: any): any {
  const channel: any = {
    emit(event: string, message: unknown) {
      if (event === "message") options.ipc.call(child, message, child, undefined);
      else if (event === "disconnect") options.onDisconnect?.call(child, true);
      else if (event === "error") throw message;
    },
  };
  require("crust:process/ipc").attachChannel(channel, fd, () => {});
  return channel;
}

async function feed(sink: FileSink, input: any): Promise<void> {
  if (ArrayBuffer.isView(input) || input instanceof ArrayBuffer) sink.write(input);
  else {
    const stream = Object.prototype.toString.call(input) === "[object ReadableStream]" ? input : typeof input.stream === "function" ? input.stream() : input.body;
    if (stream !== null && stream !== undefined) {
      for await (const chunk of stream) {
        sink.write(chunk);
        await sink.flush();
      }
    }
  }
  await sink.end();
}

function refuse(options: any, refused: string[]): void {
  if (options?.serialization === "advanced") {
    throw Object.assign(new Error('Bun.spawn: the serialization "advanced" is not implemented'), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
  }
  for (const name of refused) {
    if (options?.[name] !== undefined) throw Object.assign(new Error(`Bun.spawn: the option "${name}" is not implemented`), { code: "ERR_METHOD_NOT_IMPLEMENTED" });
  }
}

// Makes the child's standard streams the terminal, whatever else was asked for.
function attachTerminal(plan: Plan): void {
  const { childSide, terminalOf } = require("crust:process/pseudo_terminal");
  const { terminal, own } = terminalOf(plan.options.terminal);
  const fd: number = childSide(terminal);
  plan.input = undefined;
  plan.slots.splice(0, 3, fd, fd, fd);
  plan.terminal = terminal;
  plan.ownTerminal = own;
}

export function spawn(command: any, options?: any): Subprocess {
  refuse(Array.isArray(command) ? options : { ...command, ...options }, []);
  const plan = planOf(command, options, [null, "pipe", "inherit"]);
  if (plan.options.terminal !== undefined && plan.options.terminal !== null) attachTerminal(plan);
  if (typeof plan.options.ipc === "function") plan.ipc = plan.slots.push(PIPE) - 1;
  return makeSubprocess(plan);
}

export function spawnSync(command: any, options?: any): any {
  refuse(Array.isArray(command) ? options : { ...command, ...options }, ["ipc"]);
  const plan = planOf(command, options, [null, "pipe", "pipe"]);
  if (plan.options.terminal !== undefined && plan.options.terminal !== null) throw wrong("terminal option is only supported for Bun.spawn, not Bun.spawnSync");
  const { Buffer } = require("crust:node/buffer");
  let input: Uint8Array | undefined;
  if (plan.input !== undefined) {
    const { blobBytesInMemory, isBlob } = require("crust:web/blob");
    if (ArrayBuffer.isView(plan.input)) input = new Uint8Array(plan.input.buffer, plan.input.byteOffset, plan.input.byteLength);
    else if (plan.input instanceof ArrayBuffer) input = new Uint8Array(plan.input);
    else if (isBlob(plan.input)) input = blobBytesInMemory(plan.input) ?? undefined;
    if (input === undefined) throw wrong("stdin of Bun.spawnSync() must be bytes, a blob in memory, or a file");
  }
  let answer: any[];
  try {
    answer = native.childSpawnSync(specOf(plan), input, plan.options.timeout ?? 0, plan.options.maxBuffer ?? UNLIMITED, signalNumber(plan.options.killSignal ?? "SIGTERM"));
  } catch (error) {
    throw startError(error, plan);
  } finally {
    closeAll(plan.opened.filter((fd) => fd > 2));
  }
  const [pid, code, signal, outputs, timedOut, tooLong, usage] = answer;
  const buffer = (bytes: Uint8Array | null): any => (bytes === null || bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const result: any = { exitCode: code };
  if (signal !== null) result.signalCode = signal;
  Object.assign(result, { stdout: buffer(outputs[1]), stderr: buffer(outputs[2]), success: code === 0, resourceUsage: new ResourceUsage(usage) });
  if (timedOut) result.exitedDueToTimeout = true;
  if (tooLong) result.exitedDueToMaxBuffer = true;
  result.pid = pid;
  return result;
}
