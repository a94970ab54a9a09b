// Stores of AsyncLocalStorage across requests on kept connections, and the channels that tools listen to.
import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import http from "node:http";

const storage = new AsyncLocalStorage();
const log = (what) => console.log(what, storage.getStore());
for (const name of ["http.client.request.created", "http.client.request.start", "http.client.response.finish", "http.client.request.error", "http.server.request.start", "http.server.response.created", "http.server.response.finish"]) {
  channel(name).subscribe((message) => console.log(name, Object.keys(message).sort().join()));
}
const server = http.createServer((request, response) => {
  storage.run(`server ${request.url}`, () => {
    setTimeout(() => {
      log("answering");
      response.end("x");
    }, 1);
  });
  log("outside");
  storage.enterWith("left behind");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const place = { port: server.address().port, host: "127.0.0.1" };
for (const id of ["a", "b"]) {
  await storage.run(id, () => new Promise((resolve) => {
    const request = http.get({ ...place, path: `/${id}` }, (response) => {
      log("response");
      response.on("data", () => log("data"));
      response.on("end", () => log("end"));
    });
    request.on("socket", () => log("socket"));
    request.on("finish", () => log("finish"));
    request.on("close", () => {
      log("close");
      resolve();
    });
  }));
}
await storage.run("error", () => new Promise((resolve) => http.get({ ...place, port: 1 }).on("error", () => resolve(log("error")))));
server.close();
server.closeAllConnections();
