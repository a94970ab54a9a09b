// `socket.connect`: arguments, name lookup and the attempts, address by address, as Node makes them.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateBoolean, validateFunction, validateInt32, validateNumber, validatePort, validateString } from "crust:node/internal/validators";
import { own, release } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";
import { interleave } from "crust:net/dial";
import { familyName, isIP } from "crust:net/ip";
import { describeAddress } from "crust:net/net_handle";
import { ipBlocked } from "crust:net/net_errors";
import { adopt, kState } from "crust:net/net_socket";
import { hostPortError } from "crust:net/system_error";

const ETIMEDOUT = -110;

/** Defaults that programs may change. */
export const defaults = { autoSelectFamily: true, attemptTimeout: 500 };

/** `(port, host, callback)`, `(path, callback)` or `(options, callback)` as `[options, callback]`. */
export function normalizeArgs(args: any[]): [any, any] {
  if (args.length === 0) return [{}, null];
  const [first] = args;
  let options: any = {};
  if (typeof first === "object" && first !== null) options = first;
  else if (typeof first === "string" && !(Number(first) >= 0)) options.path = first;
  else {
    options.port = first;
    if (args.length > 1 && typeof args[1] === "string") options.host = args[1];
  }
  const last = args[args.length - 1];
  return [options, typeof last === "function" ? last : null];
}

export function connectSocket(socket: any, args: any[]): any {
  // `createConnection` has normalized them already.
  const [options, callback] = Array.isArray(args[0]) ? args[0] : normalizeArgs(args);
  if (callback !== null && callback !== undefined) socket.once("connect", callback);
  if (options.path !== undefined && options.path !== null) validateString(options.path, "options.path");
  else if (options.port === undefined || options.port === null) throw new codes.ERR_MISSING_ARGS!(["options", "port", "path"]);
  if (socket.destroyed) revive(socket);
  applyOptions(socket, options);
  socket.connecting = true;
  socket[kState].peer = undefined;
  socket[kState].local = undefined;
  socket._unrefTimer();
  if (options.path) connectPath(socket, options.path);
  else connectTcp(socket, options);
  return socket;
}

function revive(socket: any): void {
  socket._undestroy();
  socket._handle = null;
  delete socket.write;
}

function applyOptions(socket: any, options: any): void {
  const state = socket[kState];
  if (options.noDelay !== undefined) state.noDelay = Boolean(options.noDelay);
  if (options.keepAlive !== undefined) {
    state.keepAlive = Boolean(options.keepAlive);
    state.keepAliveDelay = Math.max(0, Math.floor((options.keepAliveInitialDelay ?? 0) / 1000) || 0);
  }
}

function connected(socket: any, id: number): void {
  const state = socket[kState];
  state.abandon = undefined;
  socket.connecting = false;
  adopt(socket, id);
  socket._unrefTimer();
  socket.emit("connect");
  socket.emit("ready");
  // What the peer sends first must find a reader, unless the program said to wait.
  if (!socket.destroyed && socket.readable && !socket.isPaused()) socket.read(0);
}

const attemptEvents: SocketEvents = {
  connected: (attempt: { id: number; decided(id: number, errno: number | undefined): void }, errno) => attempt.decided(attempt.id, errno),
};

function connectPath(socket: any, path: string): void {
  const failed = (errno: number): void => socket.destroy(hostPortError(errno, "connect", path));
  let id: number;
  try {
    id = native.connectUnix(path);
  } catch (error: any) {
    process.nextTick(failed, error.errno ?? -22);
    return;
  }
  socket[kState].abandon = () => release(id, false);
  const decided = (_id: number, errno: number | undefined): void => {
    socket[kState].abandon = undefined;
    if (errno === undefined) {
      connected(socket, id);
      return;
    }
    release(id, false);
    failed(errno);
  };
  own(id, { id, decided }, attemptEvents);
}

interface Plan {
  port: number;
  localAddress: string | undefined;
  localPort: number;
  blockList: any;
}

function connectTcp(socket: any, options: any): void {
  const host = options.host || "localhost";
  if (options.localAddress && isIP(options.localAddress) === 0) throw new codes.ERR_INVALID_IP_ADDRESS!(options.localAddress);
  if (options.localPort) validateNumber(options.localPort, "options.localPort");
  if (typeof options.port !== "number" && typeof options.port !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("options.port", ["number", "string"], options.port);
  const port = validatePort(options.port);
  const auto = options.autoSelectFamily ?? defaults.autoSelectFamily;
  if (options.autoSelectFamily != null) validateBoolean(options.autoSelectFamily, "options.autoSelectFamily");
  let timeout = options.autoSelectFamilyAttemptTimeout;
  if (timeout === undefined) timeout = defaults.attemptTimeout;
  else {
    validateInt32(timeout, "options.autoSelectFamilyAttemptTimeout", 1);
    timeout = Math.max(timeout, 10);
  }
  if (options.lookup != null) validateFunction(options.lookup, "options.lookup");
  const plan: Plan = { port, localAddress: options.localAddress, localPort: options.localPort ?? 0, blockList: options.blockList };
  socket._host = host;
  const literal = isIP(host);
  if (literal !== 0) {
    process.nextTick(() => {
      if (socket.connecting) new Attempts(socket, plan, [host], timeout).start();
    });
    return;
  }
  lookup(socket, plan, options, host, Boolean(auto), timeout);
}

function lookup(socket: any, plan: Plan, options: any, host: string, auto: boolean, timeout: number): void {
  const find = options.lookup ?? require("crust:net/node_dns").lookup;
  const all = auto && options.family !== 4 && options.family !== 6 && !options.localAddress;
  const wanted: any = { family: options.family ?? 0, hints: options.hints || 0 };
  if (all) wanted.all = true;
  const failed = (error: any): void => {
    process.nextTick(() => socket.destroy(error));
  };
  find(host, wanted, (error: any, found: any, family: any) => {
    if (!socket.connecting) return;
    const list: { address: string; family: any }[] = error ? [] : Array.isArray(found) ? found : [{ address: found, family }];
    if (list.length === 0) socket.emit("lookup", error, undefined, undefined, host);
    for (const one of list) socket.emit("lookup", null, one.address, one.family, host);
    if (error) return failed(error);
    const usable = list.filter((one) => isIP(one.address) !== 0).map((one) => one.address);
    if (usable.length === 0) return failed(new codes.ERR_INVALID_IP_ADDRESS!(list[0]?.address));
    new Attempts(socket, plan, all ? interleave(usable) : usable.slice(0, 1), timeout).start();
  });
}

// The addresses of a host, one after the other; each but the last has a limited time.
class Attempts {
  #socket: any;
  #plan: Plan;
  #addresses: string[];
  #several: boolean;
  #timeout: number;
  #timer: any;
  #id = -1;
  #address = "";
  #errors: any[] = [];
  #tried: string[] = [];

  constructor(socket: any, plan: Plan, addresses: string[], timeout: number) {
    this.#socket = socket;
    this.#plan = plan;
    this.#addresses = addresses;
    this.#several = addresses.length > 1;
    this.#timeout = timeout;
  }

  start(): void {
    this.#socket[kState].abandon = () => {
      clearTimeout(this.#timer);
      if (this.#id !== -1) release(this.#id, false);
    };
    if (this.#several) this.#socket.autoSelectFamilyAttemptedAddresses = this.#tried;
    this.#next();
  }

  #next(): void {
    this.#id = -1;
    const address = this.#addresses.shift();
    if (address === undefined) {
      this.#fail();
      return;
    }
    const { port, localAddress, localPort, blockList } = this.#plan;
    this.#address = address;
    this.#tried.push(`${address}:${port}`);
    this.#socket.emit("connectionAttempt", address, port, isIP(address));
    if (!this.#socket.connecting) return;
    if (blockList?.check(address, familyName(isIP(address)).toLowerCase())) {
      this.#refused(ipBlocked(address), this.#several);
      return;
    }
    const local = localAddress ?? (localPort ? (isIP(address) === 6 ? "::" : "0.0.0.0") : null);
    try {
      this.#id = native.connectTcp(address, port, local, localPort);
    } catch (error: any) {
      const errno = error.errno ?? -22;
      this.#refused(hostPortError(errno, "connect", address, port, local === null ? undefined : `${local}:${localPort}`));
      return;
    }
    own(this.#id, { id: this.#id, decided: (id: number, errno: number | undefined) => this.#decided(id, errno) }, attemptEvents);
    if (this.#addresses.length > 0) this.#timer = setTimeout(() => this.#tooSlow(), this.#timeout);
  }

  #decided(id: number, errno: number | undefined): void {
    clearTimeout(this.#timer);
    if (errno === undefined) {
      connected(this.#socket, id);
      return;
    }
    const local = describeAddress(native.socketLocal(id));
    release(id, false);
    this.#id = -1;
    const details = local.port ? `${local.address}:${local.port}` : undefined;
    const named = this.#plan.localAddress ? details : undefined;
    this.#refused(hostPortError(errno, "connect", this.#address, this.#plan.port, named));
  }

  #refused(error: any, tell = true): void {
    this.#errors.push(error);
    if (tell) this.#socket.emit("connectionAttemptFailed", this.#address, this.#plan.port, isIP(this.#address), error);
    if (this.#socket.connecting) this.#next();
  }

  #tooSlow(): void {
    release(this.#id, false);
    this.#id = -1;
    this.#errors.push(hostPortError(ETIMEDOUT, "connect", this.#address, this.#plan.port));
    this.#socket.emit("connectionAttemptTimeout", this.#address, this.#plan.port, isIP(this.#address));
    if (this.#socket.connecting) this.#next();
  }

  #fail(): void {
    this.#socket[kState].abandon = undefined;
    if (!this.#several) {
      const [error] = this.#errors;
      // Node reports what fails before any packet is sent in a later tick too.
      process.nextTick(() => this.#socket.destroy(error));
      return;
    }
    const together: any = new AggregateError(this.#errors);
    together.code = this.#errors[0]?.code;
    this.#socket.destroy(together);
  }
}
