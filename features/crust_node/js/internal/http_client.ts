// `http.request` and `https.request` over `fetch`: pooling, TLS and framing are its client's. Redirects and content
// codings are left to the program, as in Node.

import { AbortError, codes, notImplemented } from "crust:node/internal/errors";
import { IncomingMessage, MessageSocket, OutgoingMessage } from "crust:node/internal/http_message";
import { validateAbortSignal } from "crust:node/internal/validators";

const unsafePath = /[^\u0021-\u00ff]/;

export class ClientRequest extends OutgoingMessage {
  method: string;
  path: string;
  host: string;
  protocol: string;
  agent: any;
  aborted = false;
  reusedSocket = false;
  maxHeadersCount = null;
  res: any = null;
  _url: string;
  _aborter = new AbortController();
  _timer: any;

  constructor(input: any, options: any, callback?: any, defaults: { protocol: string; agent?: any } = { protocol: "http:" }) {
    super();
    const given = readTarget(input, options);
    if (typeof options === "function") callback = options;
    this.protocol = given.protocol || given.agent?.protocol || defaults.protocol;
    if (this.protocol !== "http:" && this.protocol !== "https:") {
      throw Object.assign(new TypeError(`Protocol "${this.protocol}" not supported. Expected "${defaults.protocol}"`), { code: "ERR_INVALID_PROTOCOL" });
    }
    if (given.socketPath || given.createConnection) notImplemented("http.request over a socket of the program's own");
    this.agent = given.agent === undefined ? defaults.agent : given.agent;
    this.method = (given.method ?? "GET").toUpperCase();
    this.path = given.path || "/";
    if (unsafePath.test(this.path)) throw new codes.ERR_UNESCAPED_CHARACTERS!("Request path");
    this.host = given.hostname || given.host || "localhost";
    const port = given.port || given.defaultPort || (this.protocol === "https:" ? 443 : 80);
    const name = this.host.includes(":") && !this.host.startsWith("[") ? `[${this.host}]` : this.host;
    this._url = `${this.protocol}//${name}:${port}${this.path}`;
    const { headers } = given;
    if (Array.isArray(headers)) for (let i = 0; i < headers.length; i += 2) this.appendHeader(headers[i], headers[i + 1]);
    else if (headers) for (const [key, value] of headers instanceof Headers ? headers : Object.entries(headers)) if (value !== undefined) this.setHeader(key, value);
    if (given.auth && !this.hasHeader("authorization")) this.setHeader("Authorization", `Basic ${require("node:buffer").Buffer.from(given.auth).toString("base64")}`);
    if (!this.hasHeader("host")) this.setHeader("Host", port === (this.protocol === "https:" ? 443 : 80) ? name : `${name}:${port}`);
    if (callback) (this as any).once("response", callback);
    this._watch(given);
    this.socket = new MessageSocket();
    this.socket.encrypted = this.protocol === "https:";
    this.socket._abort = () => (this as any).destroy();
    process.nextTick(() => {
      if (!(this as any).destroyed) (this as any).emit("socket", this.socket);
    });
  }

  _watch(options: any): void {
    if (options.timeout) this.setTimeout(options.timeout);
    const { signal } = options;
    if (!signal) return;
    validateAbortSignal(signal, "options.signal");
    const abort = () => (this as any).destroy(new AbortError(undefined, { cause: signal.reason }));
    if (signal.aborted) process.nextTick(abort);
    else {
      signal.addEventListener("abort", abort, { once: true });
      (this as any).once("close", () => signal.removeEventListener("abort", abort));
    }
  }

  override setTimeout(ms: number, callback?: () => void): this {
    clearTimeout(this._timer);
    if (callback) (this as any).once("timeout", callback);
    if (ms > 0) this._timer = setTimeout(() => (this as any).emit("timeout"), ms).unref();
    return this;
  }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    process.nextTick(() => (this as any).emit("abort"));
    (this as any).destroy();
  }

  override _begin(body: any): void {
    const plain = this.method === "GET" || this.method === "HEAD";
    fetch(this._url, {
      method: this.method,
      headers: this._webHeaders(),
      body: plain ? undefined : body,
      redirect: "manual",
      signal: this._aborter.signal,
      decompress: false,
      timeout: false,
      protocol: "h1",
      ...(body instanceof ReadableStream && { duplex: "half" }),
    } as any).then(
      (response: any) => this._receive(response),
      (error: any) => this._fail(error),
    );
  }

  _fail(error: any): void {
    clearTimeout(this._timer);
    if ((this as any).destroyed) return;
    if (error && !error.code) error.code = "ECONNRESET";
    (this as any).destroy(error);
  }

  _receive(response: any): void {
    if ((this as any).destroyed) return;
    const incoming = new IncomingMessage(this.socket);
    this.res = incoming;
    incoming.statusCode = response.status;
    incoming.statusMessage = response.statusText;
    (incoming as any).req = this;
    incoming._takeHeaders(response.headers);
    incoming._takeBody(this.method === "HEAD" ? null : response.body);
    (incoming as any).once("end", () => clearTimeout(this._timer));
    (incoming as any).once("close", () => (this as any).destroyed || (this as any).destroy());
    // Without a listener the answer is thrown away, so that the connection can go on.
    if (!(this as any).emit("response", incoming)) (incoming as any).resume();
  }

  override _destroy(error: any, callback: (error?: any) => void): void {
    clearTimeout(this._timer);
    const ended = this.res?.complete;
    if (!ended) this._aborter.abort();
    if (!this.res && !error) error = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    else if (this.res && !ended && !this.res.destroyed) this.res.destroy(error);
    this.socket.destroyed = true;
    callback(error);
  }
}

function readTarget(input: any, options: any): any {
  const extra = typeof options === "object" && options !== null ? options : {};
  if (typeof input === "string") return { ...require("node:url").urlToHttpOptions(new URL(input)), ...extra };
  if (input instanceof URL) return { ...require("node:url").urlToHttpOptions(input), ...extra };
  return { ...input, ...extra };
}

export function makeRequest(defaults: () => { protocol: string; agent?: any }): { request: any; get: any } {
  const request = (input: any, options?: any, callback?: any): ClientRequest => new ClientRequest(input, options, callback, defaults());
  const get = (input: any, options?: any, callback?: any): ClientRequest => {
    const made = request(input, options, callback);
    made.end();
    return made;
  };
  return { request, get };
}
