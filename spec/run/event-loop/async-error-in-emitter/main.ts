import { EventEmitter, once } from "node:events";
const emitter = new EventEmitter();
setTimeout(() => emitter.emit("value", 1, 2), 1);
console.log(await once(emitter, "value"));
try { emitter.emit("error", new Error("nobody listens")); } catch (error: any) { console.log(error.message); }
