// `node:https`: its agent. Requests and servers do not exist here yet and refuse.

import * as classes from "crust:node/internal/http_agent";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export class Agent extends classes.Agent {
  maxCachedSessions: number;
  override defaultPort = 443;
  override protocol = "https:";

  constructor(options?: any) {
    super(options);
    this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  }
}
export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
export const { createServer, get, request } = refusedFunctions("https", "createServer", "get", "request");
export const { Server } = refusedClasses("https", "Server");

export default { Agent, globalAgent, Server, createServer, get, request };
