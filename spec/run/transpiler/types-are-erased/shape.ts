export interface Shape { width: number; height: number }
export type Unused = never;
export type OnlyType = { id: number };
export const area = (shape: Shape): number => shape.width * shape.height;
