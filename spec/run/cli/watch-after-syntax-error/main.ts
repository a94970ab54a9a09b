console.log("start");
const { value } = await import("./lib.ts");
console.log(value);
setInterval(() => {}, 1000);
