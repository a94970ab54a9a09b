// `http.Agent`: connections by where they go, used again when both ends agree, and requests that wait for one. A pool is
// bounded by `maxSockets`, `maxTotalSockets` and `maxFreeSockets`.

import net from "node:net";
import { EventEmitter } from "crust:node/events";
import { bindContext } from "crust:node/internal/async_context";
import { codes } from "crust:node/internal/errors";
import { validateNumber, validateOneOf, validateString } from "crust:node/internal/validators";

const kRequestOptions = Symbol("kRequestOptions");

export function Agent(this: any, options?: any): any {
  if (!(this instanceof (Agent as any))) return new (Agent as any)(options);
  (EventEmitter as any).call(this);
  this.options = { __proto__: null, ...options };
  if (this.options.proxyEnv !== undefined) throw new codes.ERR_NOT_IMPLEMENTED!("http.Agent option proxyEnv");
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || "http:";
  this.options.noDelay ??= true;
  // Not taken for the path of a local socket.
  this.options.path = null;
  this.requests = Object.create(null);
  this.sockets = Object.create(null);
  this.freeSockets = Object.create(null);
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || (Agent as any).defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  this.agentKeepAliveTimeoutBuffer = typeof this.options.agentKeepAliveTimeoutBuffer === "number" && this.options.agentKeepAliveTimeoutBuffer >= 0 ? this.options.agentKeepAliveTimeoutBuffer : 1000;
  validateOneOf(this.scheduling, "scheduling", ["fifo", "lifo"]);
  if (this.maxTotalSockets === undefined) this.maxTotalSockets = Number.POSITIVE_INFINITY;
  else validateNumber(this.maxTotalSockets, "maxTotalSockets", 1);
  this.on("free", (socket: any, given: any) => freed(this, socket, given));
}
Object.setPrototypeOf(Agent.prototype, (EventEmitter as any).prototype);
Object.setPrototypeOf(Agent, EventEmitter);
(Agent as any).defaultMaxSockets = Number.POSITIVE_INFINITY;

const proto: any = Agent.prototype;

// While nobody uses a connection its errors are nobody's.
function idleError(this: any): void {
  this.destroy();
}

function add(lists: Record<string, any[]>, name: string, item: unknown): void {
  (lists[name] ??= []).push(item);
}

// A connection has nothing to do: the next request takes it, or it waits for one, or it is closed.
function freed(agent: any, socket: any, options: any): void {
  const name = agent.getName(options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = agent.requests[name];
  while (waiting?.length > 0) {
    const request = waiting.shift();
    if (waiting.length === 0) delete agent.requests[name];
    if (request.destroyed) continue;
    setRequestSocket(agent, request, socket);
    return;
  }
  const request = socket._httpMessage;
  if (!request?.shouldKeepAlive || !agent.keepAlive) {
    socket.destroy();
    return;
  }
  const free = agent.freeSockets[name]?.length ?? 0;
  const count = free + (agent.sockets[name]?.length ?? 0);
  const isFull = agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets || free >= agent.maxFreeSockets;
  if (isFull || !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once("error", idleError);
  add(agent.freeSockets, name, socket);
}

proto.createConnection = function (...args: any[]): any {
  return (net as any).createConnection(...args);
};

/** The name of the place that a connection goes to. */
proto.getName = function (options: any = {}): string {
  let name = `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}`;
  // The family decides which address a name stands for.
  if (options.family === 4 || options.family === 6) name += `:${options.family}`;
  if (options.socketPath) name += `:${options.socketPath}`;
  return name;
};

function optionsOf(agent: any, options: any, request: any): any {
  const made = { __proto__: null, ...options, ...agent.options };
  if (made.socketPath) made.path = made.socketPath;
  if (!made.servername && made.servername !== "") made.servername = serverName(made, request);
  return made;
}

// The name in the Host field is what a certificate is asked for.
function serverName(options: any, request: any): string {
  let name = options.host;
  const field = request.getHeader("host");
  if (field) {
    validateString(field, "options.headers.host");
    if (field.startsWith("[")) {
      const end = field.indexOf("]");
      name = end === -1 ? field : field.slice(1, end);
    } else name = field.split(":", 1)[0]!;
  }
  // An address has no name in the sense of TLS.
  return net.isIP(name) === 0 ? name : "";
}

proto.addRequest = function (request: any, options: any, port?: any, localAddress?: any): void {
  // (request, host, port, localAddress), as it was long ago.
  if (typeof options === "string") options = { __proto__: null, host: options, port, localAddress };
  const given = optionsOf(this, options, request);
  const name = this.getName(given);
  this.sockets[name] ??= [];
  const socket = takeFree(this, name);
  const count = (this.freeSockets[name]?.length ?? 0) + this.sockets[name].length;
  if (socket) {
    this.reuseSocket(socket, request);
    setRequestSocket(this, request, socket);
    this.sockets[name].push(socket);
  } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
    this.createSocket(request, given, (error: any, made: any) => {
      if (error) request.onSocket(made, error);
      else setRequestSocket(this, request, made);
    });
  } else {
    request[kRequestOptions] = given;
    add(this.requests, name, request);
  }
};

function takeFree(agent: any, name: string): any {
  const free = agent.freeSockets[name];
  if (!free) return undefined;
  while (free.length > 0 && free[0].destroyed) free.shift();
  let socket = agent.scheduling === "fifo" ? free.shift() : free.pop();
  while (socket?.destroyed) socket = free.pop();
  if (free.length === 0) delete agent.freeSockets[name];
  return socket;
}

proto.createSocket = function (request: any, options: any, callback: (error: any, socket?: any) => void): void {
  const given = optionsOf(this, options, request);
  if (this.keepAlive) {
    given.keepAlive = this.keepAlive;
    given.keepAliveInitialDelay = this.keepAliveMsecs;
  }
  const name = this.getName(given);
  given._agentKey = name;
  given.encoding = null;
  let isAnswered = false;
  const answer = (error: any, socket?: any): void => {
    if (isAnswered) return;
    isAnswered = true;
    if (error) {
      callback(error);
      return;
    }
    add(this.sockets, name, socket);
    this.totalSocketCount++;
    watch(this, socket, given);
    callback(null, socket);
  };
  const socket = this.createConnection(given, bindContext(answer));
  if (socket) answer(null, socket);
};

function watch(agent: any, socket: any, options: any): void {
  const onFree = (): void => {
    agent.emit("free", socket, options);
  };
  // A connection that is used keeps its own time; one that waits is closed.
  const onTimeout = (): void => {
    for (const name of Object.keys(agent.freeSockets)) {
      if (agent.freeSockets[name].includes(socket)) {
        socket.destroy();
        return;
      }
    }
  };
  const onClose = (): void => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  };
  // It leaves the pool and lives on: another protocol has it.
  const onRemove = (): void => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener("close", onClose);
    socket.removeListener("free", onFree);
    socket.removeListener("timeout", onTimeout);
    socket.removeListener("agentRemove", onRemove);
  };
  socket.on("free", onFree);
  socket.on("close", onClose);
  socket.on("timeout", onTimeout);
  socket.on("agentRemove", onRemove);
}

function takeOut(lists: Record<string, any[]>, name: string, item: unknown): void {
  const list = lists[name];
  const at = list?.indexOf(item) ?? -1;
  if (at === -1) return;
  list!.splice(at, 1);
  if (list!.length === 0) delete lists[name];
}

proto.removeSocket = function (socket: any, options: any): void {
  const name = this.getName(options);
  if (this.sockets[name]?.length === 0) delete this.sockets[name];
  takeOut(this.sockets, name, socket);
  if (!socket.writable) takeOut(this.freeSockets, name, socket);
  const waiting = nextWaiting(this, name);
  if (waiting === undefined) return;
  const given = waiting[kRequestOptions] ?? options;
  waiting[kRequestOptions] = undefined;
  // The place that became free is for a request that waits; it gets the connection as every free one is given.
  this.createSocket(waiting, given, (error: any, made: any) => {
    if (!error) {
      made.emit("free");
      return;
    }
    takeOut(this.requests, this.getName(given), waiting);
    waiting.onSocket(null, error);
  });
};

function nextWaiting(agent: any, name: string): any {
  const clean = (key: string): any => {
    const list = agent.requests[key];
    while (list?.length > 0 && list[0].destroyed) list.shift();
    if (list?.length === 0) delete agent.requests[key];
    return agent.requests[key]?.find((request: any) => request[kRequestOptions] !== undefined);
  };
  const own = clean(name);
  if (own !== undefined) return own;
  // Requests to other places wait for the same total.
  for (const key of Object.keys(agent.requests)) {
    if (agent.sockets[key]?.length > 0) continue;
    const other = clean(key);
    if (other !== undefined) return other;
  }
  return undefined;
}

/** Whether a connection may wait for another request; sets how long. */
proto.keepSocketAlive = function (socket: any): boolean {
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  let timeout = this.options.timeout || 0;
  const told = /^timeout=(\d+)/.exec(socket._httpMessage?.res?.headers["keep-alive"] ?? "")?.[1];
  if (told !== undefined) {
    // Closed before the server does it, so that no request meets a closed connection.
    const least = Math.max(0, Number.parseInt(told, 10) * 1000 - this.agentKeepAliveTimeoutBuffer);
    if (least === 0) return false;
    if (least < timeout) timeout = least;
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return true;
};
proto.reuseSocket = function (socket: any, request: any): void {
  socket.removeListener("error", idleError);
  request.reusedSocket = true;
  socket.ref();
};

/** A request that waits is given up. */
export function forget(agent: any, request: any): boolean {
  for (const name of Object.keys(agent.requests ?? {})) {
    if (!agent.requests[name].includes(request)) continue;
    takeOut(agent.requests, name, request);
    return true;
  }
  return false;
}

proto.destroy = function (): void {
  for (const lists of [this.freeSockets, this.sockets]) {
    for (const name of Object.keys(lists)) for (const socket of [...lists[name]]) socket.destroy();
  }
};

function setRequestSocket(agent: any, request: any, socket: any): void {
  request.onSocket(socket);
  const timeout = agent.options.timeout || 0;
  if (request.timeout === undefined || request.timeout === timeout) return;
  socket.setTimeout(request.timeout);
}

let current: any;
/** What requests use that name no agent. */
export function globalAgent(): any {
  return (current ??= new (Agent as any)({ keepAlive: true, scheduling: "lifo", timeout: 5000 }));
}
export function setGlobalAgent(value: any): void {
  current = value;
}
