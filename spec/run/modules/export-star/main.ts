import * as all from "./index.ts";
console.log(Object.keys(all).join());
console.log("both" in all, all.own, all.onlyA, all.onlyB, "default" in all);
console.log(all.nested.onlyB);
