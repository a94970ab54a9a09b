export const shared = "one binding, two ways";
