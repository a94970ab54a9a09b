// Agents: connections that are used again, requests that wait for one, and agents that open connections their own way.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";

const held = [];
const names = new Map();
let arrived = () => {};
const server = http.createServer((request, response) => {
  if (!names.has(request.socket)) names.set(request.socket, names.size + 1);
  const answer = () => response.end(`${request.url} on ${names.get(request.socket)} ${request.headers.connection}`);
  if (request.url === "/held") held.push(answer);
  else answer();
  arrived();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const place = { port, host: "127.0.0.1" };

const get = (agent, path, more) => new Promise((resolve, reject) => {
  const request = http.get({ ...place, agent, path, ...more }, async (response) => resolve(`${await text(response)} ${request.reusedSocket}`));
  request.on("error", (error) => resolve(error.code));
});
const isHeld = async (count) => {
  while (held.length < count) await new Promise((resolve) => (arrived = resolve));
};
const release = () => held.splice(0).forEach((answer) => answer());
// What is done in ticks behind the end of an answer is done then.
const settled = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const shape = (agent) => JSON.stringify([agent.sockets, agent.freeSockets, agent.requests].map((lists) => Object.entries(lists).map(([name, list]) => `${name.replace(port, "PORT")} ${list.length}`))) + agent.totalSocketCount;

const kept = new http.Agent({ keepAlive: true });
kept.on("free", () => console.log("free"));
console.log(await get(kept, "/1"));
await settled();
console.log(shape(kept));
const [idle] = Object.values(kept.freeSockets)[0];
console.log(idle.destroyed, idle._httpMessage, idle.listenerCount("data"), idle.listenerCount("error"), idle.timeout);
console.log(await get(kept, "/2"));
await settled();
console.log(shape(kept));
server.closeIdleConnections();
await once(idle, "close");
console.log(shape(kept));
console.log(await get(kept, "/3"));
kept.destroy();

const two = new http.Agent({ keepAlive: true, maxSockets: 2 });
const several = ["/held", "/held", "/a", "/b", "/c"].map((path) => get(two, path));
await isHeld(2);
console.log(shape(two));
release();
console.log((await Promise.all(several)).map((answer) => answer.replace(/ \d+ /, " ")).join(", "));
await settled();
console.log(shape(two));
two.destroy();

const one = new http.Agent({ maxSockets: 1 });
const queue = ["/held", "/a", "/b"].map((path) => get(one, path));
await isHeld(1);
console.log(shape(one));
release();
console.log((await Promise.all(queue)).join(", "));

const few = new http.Agent({ keepAlive: true, maxFreeSockets: 1 });
const pair = ["/held", "/held"].map((path) => get(few, path));
await isHeld(2);
release();
await Promise.all(pair);
await settled();
console.log(shape(few));
few.destroy();

const total = new http.Agent({ maxTotalSockets: 1, keepAlive: true });
const here = get(total, "/held");
const there = get(total, "/there", { localAddress: "127.0.0.1" });
await isHeld(1);
console.log(shape(total));
release();
console.log(await here, await there);
total.destroy();

// A request that waits and is given up leaves its place.
const waiting = new http.Agent({ keepAlive: true, maxSockets: 1 });
const busy = get(waiting, "/held");
const given = http.get({ ...place, agent: waiting });
given.on("error", (error) => console.log("given up:", error.code));
await isHeld(1);
given.destroy();
release();
await busy;
await settled();
console.log(shape(waiting));
waiting.destroy();

class Own extends http.Agent {
  createConnection(options, ready) {
    console.log("createConnection", options.host, typeof options.port, typeof ready, options.keepAlive, options._agentKey.replace(port, "PORT"));
    return net.connect(options);
  }
}
console.log(await get(new Own(), "/own"));
class Late extends http.Agent {
  createConnection(options, ready) {
    setImmediate(() => ready(null, net.connect(options)));
  }
}
const late = new Late({ keepAlive: true });
console.log(await get(late, "/late"));
late.destroy();
class Failing extends http.Agent {
  createConnection(options, ready) {
    ready(Object.assign(new Error("no"), { code: "ENO" }));
  }
}
console.log(await get(new Failing(), "/failing"));
class Sockets extends http.Agent {
  createSocket(request, options, ready) {
    console.log("createSocket");
    ready(null, net.connect(options.port, options.host));
  }
}
console.log(await get(new Sockets(), "/sockets"));
console.log(await get({ addRequest: (request, options) => request.onSocket(net.connect(options.port, options.host)) }, "/plain"));
console.log(new http.Agent().getName({ host: "a", port: 1, localAddress: "l", family: 4, socketPath: "/s" }), new http.Agent().getName());
console.log(http.globalAgent.keepAlive, http.globalAgent.options.timeout, http.globalAgent.maxFreeSockets, http.globalAgent.scheduling);
server.closeAllConnections();
server.close(() => console.log("closed"));
