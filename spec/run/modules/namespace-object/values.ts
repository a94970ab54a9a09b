export const zebra = 26;
export const alpha = 1;
export default function named() {}
export let Middle = 13;
