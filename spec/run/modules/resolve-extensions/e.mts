export default "e.mts for e.mjs";
