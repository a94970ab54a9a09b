import data from "./broken.json";
console.log(data);
