export default "b.ts for b.js";
