declare const ANSWER: number;
console.log(ANSWER + 1, process.env.MODE);
