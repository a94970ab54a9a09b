import { sep } from "node:path";
module.exports = { sep };
