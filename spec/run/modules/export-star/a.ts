export const both = "a", onlyA = "a", own = "a";
export default "a";
