//! Enum declarations.

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
fn members_count_up() {
    check(
        "enum A {X = 1, Y}",
        r#"var A;((A)=>{A[A["X"]=1]="X"; A[A["Y"]=2]="Y";})(A||(A={}))"#,
    );
    check(
        "enum A {X = 1.5, Y, Z = f(), W}",
        r#"var A;((A)=>{A[A["X"]=1.5]="X"; A[A["Y"]=2.5]="Y"; A[A["Z"]=f()]="Z"; A[A["W"]=void 0]="W";})(A||(A={}))"#,
    );
    check(
        "enum A {\n  X,\n  Y = X // y\n,}",
        "var A;((A)=>{\n A[A[\"X\"]=0]=\"X\";\n A[A[\"Y\"]=A.X]=\"Y\"; // y\n })(A||(A={}))",
    );
    check("enum A {}", "var A;((A)=>{})(A||(A={}))");
}

#[test]
fn text_has_no_reverse() {
    check(
        "enum A {'x-y' = 'z', Q = `q`, R = Q + 'r', S = 1}",
        r#"var A;((A)=>{A["x-y"]='z'; A["Q"]=`q`; A["R"]=A.Q + 'r'; A[A["S"]=1]="S";})(A||(A={}))"#,
    );
}

#[test]
fn declarations_merge() {
    check(
        "enum A {X}\nenum A {Y = X + 1}",
        "var A;((A)=>{A[A[\"X\"]=0]=\"X\";})(A||(A={}));\n;((A)=>{A[A[\"Y\"]=A.X + 1]=\"Y\";})(A||(A={}))",
    );
    check(
        "{ const enum A {X} }",
        r#"{ let A;((A)=>{A[A["X"]=0]="X";})(A||(A={})); }"#,
    );
    check("declare enum A {X}", "");
}

#[test]
fn a_member_may_be_hidden() {
    check(
        "enum A {X, Y = ((X) => X)(1), Z = ((A) => A + Y)(2)}",
        r#"var A;(($crust_A)=>{$crust_A[$crust_A["X"]=0]="X"; $crust_A[$crust_A["Y"]=((X) => X)(1)]="Y"; $crust_A[$crust_A["Z"]=((A) => A + $crust_A.Y)(2)]="Z";})(A||(A={}))"#,
    );
}
