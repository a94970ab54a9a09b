//! Namespaces with values.

use super::support;

#[track_caller]
fn check(source: &str, expect: &str) {
    let text = support::body(&format!("{source}\nexport {{}};"), &support::typescript());
    let text = text.rsplit_once('\n').map_or("", |(text, _)| text);
    let text = text.trim_end().trim_end_matches(';').trim_end();
    assert_eq!(
        support::squeeze(text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[test]
fn variables_live_on_the_object() {
    check(
        "namespace N { export const x = 1, y: number = x; let z; ({x, z}) }",
        "var N;((N)=>{ N.x = 1, N.y = N.x; let z; ({x:N.x, z}) })(N||(N={}))",
    );
    check(
        "namespace N { export let a; export const {b, c: [d = 1], ...e} = f }",
        "var N;((N)=>{ 0; ;({b:N.b, c: [N.d = 1], ...N.e} = f) })(N||(N={}))",
    );
    check(
        "namespace N { export const x = 1; { const x = 2; f(x) } g(x) }",
        "var N;((N)=>{ N.x = 1; { const x = 2; f(x) } g(N.x) })(N||(N={}))",
    );
}

#[test]
fn declarations_are_put_on_the_object() {
    check(
        "namespace N { export function f() {} export class C {} f(C) }",
        "var N;((N)=>{ function f() {};N.f=f; class C {};N.C=C; f(C) })(N||(N={}))",
    );
    check(
        "namespace A.B { export enum E {X} export import F = A.B.E; F.X }",
        "var A;((A)=>{var B;((B)=>{ var E;((E)=>{E[E[\"X\"]=0]=\"X\";})(E=B.E||(B.E={})); B.F=A.B.E;; B.F.X })(B=A.B||(A.B={}));})(A||(A={}))",
    );
}

#[test]
fn blocks_merge() {
    check(
        "namespace N { export const x = 1; export function f() {} }\nnamespace N { x; f(); const g = 1; g }",
        "var N;((N)=>{ N.x = 1; function f() {};N.f=f; })(N||(N={}));\n;((N)=>{ N.x; N.f(); const g = 1; g })(N||(N={}))",
    );
    check(
        "function f() {} namespace f { export const x = 1 }",
        "function f() {};((f)=>{ f.x = 1 })(f||(f={}))",
    );
    check(
        "class C {} namespace C { export const x = 1 }",
        "class C {};((C)=>{ C.x = 1 })(C||(C={}))",
    );
}

#[test]
fn a_namespace_may_declare_its_own_name() {
    check(
        "namespace N { export class N {} export const x = N; x }",
        "var N;(($crust_N)=>{ class N {};$crust_N.N=N; $crust_N.x = N; $crust_N.x })(N||(N={}))",
    );
}

#[test]
fn types_leave_nothing() {
    check("namespace N { interface A {} }", "");
    check("declare namespace N { const a: string }", "");
}
