import { feature } from "bun:bundle";
const debug = feature("DEBUG");
const name = "DEBUG";
if (feature(process.argv[0]!)) console.log(debug);
while (feature("DEBUG")) console.log(name);
console.log(feature);
