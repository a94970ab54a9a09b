// A stack begins where an error was made, not in the constructors of its class.
// The headers are of the moment: only the frames are shown.
class A extends Error { constructor(m: string) { super(m); this.name = "A"; } }
class B extends A { constructor(m: string) { super(m + "!"); } }
class C extends B {}
function make() { return new B("x"); }
console.log(make().stack!.split("\n").slice(1).join("\n"));
console.log(new C("y").stack!.split("\n").slice(1).join("\n"));
class E extends Error { constructor(m: string) { super(m); Error.captureStackTrace(this, this.constructor); } }
console.log(new E("e").stack!.split("\n").slice(1).join("\n"));
class G extends Error { static of() { return new this("g"); } } console.log(G.of().stack!.split("\n").slice(1).join("\n"));
