import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import tls from "node:tls";

const pem = (name) => readFileSync(new URL(name, import.meta.url));
const [cert, key] = [pem("localhost.crt"), pem("localhost.key")];
const server = https.createServer({ cert, key }, (request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => response.end(`${request.method} ${request.url} ${body} ${request.socket.encrypted}`));
});
console.log(server instanceof https.Server);
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

const ask = (options) => new Promise((resolve, reject) => {
  const request = https.request({ port, host: "127.0.0.1", servername: "localhost", ca: cert, ...options }, async (response) => {
    let text = "";
    for await (const part of response.setEncoding("utf8")) text += part;
    resolve(`${response.statusCode} ${text}`);
  });
  request.on("error", reject);
  request.on("upgrade", (response, socket) => {
    socket.once("data", (bytes) => {
      resolve(`${response.statusCode} ${bytes}`);
      socket.end();
    });
    socket.write("over tls");
  });
  request.end(options.body);
});
// `localhost` is the name in the certificate, whatever the address.
const checkServerIdentity = () => undefined;
console.log(await ask({ path: "/a", method: "POST", body: "text", rejectUnauthorized: false }));
console.log(await ask({ path: "/b", createConnection: (options) => tls.connect({ ...options, checkServerIdentity }) }));
server.on("upgrade", (request, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  socket.on("data", (bytes) => socket.write(`back ${bytes}`));
  socket.on("end", () => socket.end());
});
console.log(await ask({ path: "/up", headers: { Connection: "Upgrade", Upgrade: "echo" }, rejectUnauthorized: false }));

try {
  https.createServer({ cert: "nonsense", key });
} catch (error) {
  console.log(error instanceof Error);
}
server.close(() => console.log("closed"));
