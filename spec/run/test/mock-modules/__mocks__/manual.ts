export const name = "by hand";
