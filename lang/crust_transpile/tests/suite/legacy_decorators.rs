//! Decorators of `experimentalDecorators`.

use crust_transpile::Options;

use super::support;

fn legacy(metadata: bool) -> Options {
    Options {
        experimental_decorators: true,
        emit_decorator_metadata: metadata,
        ..support::typescript()
    }
}

#[track_caller]
fn check_with(options: &Options, source: &str, expect: &str) {
    let text = support::body(source, options);
    let expect = expect
        .replace("DECORATORS", "$crust.helpers.legacyDecorators")
        .replace("D1", "$crust_decorators1");
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(&expect),
        "of {source}"
    );
}

#[track_caller]
fn check(source: &str, expect: &str) {
    check_with(&legacy(false), source, expect);
}

#[test]
fn members() {
    check(
        "class A { @a @b(c) static m() {} @d [e]() {} }",
        "const D1=DECORATORS();class A {;static[D1.add(false,true,\"m\",()=>[a ,b(c)])](){} static m() {};static[D1.add(false,false,void 0,()=>[d])](){} [D1.key(e)]() {} }D1.apply(A);",
    );
}

#[test]
fn fields_are_assigned() {
    check(
        "class A { @a f = 1; @a g: string; @a declare h: string; i = 2 }",
        "const D1=DECORATORS();class A {;static[D1.add(true,false,\"f\",()=>[a])](){} #$crust_field1=(this.f = 1,void 0);;static[D1.add(true,false,\"g\",()=>[a])](){};;static[D1.add(true,false,\"h\",()=>[a])](){}; i = 2 }D1.apply(A);",
    );
}

#[test]
fn classes() {
    check(
        "@a class A extends B { m() { return A } }",
        "let A;const D1=DECORATORS();D1.class(()=>[a]);({\"A\":class extends B {static{A=this} m() { return A } }});A=D1.apply(A);",
    );
    check(
        "export default @a class {}",
        "const $crust_default=({default: ((D1)=>(D1.class(()=>[a]), D1.apply(({\"default\":class {}})[\"default\"])))(DECORATORS())}).default;",
    );
}

#[test]
fn parameters() {
    check(
        "class A { m(@a(b as any) c, @d e) {} }",
        "const D1=DECORATORS();class A {;static[D1.add(false,false,\"m\",()=>[D1.parameter(0,a(b )),D1.parameter(1,d)])](){}m( c, e) {} }D1.apply(A);",
    );
    check(
        "class A { constructor(@a({\n  b: 1 // c\n}) private d) {} }",
        "let A;const D1=DECORATORS();D1.class(()=>[D1.parameter(0,a({ b: 1 }))]);({\"A\":class {d;static{A=this} constructor( \n \n d) {this.d=d;} }});A=D1.apply(A);",
    );
}

#[test]
fn metadata() {
    check_with(
        &legacy(true),
        "import {T, U} from 't'; enum E {A} class A { @a f: string | null; @a m(b: T, c?: I[]): E {} n(d: U) {} } interface I {}",
        "const T=$crust.i[0].T;; var E;((E)=>{E[E[\"A\"]=0]=\"A\";})(E||(E={})); const D1=DECORATORS();class A {;static[D1.add(true,false,\"f\",()=>[a,D1.metadata(\"design:type\",()=>String)])](){};;static[D1.add(false,false,\"m\",()=>[a,D1.metadata(\"design:type\",()=>Function),D1.metadata(\"design:paramtypes\",()=>[D1.type(()=>T),Array]),D1.metadata(\"design:returntype\",()=>Number)])](){} m(b , c ) {} n(d ) {} }D1.apply(A);;",
    );
}

#[test]
fn private_members_are_refused() {
    assert_eq!(
        support::errors("class A { @a #b }", &legacy(false)),
        ["1:14: Private members cannot have experimental decorators"]
    );
}
