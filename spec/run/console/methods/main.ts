console.info("info"); console.debug("debug");
console.error("to stderr"); console.warn("also to stderr"); console.trace === undefined || console.log("has trace");
console.group("outer"); console.log("inside\ntwo lines"); console.group(); console.info({ a: 1 }); console.groupEnd(); console.groupEnd(); console.log("outside");
console.count(); console.count("x"); console.count(); console.countReset(); console.count();
console.assert(true, "never printed"); console.assert(false, "assertion text", 1);
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.log(); console.log(""); console.log("a\tb");
console.timeEnd("missing"); console.time("t"); console.log(typeof console.timeLog);
