export interface Lazy<T> { lazy: T }
export const value: number = 1;
