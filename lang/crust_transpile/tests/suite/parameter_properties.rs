//! Parameter properties.

use crust_transpile::Options;

use super::support;

#[track_caller]
fn check_with(options: &Options, source: &str, expect: &str) {
    let text = support::body(source, options);
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[track_caller]
fn check(source: &str, expect: &str) {
    check_with(&support::typescript(), source, expect);
}

#[track_caller]
fn check_assigned(source: &str, expect: &str) {
    let options = Options {
        use_define_for_class_fields: false,
        ..support::typescript()
    };
    check_with(&options, source, expect);
}

#[test]
fn assignments_start_the_body() {
    check(
        "class A { constructor(private x: number, readonly y = 2, z) { f() } }",
        "class A {x;y; constructor( x , y = 2, z) {this.x=x;this.y=y; f() } }",
    );
    check(
        "class A { constructor(public x) { 'a'; f() } }",
        "class A {x; constructor( x) { 'a';;this.x=x; f() } }",
    );
}

#[test]
fn assignments_follow_the_super_call() {
    check(
        "class A extends B { constructor(private x) { f(); super(x); g() } }",
        "class A extends B {x; constructor( x) { f(); super(x);;this.x=x; g() } }",
    );
    check(
        "class A extends B { constructor(private x) { if (x) super(x); else { super() } } }",
        "class A extends B {x; constructor( x) { if (x) (super(x),this.x=x,this); else { ;(super(),this.x=x,this) } } }",
    );
}

#[test]
fn assigned_fields_follow_the_properties() {
    check_assigned(
        "class A { y = this.x; #z = 1; static s = 2; constructor(private x) { } }",
        "class A { #$crust_field_0(){this.y = this.x;}; #z;#$crust_field_1(){this.#z = 1;}; static {this.s = 2;}; constructor( x) {this.x=x;this.#$crust_field_0();this.#$crust_field_1(); } }",
    );
    check_assigned(
        "class A { y = class { z = 1 }; constructor(private x) { } }",
        "class A { #$crust_field_0(){this.y = class { #$crust_field1=(this.z = 1,void 0) };}; constructor( x) {this.x=x;this.#$crust_field_0(); } }",
    );
}
