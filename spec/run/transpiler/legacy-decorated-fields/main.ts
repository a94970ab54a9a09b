const p = (...a: any[]) => console.log(...a);
class Base { set v(x) { p("setter", x) } set w(x) { p("w") } }
class P1 extends Base { v = 1; w; nov }
p(Object.keys(new P1()));
const dec: any = () => {};
class P2 extends Base { v = 1; w; nov; @dec q = 2; @dec r; #h = this.q }
p(Object.keys(new P2()));
class P3 extends Base { v = 1; w; nov; @dec m() {} }
p(Object.keys(new P3()));
@dec class P4 extends Base { v = 1; w; nov; static s = 1; static t }
p(Object.keys(new P4()), Object.keys(P4));
class P5 extends Base { constructor(@dec public a) { super() } v = this.a; nov }
p(Object.keys(new P5(1)));
class P6 { @dec static s = 1; @dec static t; static u; @dec b = 1; a; }
p(Object.keys(P6), Object.keys(new P6));
