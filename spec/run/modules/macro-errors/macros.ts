export function fails(code: number) {
  throw new RangeError(`code ${code}`);
}
export const date = () => new Date();
export const fine = () => "fine";
