export default "a.ts";
