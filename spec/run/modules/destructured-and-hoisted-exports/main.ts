import * as all from "./lib.ts";
console.log(JSON.stringify(all), all.later());
all.change();
console.log(all.a, all.rest.join(), all.counter);
