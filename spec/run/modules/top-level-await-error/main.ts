const outcomes = await Promise.allSettled([import("./a.ts"), import("./b.ts")]);
console.log(outcomes.map((one) => one.status === "rejected" ? one.reason.message : "fine").join());
