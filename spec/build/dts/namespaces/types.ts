export type Unit = "m" | "km";
export type Unused = 1;
