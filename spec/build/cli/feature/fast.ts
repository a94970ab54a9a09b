export const fast = () => read("fast");
