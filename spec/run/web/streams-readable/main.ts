const log = (...a: unknown[]) => console.log(...a);
const stream = new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close(); } });
const got: unknown[] = []; for await (const chunk of stream) got.push(chunk); log(got.join());
log(stream.locked, await stream.getReader().read().then((r) => r.done));
const order: string[] = [];
const pulls = new ReadableStream({ pull(c) { order.push(`pull ${c.desiredSize}`); c.enqueue(order.length); if (order.length === 3) c.close(); } }, { highWaterMark: 2 });
await Promise.resolve(); const r = pulls.getReader();
log((await r.read()).value, (await r.read()).value, (await r.read()).value, (await r.read()).done, order.join());
r.releaseLock(); await r.read().catch((e) => log(e instanceof TypeError)); await r.closed.catch((e) => log("closed", e instanceof TypeError));
const failing = new ReadableStream({ pull() { throw new Error("pull failed"); } }); await failing.getReader().read().catch((e) => log(e.message));
let cancelled: unknown; const c1 = new ReadableStream({ cancel(why) { cancelled = why; return "ignored"; } }); log(await c1.cancel("because"), cancelled);
const [x, y] = new ReadableStream({ start(c) { c.enqueue({ n: 1 }); c.close(); } }).tee();
const [xv, yv] = [(await x.getReader().read()).value, (await y.getReader().read()).value]; log(xv === yv);
log((await Array.fromAsync(ReadableStream.from(["p", Promise.resolve("q")]))).join());
log((await Array.fromAsync(ReadableStream.from((async function* () { yield 1; yield 2; })()))).join());
for (const bad of [null, {}, 5]) { try { ReadableStream.from(bad as any); log("no"); } catch (e) { log((e as Error).name); } }
try { new ReadableStream({ type: "bytes" } as any, { size: () => 1 } as any); } catch (e) { log((e as Error).name); }
try { new ReadableStream({}, { highWaterMark: -1 }); } catch (e) { log((e as Error).name); }
const early = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); }, cancel(why) { log("cancelled", why); } });
for await (const v of early) { log(v); break; } log(early.locked);
const kept = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close(); } });
for await (const _ of kept.values({ preventCancel: true })) break; log((await kept.getReader().read()).value);
const errored = new ReadableStream({ start(c) { c.enqueue(1); c.error(new Error("late")); } }); await errored.getReader().read().catch((e) => log(e.message));
const sized = new ReadableStream({ start(c) { c.enqueue(new Uint8Array(3)); log(c.desiredSize); } }, new ByteLengthQueuingStrategy({ highWaterMark: 5 }) as any); void sized;
const counted = new CountQueuingStrategy({ highWaterMark: 4 }); log(counted.highWaterMark, (counted.size as any)("x"));
