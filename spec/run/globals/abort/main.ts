const controller = new AbortController();
const { signal } = controller;
signal.addEventListener("abort", (event) => console.log("event", event.type, signal.reason.message));
signal.onabort = () => console.log("onabort");
console.log(signal.aborted, signal.reason);
controller.abort(new Error("why")); controller.abort(new Error("again"));
try { signal.throwIfAborted(); } catch (error: any) { console.log("thrown", error.message); }
const standard = AbortSignal.abort();
console.log(standard.reason.name, standard.reason.code, standard.reason instanceof DOMException);
const first = new AbortController();
const any = AbortSignal.any([first.signal, AbortSignal.timeout(100_000)]);
first.abort("reason"); console.log(any.aborted, any.reason);
const timed = AbortSignal.timeout(5);
const keep = setInterval(() => { if (timed.aborted) { console.log(timed.reason.name); clearInterval(keep); } }, 2);
