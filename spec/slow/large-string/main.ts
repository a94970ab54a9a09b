import text from "./large.txt";
console.log(text.length, text.slice(0, 6));
