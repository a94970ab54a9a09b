export const enum Size { Small = 4, Large = Small * 2, Negative = -1, Name = "na\"me", "with-dash" = 7, Not = 0 / 0 }
export enum Plain { A = 3 }
const enum Late { A = 11 }
const enum Computed { A = Size.Large + 1, B = Late.A << 1, C = Math.round(2.6) }
export { Late as Renamed, Computed };
export default Late;
