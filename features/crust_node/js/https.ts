// `node:https`: servers over `tls.Server`, requests over `tls.connect`.

import tls from "node:tls";
import { Agent as HttpAgent } from "crust:node/internal/http/agent";
import { ClientRequest } from "crust:node/internal/http/client";
import { connectionListener } from "crust:node/internal/http/connection";
import { httpServerPreClose, readArgs, setUp, shared } from "crust:node/internal/http/server";

const { Server: TlsServer } = tls as any;

export function Server(this: any, options?: any, listener?: any): any {
  if (!(this instanceof (Server as any))) return new (Server as any)(options, listener);
  const [given, called] = readArgs(options, listener);
  if (!given.ALPNProtocols && !given.ALPNCallback) given.ALPNProtocols = ["http/1.1"];
  TlsServer.call(this, { noDelay: true, ...given });
  setUp(this, given, called);
  this.on("secureConnection", connectionListener);
  // A handshake that failed is a client's error like any other.
  this.on("tlsClientError", function (this: any, error: unknown, socket: any) {
    if (!this.emit("clientError", error, socket)) socket.destroy();
  });
}
Object.setPrototypeOf(Server.prototype, TlsServer.prototype);
Object.setPrototypeOf(Server, TlsServer);
for (const key of Reflect.ownKeys(shared)) Object.defineProperty(Server.prototype, key, { value: (shared as any)[key], writable: true, configurable: true });
(Server.prototype as any).close = function (callback?: any): any {
  httpServerPreClose(this);
  return TlsServer.prototype.close.call(this, callback);
};

export function Agent(this: any, options?: any): any {
  if (!(this instanceof (Agent as any))) return new (Agent as any)(options);
  (HttpAgent as any).call(this, { __proto__: null, defaultPort: 443, protocol: "https:", ...options });
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
}
Object.setPrototypeOf(Agent.prototype, HttpAgent.prototype);
Object.setPrototypeOf(Agent, HttpAgent);

/** `(options, callback)`, `(port, host, options, callback)`. */
(Agent.prototype as any).createConnection = function (...args: any[]): any {
  const [first, second, third] = args;
  let options: any;
  if (first !== null && typeof first === "object") options = { ...first };
  else {
    const last = [third, second].find((one) => one !== null && typeof one === "object");
    options = { ...last, port: first };
    if (typeof second === "string") options.host = second;
  }
  // A name that the Host field does not give is none: the address is checked instead.
  if (options.servername === "") delete options.servername;
  return (tls as any).connect(options);
};

const NAMED = [
  "ca", "cert", "clientCertEngine", "ciphers", "key", "pfx", "rejectUnauthorized", "servername", "minVersion", "maxVersion", "secureProtocol", "crl",
  "honorCipherOrder", "ecdhCurve", "dhparam", "secureOptions", "sessionIdContext", "sigalgs", "privateKeyIdentifier", "privateKeyEngine",
];
/** Of these `false` and 0 differ from nothing. */
const EXACT = new Set(["rejectUnauthorized", "honorCipherOrder", "secureOptions"]);

/** The name of a place, with what its connections agree on: others do not share them. */
(Agent.prototype as any).getName = function (options: any = {}): string {
  let name = (HttpAgent.prototype as any).getName.call(this, options);
  for (const key of NAMED) {
    const value = options[key];
    name += ":";
    if (key === "servername" ? value && value !== options.host : EXACT.has(key) ? value !== undefined : value) name += key === "sigalgs" ? JSON.stringify(value) : value;
  }
  for (const key of ["checkServerIdentity", "ALPNProtocols"]) if (options[key] !== undefined) name += `:${key}=${identityOf(options[key])}`;
  return name;
};

const identities = new WeakMap<object, number>();
let identified = 0;
// Two functions are not the same check: connections made under one are not used under the other.
function identityOf(value: any): string {
  if (typeof value !== "function") return JSON.stringify(value);
  if (!identities.has(value)) identities.set(value, ++identified);
  return String(identities.get(value));
}
// The TLS library keeps its sessions itself.
(Agent.prototype as any)._getSession = (): undefined => undefined;
(Agent.prototype as any)._cacheSession = (): void => {};
(Agent.prototype as any)._evictSession = (): void => {};

export const globalAgent: any = new (Agent as any)({ keepAlive: true, scheduling: "lifo", timeout: 5000 });

export function request(...args: any[]): any {
  const [first, second] = args;
  let options: any = {};
  if (typeof first === "string") options = require("node:url").urlToHttpOptions(new URL(first));
  else if (first instanceof URL) options = require("node:url").urlToHttpOptions(first);
  else options = first;
  const extra = (typeof first === "string" || first instanceof URL) && second !== null && typeof second === "object" ? second : {};
  const callback = args.find((one) => typeof one === "function");
  return new (ClientRequest as any)({ ...options, ...extra, _defaultAgent: all.globalAgent }, callback);
}
export function get(...args: any[]): any {
  const made = request(...args);
  made.end();
  return made;
}

/** Callable without `new`, as in Node. */
export function createServer(options?: any, listener?: any): any {
  return new (Server as any)(options, listener);
}

const all = { Agent, globalAgent, Server, createServer, get, request };
export default all;
