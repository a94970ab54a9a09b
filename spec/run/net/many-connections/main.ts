// A thousand connections opened and closed by each interface: everybody hears of the end, and no descriptor stays behind.
import { readdirSync } from "node:fs"; import net from "node:net";
const fds = () => readdirSync("/proc/self/fd").length;
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
{
  let opened = 0, closed = 0;
  const l = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open() { opened++ }, data(s, d) { s.write(d) }, close() { closed++ } } });
  const before = fds(); let echoed = 0, cclosed = 0;
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 100 }, () => new Promise<void>((done) => Bun.connect({ hostname: "127.0.0.1", port: l.port, socket: { open(s) { s.write("x") }, data(s) { echoed++; s.end() }, close() { cclosed++; done() } } }))));
  }
  while (closed < 1000) await wait(1);
  console.log(opened, closed, echoed, cclosed, fds() - before < 10); l.stop();
}
{
  let opened = 0, closed = 0, echoed = 0, cclosed = 0;
  const server = net.createServer((s) => { opened++; s.on("close", () => closed++); s.pipe(s) }); await new Promise<void>((r) => server.listen(0, "127.0.0.1", r));
  const before = fds();
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 100 }, () => new Promise<void>((done) => { const c = net.connect((server.address() as any).port, "127.0.0.1"); c.write("x"); c.on("data", () => { echoed++; c.end() }); c.on("close", () => { cclosed++; done() }) })));
  }
  while (closed < 1000) await wait(1);
  console.log(opened, closed, echoed, cclosed, fds() - before < 10); server.close();
}
