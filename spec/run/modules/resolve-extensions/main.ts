import a from "./a";
import b from "./b.js";
import c from "./c";
import d from "./d";
import e from "./e.mjs";
console.log(a, b, c, d.name, e);
