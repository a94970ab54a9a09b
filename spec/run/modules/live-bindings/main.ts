import { count, increment, reset as clear } from "./counter.ts";
import * as counter from "./counter.ts";
console.log(count, counter.count);
increment();
increment();
console.log(count, counter.count);
clear();
console.log(count, counter.count, counter.default());
