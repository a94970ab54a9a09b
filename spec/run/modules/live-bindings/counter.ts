export let count = 0;
export function increment() { count++; }
function reset() { count = 0; }
export { reset };
export default () => `count is ${count}`;
