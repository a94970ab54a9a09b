console.log("evaluated for its effect");
export class Unused {}
