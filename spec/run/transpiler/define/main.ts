declare const VERSION: string;
console.log(VERSION, process.env.MODE);
