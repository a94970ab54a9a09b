const log = (...a: unknown[]) => console.log(...a);
const { port1, port2 } = new MessageChannel(); const inner = new MessageChannel();
const done = new Promise<void>((resolve) => { inner.port1.onmessage = (e) => { log("inner", e.data); resolve(); }; });
port2.onmessage = (e) => { log("got", e.data.a, e.ports.length, e.data.p === e.ports[0]); e.data.p.postMessage("hi"); };
port1.postMessage({ a: 1, p: inner.port2 }, [inner.port2]); log("sent");
try { port1.postMessage(() => 1); } catch (e) { log((e as Error).name); } try { port1.postMessage(1, [port1]); } catch (e) { log((e as Error).name); }
await done; const closed = new Promise<void>((resolve) => port2.addEventListener("close", () => { log("closed"); resolve(); })); port1.close(); inner.port1.close(); await closed;
const a = new BroadcastChannel("x"), b = new BroadcastChannel("x"), c = new BroadcastChannel("y"); c.onmessage = a.onmessage = () => log("no");
await new Promise<void>((resolve) => { b.onmessage = (e: any) => { log("b", JSON.stringify(e.data), a.name); resolve(); }; a.postMessage({ k: [1] }); });
a.close(); b.close(); c.close(); try { a.postMessage(1); } catch (e) { log((e as Error).name); }
const buffer = new ArrayBuffer(8); const m = new MessageChannel(); const got = new Promise((r) => { m.port2.onmessage = (e) => r(e.data.byteLength); }); m.port1.postMessage(buffer, [buffer]); log(buffer.byteLength, await got); m.port1.close();
