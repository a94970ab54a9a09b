export interface Options<T> { value: T }

export function fail<T>(value: T, options?: Options<T>): never {
  const text: string = `failed with ${value as unknown as string}`; throw new RangeError(text);
}
