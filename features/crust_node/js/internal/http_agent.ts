// The classes of `node:http` that other packages extend and compare with. None of them opens a connection.

import EventEmitter from "node:events";
import { notImplemented } from "crust:node/internal/errors";
import stream from "crust:node/internal/streams/all";

const EE: any = EventEmitter;
const { Readable, Writable } = stream;

/** Keeps the options of connections to come; making one refuses. */
export class Agent extends EE {
  options: any;
  requests: Record<string, unknown> = Object.create(null);
  sockets: Record<string, unknown> = Object.create(null);
  freeSockets: Record<string, unknown> = Object.create(null);
  keepAlive: boolean;
  keepAliveMsecs: number;
  maxSockets: number;
  maxFreeSockets: number;
  maxTotalSockets: number;
  scheduling: string;
  totalSocketCount = 0;
  defaultPort = 80;
  protocol = "http:";

  constructor(options?: any) {
    super();
    this.options = { noDelay: true, path: null, ...options };
    this.keepAlive = this.options.keepAlive ?? false;
    this.keepAliveMsecs = this.options.keepAliveMsecs ?? 1000;
    this.maxSockets = this.options.maxSockets ?? Number.POSITIVE_INFINITY;
    this.maxFreeSockets = this.options.maxFreeSockets ?? 256;
    this.maxTotalSockets = this.options.maxTotalSockets ?? Number.POSITIVE_INFINITY;
    this.scheduling = this.options.scheduling ?? "lifo";
  }

  getName(options: any = {}): string {
    const family = options.family === 4 || options.family === 6 ? `:${options.family}` : "";
    const socket = options.socketPath ? `:${options.socketPath}` : "";
    return `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}${family}${socket}`;
  }
  createConnection(): never {
    return notImplemented("http.Agent.createConnection");
  }
  addRequest(): never {
    return notImplemented("http.Agent.addRequest");
  }
  destroy(): void {
    this.freeSockets = Object.create(null);
  }
}

export class IncomingMessage extends Readable {
  httpVersion: string | null = null;
  httpVersionMajor: number | null = null;
  httpVersionMinor: number | null = null;
  complete = false;
  headers: Record<string, unknown> = {};
  rawHeaders: string[] = [];
  trailers: Record<string, unknown> = {};
  rawTrailers: string[] = [];
  aborted = false;
  upgrade: boolean | null = null;
  url = "";
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  socket: any;

  constructor(socket?: any) {
    super(socket ? { highWaterMark: socket.readableHighWaterMark } : undefined);
    this.socket = socket;
  }
  get connection(): any {
    return this.socket;
  }
  _read(): void {}
  setTimeout(ms: number, callback?: () => void): this {
    if (callback) (this as any).on("timeout", callback);
    this.socket?.setTimeout?.(ms);
    return this;
  }
}

export class OutgoingMessage extends Writable {
  constructor(_options?: any) {
    super();
    notImplemented("http.OutgoingMessage");
  }
}
export class ServerResponse extends OutgoingMessage {}
export class ClientRequest extends OutgoingMessage {}
