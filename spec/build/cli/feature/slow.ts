export const slow = () => read("slow");
