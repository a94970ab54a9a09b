import { value } from "./lib.mjs";
import * as ns from "./lib.mjs";
try { ns.value = 2; } catch (error) { console.log(error instanceof TypeError); }
console.log(value, ns.value, (0, ns.self)() === undefined, ns.self() === ns);
