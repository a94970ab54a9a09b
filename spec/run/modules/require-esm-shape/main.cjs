for (const file of ["esm", "esm2", "esm3", "esm4"]) {
  const loaded = require(`./${file}.mjs`);
  console.log(file, loaded, loaded.__esModule, Object.keys(loaded).join(), loaded === require(`./${file}.mjs`));
}
const live = require("./esm2.mjs");
live.f();
console.log(live.b);
