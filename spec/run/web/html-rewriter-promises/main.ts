// A handler's promise that settles within the microtasks it started does not keep a string from being transformed.
const T = async (name: string, f: () => any) => { try { console.log(name, "=>", await f()); } catch (e: any) { console.log(name, "E", e?.name, e?.message); } };
const rw = () => new HTMLRewriter();
await T("rejected", () => rw().on("p", { element() { return Promise.reject(new Error("no")); } } as never).transform("<p>x</p>"));
await T("settled", () => rw().on("p", { async element(e) { e.append("1"); } }).transform("<p></p>"));
await T("microtasks", () => rw().on("p", { async element(e) { await 1; await null; e.append("2"); } }).transform("<p></p>"));
