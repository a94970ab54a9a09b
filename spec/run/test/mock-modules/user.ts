import { value } from "./dep";
export const use = (): string => `${value()}!`;
