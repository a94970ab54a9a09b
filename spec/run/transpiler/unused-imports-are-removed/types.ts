console.log("never evaluated");
export type Unused = number;
