console.log(typeof setTimeout, typeof clearTimeout, typeof setInterval, typeof setImmediate, typeof queueMicrotask);
setTimeout((...args: unknown[]) => console.log(args.join()), 1, 1, 2, 3);
try { (queueMicrotask as any)("text"); } catch (error: any) { console.log(error.code, error instanceof TypeError); }
try { (setTimeout as any)("text"); } catch (error: any) { console.log(error instanceof TypeError); }
