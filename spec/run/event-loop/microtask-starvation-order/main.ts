let depth = 0;
const nest = () => { if (++depth < 1000) queueMicrotask(nest); else console.log("microtasks", depth); };
setTimeout(() => console.log("timer after", depth), 0);
queueMicrotask(nest);
