import text from "./words.upper"; export const twice = text + text;
