/** @jsxRuntime classic */
/** @jsx h */
enum Kind { A, B }
const h = (type: unknown, props: any, ...rest: unknown[]) => ({ type, props, rest });
class Box { constructor(private readonly kind: Kind) {} fail() { return <div kind={this.kind}>{(null as any).missing}</div>; } }
try { new Box(Kind.B).fail(); } catch (error: any) { console.log(error.stack.match(/main\.tsx:(\d+)/)[1], error instanceof TypeError); }
