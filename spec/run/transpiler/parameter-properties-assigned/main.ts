class P { constructor(public x: number, readonly y = 2, private z?: string) { console.log(Object.keys(this)) } a = this.x; b; #p = this.x; get p() { return this.#p } }
console.log(new P(1), new P(1).p);
class Q extends P { k = this.x; constructor(public x: number, protected n = 3) { const v = 1; super(x + v); console.log(Object.keys(this)) } override = () => this.n }
console.log(new Q(1), new Q(1).override());
class R extends P { constructor(private r: number, other: string) { if (r) { console.log("if")
 super(r) } else super(0)
 console.log(this.r) } }
new R(1, ""); new R(0, "");
class S extends P { constructor(public s = class { constructor(public t = 1) {} }) { const me = super(1); console.log(me === this, new this.s().t) } }
new S();
class T { constructor(a: string); constructor(public a: any) {} x = 1; ['c' + 'd'] = 2; 'lit' = 3; 5 = 4; static s = 5; }
console.log(new T("q"), T.s);
class U extends P { constructor(readonly q: string) { super(1) } }
console.log(new U("u").q);
export {}
