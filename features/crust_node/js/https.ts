// `node:https`: requests over `fetch`. Servers with certificates do not exist here yet and refuse.

import { callable } from "crust:node/internal/callable";
import * as client from "crust:node/internal/http_client";
import * as messages from "crust:node/internal/http_message";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

class HttpsAgent extends messages.Agent {
  maxCachedSessions: number;
  override defaultPort = 443;
  override protocol = "https:";

  constructor(options?: any) {
    super(options);
    this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  }
}
Object.defineProperty(HttpsAgent, "name", { value: "Agent" });
export const Agent = callable(HttpsAgent);
export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
export const { request, get } = client.makeRequest(() => ({ protocol: "https:", agent: globalAgent }));
export const { createServer } = refusedFunctions("https", "createServer");
export const { Server } = refusedClasses("https", "Server");

export default { Agent, globalAgent, Server, createServer, get, request };
