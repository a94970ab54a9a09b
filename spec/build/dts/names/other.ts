export interface Item { is: "other" }
export type Promise<T> = { mine: T };
export function wrap(): <Item>(item: Item) => Promise<Item> { return null!; }
