import value, { named } from "./transpiled.cjs";
import * as ns from "./transpiled.cjs";
console.log(value, named, ns.default);
