declare const A: string;
console.log(A, JSON.stringify(process.execArgv));
