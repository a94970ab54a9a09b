//! What is emitted for the lowered constructs parses again, in any order of them.

use crust_transpile::{EmitPlan, FormatHint, ImportMode, Options, Shape, Syntax, transpile};
use proptest::prelude::*;

/// Constructs that are lowered, and what may stand around them.
const SOURCES: &[&str] = &[
    "enum E { A = 1, B, 'c-d' = `x`, F = A | B, G = ((A) => A)(1) }",
    "const enum F { A }",
    "export enum E { Q = 'q' }",
    "{ enum L { A } }",
    "namespace N { export const v = 1, w = v; export function f() { return v } export class C { x = v } export let { a, b: [c = v], ...d } = f(); export enum E { A } export import g = M.h; export namespace O.P { export var z = v } }",
    "namespace N { v; ({v}); v++; [v] = w; }",
    "namespace M.h { export type T = 1; export const k = 2 }",
    "import e = N.v;",
    "export namespace X { using q = f(); export const y = q }",
    "declare namespace D { const x: 1 }",
    "class P { constructor(private u = 1, readonly v?: string) { f() } w = 1; #p = this.u; static s = 2 }",
    "class Q extends P { constructor(public u: number) { super(u); } }",
    "class R extends P { constructor(public u) { if (u) super(u); else { super() } } }",
    "using r = s;",
    "await using t = u, n = null;",
    "{ using a = b; function h() {} }",
    "for (using x of xs) f(x);",
    "async () => { for (await using x of xs) { x } };",
    "l: for (using x = y; ; ) { continue l }",
    "async function af() { await using z = w; return 1 }",
    "async function aw() { 'use strict'; try { await f(await g) } catch { h() } finally { await i } }",
    "l2: l3: for await (const x of xs) { if (x) continue l3; else break }",
    "l4: for await (using x of xs) { await x; continue l4 }",
    "async (a) => ({ b: await a });",
    "if (a) for await (x of xs) f(x); else g()",
    "do for await (x of await xs) await f(x)\nwhile (0)",
    "class AA { async m() { await using z = w; await z } async *g() { yield await 1 } [await k] = async () => await 2 }",
    "export const aw2 = async <T,>(x: T): Promise<T> => await (x as any)!;",
    "@dec class AD { @(async () => { await 1 }) m() {} @e f = async () => (await f, 1) }",
    "function* gf() { using z = w; yield z }",
    "class SB2 { m() {} static { using z = w } }",
    "@dec class A { @dec m() {} @dec static f = 1; @dec accessor a = 2; @dec #p() {} @dec get #g() { return 1 } @dec accessor #q; @dec [k] = () => {}; @dec static accessor [k] = 1; @dec 1 = 2; @dec 'x y'() {} }",
    "@dec export class B1 { @dec() x; y }",
    "export default @dec class { @a b }",
    "@dec export default class { @a b() {} }",
    "const c1 = class { @dec m() {} };",
    "const c2 = @a @b(c) class D2 { @e f = D2 };",
    "class AC { accessor a: string = 'x'; static accessor b; accessor #c = 1; accessor [k]; accessor }",
    "@dec class PD { constructor(@a(b as any) private x: T, @c y?: string) { } @e m(@f(`a\nb`) g: N.E, ...h: U[]): Promise<void> {} @i j: string | null; @k declare l: Date; @n static o: E }",
    "class PE { m(@a b) {} @c d!: string; @e get f(): T { return 1 } set f(v) {} }",
    "import {T, U} from 't'; import V from 'v'; T; dec(T, V);",
    "export { T as W };",
    "abstract class Ab { @a abstract x: string; @b protected y?: number; abstract z(): void; }",
    "\n",
    "\r\n",
    "// c\n",
    "/* d\n */",
    "f()\n",
    "x = 1\n",
    "(y)\n",
    "[z]\n",
    "`t`\n",
    "'use strict';",
    "return",
    "export const ex = 1;",
    "let $crust;",
    "if (a) { ",
    "}",
    "switch (a) { case 1: enum SE { A } }",
];

fn options() -> impl Strategy<Value = Options> {
    any::<[bool; 6]>().prop_map(|flags| Options {
        syntax: if flags[0] { Syntax::Ts } else { Syntax::Tsx },
        format: if flags[1] {
            FormatHint::Detect
        } else {
            FormatHint::CommonJs
        },
        experimental_decorators: flags[2],
        emit_decorator_metadata: flags[3],
        use_define_for_class_fields: flags[4],
        async_context: flags[5],
        ..Options::default()
    })
}

#[track_caller]
fn check(source: &str, options: &Options) {
    let Ok(module) = transpile(source.to_owned(), options) else {
        return;
    };
    for shape in [Shape::Fast, Shape::Cyclic] {
        for (mode, async_context) in [(ImportMode::Copy, true), (ImportMode::Live, false)] {
            let import_modes = vec![mode; module.imports.len()];
            let text = module
                .emit(&EmitPlan {
                    shape,
                    import_modes,
                    async_context,
                    ..EmitPlan::default()
                })
                .text;
            let plain = Options {
                format: FormatHint::CommonJs,
                ..Options::default()
            };
            if let Err(found) = transpile(text.clone(), &plain) {
                let found = crust_diag::render_all(&found, crust_diag::Style::Plain);
                panic!("{source}\n---\n{text}\n---\n{found}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order(
        pieces in proptest::collection::vec(proptest::sample::select(SOURCES), 1..8),
        options in options(),
    ) {
        check(&pieces.join(" "), &options);
    }
}

#[test]
fn each_alone() {
    for source in SOURCES {
        for experimental_decorators in [false, true] {
            let options = Options {
                syntax: Syntax::Ts,
                experimental_decorators,
                emit_decorator_metadata: true,
                ..Options::default()
            };
            check(source, &options);
        }
    }
}
