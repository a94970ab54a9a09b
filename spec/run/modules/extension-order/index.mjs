export const from = "mjs";
