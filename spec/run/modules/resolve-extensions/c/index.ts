export default "c/index.ts";
