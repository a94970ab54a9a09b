import { Level, Flag, Mode } from "./enums.ts";
enum Computed { A = 1 << 3, B = A | 1, C = "text".length, D = B + 1, E }
enum Mixed { Yes = "YES", No = 0, Other }
enum Merged { One = 1 }
enum Merged { Two = 2 }
console.log(Level.High, Level[2], Flag.All, Mode.Dark, Computed.B, Computed.C, Computed.E);
console.log(Mixed.Yes, Mixed[0], Mixed.Other, Merged.One, Merged.Two, Object.keys(Merged).join());
