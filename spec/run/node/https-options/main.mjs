// The options of TLS that servers, requests and agents take: each is honoured, and none gets lost on its way.
import { constants } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { text } from "node:stream/consumers";
import tls from "node:tls";

const pem = (name) => readFileSync(new URL(name, import.meta.url));
const [cert, key] = [pem("localhost.crt"), pem("localhost.key")];
const make = async (options) => {
  const server = https.createServer({ cert, key, ...options }, ({ socket }, response) => response.end([socket.encrypted, socket.authorized, socket.getProtocol(), socket.servername, socket.alpnProtocol].join()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};
const get = (server, options) => new Promise((resolve) => {
  const request = https.get({ port: server.address().port, host: "127.0.0.1", ca: cert, servername: "localhost", ...options }, async (response) => resolve(await text(response)));
  request.on("error", (error) => resolve(error.code ?? error.message));
});
const refused = async (server, options) => !(await get(server, options)).startsWith("true");

const server = await make({});
console.log(server instanceof tls.Server, server instanceof https.Server, server instanceof http.Server);
console.log(await get(server));
console.log(await get(server, { maxVersion: "TLSv1.2" }));
console.log(await get(server, { minVersion: "TLSv1.3" }));
console.log(await get(server, { ALPNProtocols: ["http/1.1"], agent: new https.Agent() }));
console.log(await get(server, { servername: undefined }));
console.log(await get(server, { servername: undefined, headers: { Host: "localhost:1" } }));
console.log(await get(server, { ca: undefined }));
console.log(await get(server, { ca: undefined, rejectUnauthorized: false }));
console.log(await get(server, { checkServerIdentity: () => new Error("mine"), agent: new https.Agent() }));

// From the agent.
console.log(await get(server, { agent: new https.Agent({ checkServerIdentity: () => Object.assign(new Error("no"), { code: "EAGENT" }) }) }));
console.log(await get(server, { agent: new https.Agent({ ca: cert, servername: "localhost" }), ca: undefined, servername: undefined }));
console.log(await get(server, { agent: new https.Agent({ rejectUnauthorized: false }), ca: undefined }));
console.log(await get(server, { agent: new https.Agent({ maxVersion: "TLSv1.2" }) }));
const pool = new https.Agent({ keepAlive: true });
let used = 0;
server.on("secureConnection", () => used++);
await get(server, { agent: pool });
await get(server, { agent: pool });
console.log("connections:", used, Object.keys(pool.freeSockets).length);
pool.destroy();
console.log(pool.getName({ host: "a", port: 443, ca: "x", servername: "s", rejectUnauthorized: false, minVersion: "TLSv1.2" }));

// Of the server.
console.log(await get(server, { secureOptions: constants.SSL_OP_NO_TLSv1_3 }));
const old = await make({ maxVersion: "TLSv1.2" });
console.log(await get(old), await refused(old, { minVersion: "TLSv1.3" }));
const young = await make({ minVersion: "TLSv1.3" });
console.log(await get(young), await refused(young, { maxVersion: "TLSv1.2" }));
const asking = await make({ requestCert: true, rejectUnauthorized: false, ca: cert });
console.log(await get(asking, { agent: new https.Agent() }), await get(asking, { agent: new https.Agent({ cert, key }) }));
const strict = await make({ requestCert: true, ca: cert });
console.log(await refused(strict), await get(strict, { cert, key }));
server.setSecureContext({ cert, key });
server.addContext("localhost", { cert, key });
console.log(await get(server, { agent: new https.Agent() }));

// Whoever does not speak TLS.
const failed = once(server, "clientError");
const plain = net.connect(server.address().port, "127.0.0.1");
plain.on("error", () => {});
plain.resume();
plain.end("GET / HTTP/1.1\r\n\r\n");
await failed;
console.log("clientError");
for (const call of [() => https.createServer({ cert: "x", key }), () => https.request({ protocol: "http:" }), () => https.createServer({ cert, key, minVersion: "x" })]) {
  try {
    call();
    console.log("fine");
  } catch (error) {
    console.log(error instanceof Error, error.code === "ERR_INVALID_PROTOCOL", error.code === "ERR_TLS_INVALID_PROTOCOL_VERSION");
  }
}
for (const one of [server, old, young, asking, strict]) {
  one.closeAllConnections();
  one.close();
}
