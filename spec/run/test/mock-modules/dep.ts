export const value = (): string => "real";
export class Greeter {
  greet(): string {
    return "hello";
  }
}
export const list = [1, 2];
