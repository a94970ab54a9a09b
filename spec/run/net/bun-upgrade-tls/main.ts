// A connection that is plain at first and then speaks TLS.
import net from "node:net";
import tls from "node:tls";
const folder = import.meta.dir;
const [cert, key] = await Promise.all(["crt", "key"].map((end) => Bun.file(`${folder}/localhost.${end}`).text()));
const server = net.createServer((raw) => {
  raw.once("data", (data) => {
    console.log("server", `${data}`);
    raw.write("go");
    const secure = new tls.TLSSocket(raw, { isServer: true, secureContext: tls.createSecureContext({ cert, key }) });
    secure.on("data", (data) => secure.end(`secret ${data}`));
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { promise, resolve } = Promise.withResolvers<void>();
const go = Promise.withResolvers<void>();
const plain = await Bun.connect({
  hostname: "127.0.0.1",
  port: (server.address() as any).port,
  socket: { data(socket, data) { if (`${data}` === "go") go.resolve(); }, close() {} },
});
plain.write("starttls");
await go.promise;
const [, secure] = plain.upgradeTLS({
  data: "upgraded",
  tls: { ca: cert, servername: "localhost" },
  socket: {
    handshake(socket: any, success: boolean) { console.log("handshake", success, socket.data, socket.authorized); socket.write("hello"); },
    data(socket: any, data: any) { console.log("secure", `${data}`); },
    close() { resolve(); },
  },
} as any);
await promise;
console.log(secure.readyState);
server.close();
