const value = { get bad() { throw new Error("getter"); }, fine: 1 };
console.log(value);
const proxy = new Proxy({}, { get() { throw new Error("get"); }, ownKeys() { throw new Error("ownKeys"); }, getPrototypeOf() { throw new Error("getPrototypeOf"); } });
try { console.log(proxy); } catch { }
const error = new Error("shown"); Object.defineProperty(error, "cause", { get() { throw new Error("cause"); } });
try { console.log(String(error)); } catch { }
console.log("still running");
