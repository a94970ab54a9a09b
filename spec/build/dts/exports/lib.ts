import type { Later } from "./later";

/** Used. */
export const used: number = 1;
/** Not used by anybody. */
export const unused: Unused = {};
interface Unused {}
export interface Option { later?: Later }
export class OnlyType {}
export interface Shape { sides: number }
/** No name. */
export default class<T> { value?: T; }
