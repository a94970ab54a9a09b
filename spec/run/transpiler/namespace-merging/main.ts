export namespace A.B { export const x = 1; export let y = 2, z; export function f() { y++; return x + y }; export class C { v = x }; export namespace D { export const d = x + y } export import E2 = D; export enum E { P = 1, Q } 
  const hidden = 5; export const { q, r: [s = hidden], ...rest } = { q: 1, r: [], t: 3, u: 4 }; export const arr = { x, y, q }; [y] = [10]; ({ y } = { y: y + 1 }); ({ y: z = 3 } = {} as any); }
console.log(A, A.B.f(), A.B.y, A.B.z, A.B.E2.d, new A.B.C().v);
namespace A.B { console.log(x, y, f(), new C(), D.d, E.Q, E2.d) ; export const later = () => x; }
console.log(A.B.later());
function fn() { return fn.count } namespace fn { export let count = 42; count++ }
console.log(fn());
class K { static make() { return K.def } } namespace K { export const def = "def"; export interface Opt {} }
console.log(K.make());
namespace Foo { export class Foo { n = "inner" } export const x = new Foo(); console.log(x) }
console.log(Foo.x, new Foo.Foo());
import x = A.B.x; import Unused = A.B.C;
console.log(x);
declare namespace Gone { const a: number }
namespace Types { export type T = number; export interface I {} }
namespace Outer { namespace Inner { export const i = 1 } export namespace Ex { export const e = Inner.i + 1; export function g() { return e } } console.log(Ex.g()); namespace Ex2 {} }
namespace Outer { export namespace Ex { console.log(e); export const e2 = e + 1 } export const fromOther = Ex.e2 }
console.log(Outer);
namespace G { export async function a() { await 1; return v } export function* g() { yield v } export abstract class Ab { abstract m(): void; n() { return v } } export declare const dec: number; export const v = 7; for (const v of [1]) console.log(v); }
G.a().then(console.log); console.log([...G.g()]);
module Old { export var o = 1; export const fnn = function () { return o }; export var p = `${o}${fnn()}`, pp = p
  ;(() => {})() }
console.log(Old.p, Old.fnn.name);
namespace L { export const a = 1
export const b = a
  export type Q = string
export const c = b }
console.log(L)
console.log("end");
