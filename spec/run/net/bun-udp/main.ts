// Datagrams between sockets of Bun.udpSocket, connected and not, in the three kinds of bytes.
const { promise, resolve } = Promise.withResolvers<void>();
const server = await Bun.udpSocket({
  hostname: "127.0.0.1",
  socket: {
    data(socket, data, port, address, flags) {
      console.log("server", data.constructor.name, `${data}`, port > 0, address, JSON.stringify(flags));
      socket.send(`re:${data}`, port, address);
    },
  },
});
console.log(server.hostname, server.port === server.address.port, server.address.family, server.binaryType, server.closed, String(server));
let left = 4;
const got = () => { if (--left === 0) resolve(); };
const client = await Bun.udpSocket({
  connect: { hostname: "127.0.0.1", port: server.port },
  binaryType: "uint8array",
  socket: { data(socket, data, port, address) { console.log("client", data.constructor.name, new TextDecoder().decode(data as any), port === server.port, address); got(); } },
});
console.log(client.remoteAddress!.port === server.port, client.hostname);
console.log(client.send("one"), client.sendMany(["two", new Uint8Array([51])]));
const free = await Bun.udpSocket({ binaryType: "arraybuffer", socket: { data(socket, data) { console.log("free", data.constructor.name); got(); } } });
console.log(free.sendMany(["four", server.port, "127.0.0.1"]));
await promise;

const attempt = (label: string, run: () => unknown) => {
  try {
    console.log(label, run());
  } catch (error: any) {
    console.log(label, error.name, error.code, error.message, error.syscall, error.errno);
  }
};
attempt("few", () => (free as any).send("x"));
attempt("port", () => free.send("x", 99999, "127.0.0.1"));
attempt("name", () => free.send("x", 99, "localhost"));
attempt("connected", () => (client as any).send("x", 99, "127.0.0.1"));
attempt("many", () => (free as any).sendMany(["a"]));
attempt("no list", () => (free as any).sendMany("a"));
attempt("type", () => (free as any).send(5, 99, "127.0.0.1"));
attempt("big", () => free.send(new Uint8Array(70000), 99, "127.0.0.1"));
attempt("broadcast", () => free.setBroadcast(true));
attempt("ttl", () => free.setTTL(64));
attempt("ttl 0", () => free.setTTL(0));
attempt("multicast ttl", () => free.setMulticastTTL(3));
attempt("loopback", () => free.setMulticastLoopback(true));
attempt("join", () => free.addMembership("224.0.0.251", "127.0.0.1"));
attempt("leave", () => free.dropMembership("224.0.0.251", "127.0.0.1"));
attempt("no group", () => free.addMembership("1.2.3.4"));
for (const socket of [server, client, free]) socket.close();
attempt("closed", () => [free.closed, free.port, free.close()]);
attempt("send closed", () => free.send("x", 99, "127.0.0.1"));
for (const options of [undefined, 5, { hostname: "127.0.0.1", port: 99999 }, { connect: {} }, { connect: { hostname: "127.0.0.1" } }, { socket: { data: 1 } }, { socket: 1 }]) {
  attempt(`options ${JSON.stringify(options)}`, () => Bun.udpSocket(options as any));
}
const first = await Bun.udpSocket({ hostname: "127.0.0.1" });
try {
  await Bun.udpSocket({ hostname: "127.0.0.1", port: first.port });
} catch (error: any) {
  console.log(error.code, error.syscall, error.message);
}
first.close();
const refused = Promise.withResolvers<void>();
const nobody = await Bun.udpSocket({ connect: { hostname: "127.0.0.1", port: first.port ?? 1 }, socket: { data() {}, error(error: any) { console.log("error", error.code); refused.resolve(); } } } as any);
nobody.send("x");
await refused.promise;
nobody.close();
