const log: string[] = [];
(Reflect as any).metadata = (k: string, v: any) => (t: any, n?: any) => { console.log(k, n, Array.isArray(v) ? v.map(x => x?.name ?? x) : v?.name ?? v) };
const dec: any = () => {};
interface I { a: 1 } type Al = string; enum En { A } enum Se { A = "a" } namespace NS { export class Q {} } class Svc {} class Gen<T> { t?: T }
@dec class X {
 @dec a: string; @dec b: number; @dec c: boolean; @dec d: any; @dec e: unknown; @dec f: I; @dec g: Svc; @dec h: Svc[]; @dec i: [a: string]; @dec j: () => void; @dec k: string | number; @dec l: string | null; @dec m: Svc | undefined; @dec n: "lit"; @dec o: 5; @dec q: true; @dec r: null; @dec s: undefined; @dec t: void; @dec u: never; @dec v: symbol; @dec w: bigint; @dec x: object; @dec y: Date; @dec z: Promise<string>; @dec aa: Map<string, X>; @dec bb: En; @dec cc: Se; @dec dd: NS.Q; @dec ee: Gen<string>; @dec ff: Al; @dec gg: { a: 1 }; @dec hh: keyof I; @dec ii: typeof log; @dec jj: I["a"]; @dec kk: string & {}; @dec ll?: string; @dec mm: -1; @dec nn: `t${string}`; @dec oo: X; @dec pp: readonly string[]; @dec qq: new () => X; @dec rr: (string); @dec ss: 1 | 2; @dec tt: "a" | "b"; @dec uu: true | false; @dec vv: 1n; @dec ww: this; @dec xx: unique symbol; @dec yy: Missing; @dec zz: Missing.Inner; @dec ab = "infer"; @dec ac: asserts; @dec ad: string extends I ? string : number; @dec ae: import("x").Y; @dec af: "a" | string; @dec ag: Svc | string; @dec ah: Uint8Array; @dec ai: Function; @dec aj: Object; @dec ak: String;
 constructor(public p1: Svc, p2?: string, ...p3: number[]) {}
 @dec m1(a: string, b = 1, { c }: I, ...d: Svc[]): Promise<void> { return null }
 @dec m2() {} @dec async m3() {} @dec m4(this: X, a: Svc): this { return this } @dec get g1(): string { return "" } @dec set s1(v: number) {} @dec get g2(): Svc { return null } set g2(v) {} m5(@dec a: string, b: Date): asserts a is "x" {}
 @dec static st(a: X): X { return a } @dec m6(a): a is string { return true } @dec *m7(): Generator<number> {} @dec async m8(): Promise<string> { return "" }
}
@dec class NoCtor extends X {} @dec class EmptyCtor { constructor() {} }
class OnlyParam { constructor(@dec a: Svc) {} }
declare class Missing {} declare namespace Missing { class Inner {} }; type asserts = string;
