const never = setTimeout(() => console.log("never printed"), 100_000);
never.unref();
console.log(never.hasRef());
const kept = setTimeout(() => console.log("kept"), 5);
kept.unref();
kept.ref();
console.log(kept.hasRef(), typeof kept[Symbol.toPrimitive]());
const immediate = setImmediate(() => console.log("immediate"));
console.log(immediate.hasRef());
