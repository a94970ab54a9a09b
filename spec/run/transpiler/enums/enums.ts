export enum Level { Low, Mid = 2, High }
export const enum Flag { None = 0, A = 1, B = 2, All = A | B }
export declare const enum Ghost { X = 1 }
export enum Mode { Light = "light", Dark = `dark` }
