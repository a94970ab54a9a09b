console.log("second evaluated too");
export type AlsoUnused = 1;
