// Hosts with addresses of both families: attempts one by one, and what is said when all of them fail.
import net from "node:net";
import { once } from "node:events";
import util from "node:util";

const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const closed = (emitter) => new Promise((resolve) => emitter.on("close", resolve));
const lookup = (addresses) => (host, options, callback) => {
  log("lookup", host, options.all);
  process.nextTick(callback, null, addresses.map((address) => ({ address, family: net.isIP(address) })));
};

const server = net.createServer((socket) => socket.end("hello"));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();

function watch(socket) {
  socket.on("lookup", (error, address, family, host) => log("on lookup", error, address, family, host));
  socket.on("connectionAttempt", (address, _port, family) => log("attempt", address, family));
  socket.on("connectionAttemptFailed", (address, _port, family, error) => log("failed", address, family, error.code));
  socket.on("connect", () => log("connected", socket.remoteAddress, socket.autoSelectFamilyAttemptedAddresses?.map((one) => one.replace(/\d+$/, "port"))));
  socket.on("error", (error) => log("error", error.name, error.code, JSON.stringify(error.message), error.errors?.map((one) => one.message.replace(/\d+$/, "port"))));
  return socket;
}

for (const addresses of [["::1", "127.0.0.1"], ["::1", "127.0.0.2"]]) {
  const socket = watch(net.connect({ port, host: "two.example", lookup: lookup(addresses) }));
  socket.resume();
  await closed(socket);
}
const single = watch(net.connect({ port, host: "one.example", autoSelectFamily: false, lookup: (host, options, callback) => { log("lookup", host, options.all); callback(null, "127.0.0.1", 4); } }));
single.resume();
await closed(single);
const failing = watch(net.connect({ port, host: "none.example", lookup: (host, options, callback) => callback(Object.assign(new Error("no such host"), { code: "ENOTFOUND" })) }));
await closed(failing);
const wrong = watch(net.connect({ port, host: "wrong.example", lookup: (host, options, callback) => callback(null, [{ address: "not an address", family: 4 }]) }));
await closed(wrong);
const blockList = new net.BlockList();
blockList.addAddress("127.0.0.1");
const blocked = watch(net.connect({ port, host: "127.0.0.1", blockList }));
await closed(blocked);
server.close();
