import { Item as Other, type Promise as Mine, wrap } from "./other";

export interface Item { other: Other; mine: Mine<1>; global: Promise<2> }
/** `Item$1` is the parameter here. */
export function generic<Item$1>(own: Item$1, other: Other): Item {
  return { own, other } as never;
}
/** The parameter has the name of what it stands for. */
export type Shadow<Item> = [Item, Other];
export const wrapped: ReturnType<typeof wrap> = wrap();
export namespace Split { export interface Item { first: 1 } }
export namespace Split { export type Same = Item }
export type { Item as Third } from "./third";
import * as Record from "./record";
/** The global type and the module of this name. */
export type Both = [Record<string, 1>, Record.Entry, typeof Record];
