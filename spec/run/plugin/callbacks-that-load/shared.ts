console.log("shared"); export const count = 1;
