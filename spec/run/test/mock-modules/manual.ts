export const name = "real";
