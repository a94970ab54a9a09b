enum A { X = 1, Y }
console.log(A, A[2], A.Y);
enum B { 'a-b' = 3, "c" , 'd' = 'x', e = "s", f = 7 }
console.log(B);
const enum C { One = 1 << 2, Two = One | 1, Three = A.Y + Two, S = `q${1}` }
console.log(C.One, C.Two, C["Three"], C.S, Object.keys(C));
enum D { P = Math.max(3, 4), Q = P * 2, R = A.X, T = ((d: number) => d + P)(2), U = (() => { const P = 100; return P + Q })() }
console.log(D);
enum M { One = 1 }
enum M { Two = One + 1, Three }
console.log(M);
function f() { enum In { a = 5, b } { enum In { z = 9 } console.log(In) } return In }
console.log(f());
namespace M { export function name(x: M) { return M[x] }}
console.log(M.name(M.Two));
declare enum Gone { a }
console.log(typeof Gone);
export enum Ex { A = 'a' as any, B = <any>'b', Neg = -1, Pos = +A.Y, Inv = ~1, F = 1.5, G }
console.log(Ex);
enum Self { Self = 1, Other = Self + 1 }
console.log(Self);
switch (1 as A) { case A.X: enum Sw { s } console.log(Sw.s) }
enum Empty {}
console.log(Empty);
enum Inf { a = 1/0, b = -1/0, c = 0/0, d = a }
console.log(Inf);
enum Com /* c */ { /* a */ a /* b */ , /* c */
 // line
 b /* , */ = /* x */ 3 // y
 , c, }
console.log(Com)
