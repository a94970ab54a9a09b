// `tls.Server`: a `net.Server` whose connections speak TLS.

import * as native from "crust:ops/net";
import { codes } from "crust:node/internal/errors";
import { validateFunction, validateNumber, validateObject, validateString } from "crust:node/internal/validators";
import { Server as NetServer } from "crust:net/net_server";
import { SecureContext } from "crust:net/secure_context";
import { kSecure, TLSSocket } from "crust:net/tls_socket";

const HANDSHAKE_TIMEOUT = 120_000;

// What decides per connection: passed over, it would serve the wrong certificate or protocol.
const REFUSED = ["SNICallback", "ALPNCallback", "pskCallback", "ticketKeys"];

export function Server(this: any, options?: any, listener?: any): any {
  if (!(this instanceof (Server as any))) return new (Server as any)(options, listener);
  let settings = options;
  if (typeof options === "function") [settings, listener] = [{}, options];
  else if (options === undefined || options === null) settings = {};
  else if (typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE!("options", "Object", options);
  for (const name of REFUSED) {
    if (settings[name] !== undefined && settings[name] !== null) throw new codes.ERR_NOT_IMPLEMENTED!(`tls.createServer option ${name}`);
  }
  this._tlsOptions = settings;
  this._names = [];
  this.setSecureContext(settings);
  this._handshakeTimeout = settings.handshakeTimeout ?? HANDSHAKE_TIMEOUT;
  validateNumber(this._handshakeTimeout, "options.handshakeTimeout");
  (NetServer as any).call(this, settings);
  if (listener !== undefined && listener !== null) {
    validateFunction(listener, "listener");
    this.on("secureConnection", listener);
  }
}
Object.setPrototypeOf(Server.prototype, NetServer.prototype);
Object.setPrototypeOf(Server, NetServer);

const proto: any = Server.prototype;

proto.setSecureContext = function (options: any): void {
  validateObject(options, "options");
  this._sharedContext = new SecureContext(options);
  for (const [name, context] of this._names) native.tlsContextName(this._sharedContext.context, name, context.context);
};
proto.addContext = function (name: any, context: any): void {
  validateString(name, "hostname");
  if (name === "") throw Object.assign(new Error('"servername" is required parameter for Server.addContext'), { code: "ERR_TLS_REQUIRED_SERVER_NAME" });
  const made = context instanceof SecureContext ? context : new SecureContext(context);
  this._names.push([name, made]);
  native.tlsContextName(this._sharedContext.context, name, made.context);
};
for (const name of ["getTicketKeys", "setTicketKeys"]) {
  proto[name] = { [name](): never {
    throw new codes.ERR_NOT_IMPLEMENTED!(`tls.Server.${name}`);
  } }[name];
}

proto._accepted = function (raw: any): void {
  this.emit("connection", raw);
  if (raw.destroyed || !raw._handle) return;
  const { requestCert, rejectUnauthorized, ALPNProtocols, highWaterMark } = this._tlsOptions;
  const socket = new (TLSSocket as any)(raw, {
    isServer: true, server: this, secureContext: this._sharedContext, requestCert, rejectUnauthorized, ALPNProtocols, highWaterMark,
  });
  socket._tlsServer = this;
  const timer = setTimeout(() => {
    const error = Object.assign(new Error("TLS handshake timeout"), { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
    socket._tlsError = error;
    this.emit("tlsClientError", error, socket);
    socket.destroy();
  }, this._handshakeTimeout);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.once("secure", () => {
    clearTimeout(timer);
    if (socket.destroyed || !socket[kSecure].done) return;
    this.emit("secureConnection", socket);
  });
};
