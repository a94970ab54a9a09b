export namespace Names {
  export enum Kind { Short = 1, Long = 1 << 4 }
  export const limit = 3;
  export function kindOf(name: string): Kind {
    return name.length > limit ? Kind.Long : Kind.Short;
  }
  export function never(): number {
    return 1;
  }
}
