console.log("lazy evaluated");
export const value = 42;
