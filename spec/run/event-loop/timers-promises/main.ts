import { setTimeout as sleep, setImmediate as soon } from "node:timers/promises";
console.log(await sleep(2, "slept"), await soon("soon"));
const controller = new AbortController();
const waiting = sleep(100_000, null, { signal: controller.signal }).catch((error) => error);
controller.abort();
const error = await waiting;
console.log(error.name, error.code);
