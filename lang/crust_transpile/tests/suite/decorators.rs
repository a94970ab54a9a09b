//! Decorators of the language, and `accessor` members.

use crust_transpile::Options;

use super::support;

#[track_caller]
fn check(source: &str, expect: &str) {
    let text = support::body(source, &support::typescript());
    let expect = expect
        .replace("DECORATORS", "$crust.helpers.decorators")
        .replace("D1", "$crust_decorators1");
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(&expect),
        "of {source}"
    );
}

#[test]
fn members() {
    check(
        "class A { @a @b(c) static m() {} }",
        "const D1=DECORATORS();class A {static{D1.apply(this,{})};static[D1.add(8,\"m\",a ,b(c))](){} static m() {} }",
    );
    check(
        "class A { @a f = 1; @a [g] }",
        "const D1=DECORATORS();class A {static{D1.apply(this,{})};static[D1.add(3,\"f\",a)](){} f = D1.init(0,this,1);#$crust_after2=D1.after(0,this);;static[D1.add(3,void 0,a)](){} [D1.key(g)]=D1.init(1,this,void 0);#$crust_after3=D1.after(1,this); }",
    );
    check(
        "class A { @a #m() {} }",
        "const D1=DECORATORS();class A {static{D1.apply(this,{0:[($crust_object)=>#m in $crust_object,($crust_object)=>$crust_object.#m,],})}#$crust_start=D1.start(this);;static[D1.add(16,\"#m\",a)](){}get #m(){return D1.value(0)} [D1.hidden(0)]() {} }",
    );
}

#[test]
fn classes() {
    check(
        "@a @b(c) class A extends B {}",
        "let A;const D1=DECORATORS(a ,b(c));({\"A\":class extends B {static{A=D1.apply(this,{})};static{D1.end()}}});",
    );
    check(
        "x = @a class {}",
        "x = ((D1,$crust_class)=>(D1.class(a), ({\"\":class {static{$crust_class=D1.apply(this,{})};static{D1.end()}}}),$crust_class))(DECORATORS())",
    );
    check(
        "const x = class { @a m() {} }",
        "const x = ((D1)=>({\"x\":class {static{D1.apply(this,{})}#$crust_start=D1.start(this);;static[D1.add(0,\"m\",a)](){} m() {} }})[\"x\"])(DECORATORS())",
    );
}

#[test]
fn class_expressions_await() {
    check(
        "export const x = class { @a [await b]() {} }",
        "const x = (await(async(D1)=>({\"x\":class {static{D1.apply(this,{})}#$crust_start=D1.start(this);;static[D1.add(0,void 0,a)](){} [D1.key(await b)]() {} }})[\"x\"])(DECORATORS()))",
    );
    assert_eq!(
        support::errors(
            "function* f() { return @a class { [yield 1]() {} } }",
            &support::typescript()
        ),
        ["1:36: yield cannot be used in a decorated class expression"]
    );
}

#[test]
fn exported_classes() {
    let text = support::body("@a export class A {}", &Options::default());
    assert!(text.starts_with("let A;const $crust_decorators1="));
    for source in ["@a export default class {}", "export default @a class {}"] {
        let text = support::body(source, &Options::default());
        assert!(text.starts_with("const $crust_default=({default:"));
        assert!(text.contains("{\"default\":class"), "{text}");
    }
}

#[test]
fn accessors() {
    check(
        "class A { accessor a: string = b; static accessor #c }",
        "class A { get a(){return this.#$crust_accessor1}set a($crust_value){this.#$crust_accessor1=$crust_value}#$crust_accessor1 = b; static get #c(){return this.#$crust_accessor2}static set #c($crust_value){this.#$crust_accessor2=$crust_value}static #$crust_accessor2 }",
    );
    let text = support::body("class A { accessor [a] = b }", &support::typescript());
    assert!(text.contains("get [$crust_key=$crust.helpers.key(a)]()"));
    assert!(text.contains("set [$crust_key]("));
}
