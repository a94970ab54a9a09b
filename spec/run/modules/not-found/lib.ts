// the second line
import { gone } from "./gone";
export const a = gone;
