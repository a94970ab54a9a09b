export const both = "b", onlyB = "b";
