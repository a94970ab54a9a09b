try {
  require("./uses.ts");
} catch (error) {
  console.log(error.code, error.message);
}
console.log((await import("./uses.ts")).value);
console.log(require("./uses.ts").value);
