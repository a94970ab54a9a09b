// net.BlockList and net.SocketAddress.
import net from "node:net";
import util from "node:util";
const log = (...words) => process.stdout.write(`${util.format(...words)}\n`);
const b = new net.BlockList();
b.addAddress("1.2.3.4");
b.addRange("10.0.0.1", "10.0.0.9");
b.addSubnet("8.8.8.0", 24);
b.addSubnet("2001:db8::", 32, "ipv6");
b.addAddress("::1", "ipv6");
log(b.rules);
for (const [a, f] of [["1.2.3.4"], ["::ffff:1.2.3.4", "ipv6"], ["10.0.0.5"], ["10.0.0.10"], ["8.8.8.8"], ["8.8.9.8"], ["2001:db8:1::", "ipv6"], ["::1", "ipv6"], ["::2", "ipv6"], ["junk"]]) { try { log(a, b.check(a, f)) } catch (e) { log(a, e.code, e.message) } }
log(b.toJSON());
const b2 = new net.BlockList();
b2.fromJSON(b.toJSON());
log(b2.rules, net.BlockList.isBlockList(b), net.BlockList.isBlockList({}));
for (const f of [() => b.addAddress(5), () => b.addAddress("x"), () => b.addRange("2.2.2.2", "1.1.1.1"), () => b.addSubnet("1.1.1.1", 33), () => b.addAddress("1.1.1.1", "ipv5"), () => new net.SocketAddress({ family: "x" }), () => new net.SocketAddress({ address: "x" }), () => new net.SocketAddress({ port: -1 }), () => new net.SocketAddress(5)]) { try { log("ok", f()) } catch (e) { log(e.name, e.code, e.message) } }
const a = new net.SocketAddress({ address: "2001:DB8:0:0:1::1", port: 80, family: "ipv6", flowlabel: 3 });
log(a.address, a.port, a.family, a.flowlabel, a.toJSON());
log(new net.SocketAddress());
log(net.SocketAddress.parse("1.2.3.4:81")?.toJSON(), net.SocketAddress.parse("[::1]:81")?.toJSON(), net.SocketAddress.parse("x"));
log(net.SocketAddress.isSocketAddress(a));
for (const x of ["::", "::1", "1::", "1:0:0:2:0:0:0:3", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "0:0:1::"]) log(x, new net.SocketAddress({ address: x, family: "ipv6" }).address);
