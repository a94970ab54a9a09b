//! JSX as calls.

use crust_transpile::{JsxOptions, JsxRuntime, Options, Syntax};

use super::support;

fn options(runtime: JsxRuntime, development: bool) -> Options {
    Options {
        syntax: Syntax::Tsx,
        file_name: "a.tsx".to_owned(),
        jsx: JsxOptions {
            runtime,
            development,
            ..JsxOptions::default()
        },
        ..Options::default()
    }
}

#[track_caller]
fn check_with(source: &str, expect: &str, options: &Options) {
    let source = format!("export {{}};{source}");
    let text = support::body(&source, options);
    let text = text
        .rsplit_once("; ")
        .map_or(text.as_str(), |(_, text)| text);
    assert_eq!(
        support::squeeze(text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[track_caller]
fn check(source: &str, expect: &str) {
    check_with(
        source,
        &expect.replace('#', "$crust_"),
        &options(JsxRuntime::Automatic, false),
    );
}

#[test]
fn elements() {
    check("<a/>", "#jsx(\"a\",{})");
    check("<a></a>", "#jsx(\"a\",{})");
    check("<A.b.c/>", "#jsx(A.b.c,{})");
    check("<this.x/>", "#jsx(this.x,{})");
    check("<a:b/>", "#jsx(\"a:b\",{})");
    check("<a-b/>", "#jsx(\"a-b\",{})");
    check("<A<string> b/>", "#jsx(A         ,{ b:true})");
    check("<a / >", "#jsx(\"a\",{ })");
    check("<></>", "#jsx(#Fragment,{})");
}

#[test]
fn attributes() {
    check("<a b={c} d='e' f/>", "#jsx(\"a\",{ b: c  ,d:'e' ,f:true})");
    check(
        "<a b-c='1' d:e='2'/>",
        "#jsx(\"a\",{ \"b-c\":'1' ,\"d:e\":'2'})",
    );
    check("<a {...b} c={1}/>", "#jsx(\"a\",{  ...b  ,c: 1 })");
    check("<a b='&amp;\\n'/>", "#jsx(\"a\",{ b:\"&\\\\n\"})");
    check("<a b=<c/>/>", "#jsx(\"a\",{ b:#jsx(\"c\",{})})");
    check("<a __proto__={b}/>", "#jsx(\"a\",{ [\"__proto__\"]: b })");
    check(
        "<a b={(c, d)} e={f as any}/>",
        "#jsx(\"a\",{ b: (c, d) ,e: f        })",
    );
}

#[test]
fn keys() {
    check("<a key={b} c/>", "#keyed(#jsx,\"a\",  b ,{ c:true})");
    check(
        "<a c key='b' d/>",
        "#split(#jsx,\"a\",{ c:true },'b',{ d:true})",
    );
    check(
        "<a {...b} key={c}/>",
        "#createElement(\"a\",{  ...b  ,key: c })",
    );
    check(
        "<a {...b} key={c}>d{e}</a>",
        "#createElement(\"a\",{  ...b  ,key: c },\"d\",e )",
    );
    check(
        "<a key={b} {...c}>d</a>",
        "#keyed(#jsx,\"a\",  b ,{  ...c ,children:\"d\"})",
    );
}

#[test]
fn children() {
    check("<a>b</a>", "#jsx(\"a\",{children:\"b\"})");
    check("<a>{b}</a>", "#jsx(\"a\",{children: b })");
    check("<a>{b}{c}</a>", "#jsxs(\"a\",{children:[ b ,c ]})");
    check("<a>{/* b */}</a>", "#jsx(\"a\",{         })");
    check("<a>{...b}</a>", "#jsxs(\"a\",{children:[ ...b ]})");
    check(
        "<a b>c<d/></a>",
        "#jsxs(\"a\",{ b:true,children:[\"c\",#jsx(\"d\",{})]})",
    );
    check(
        "<a>\n  b\n  {c}\n</a>",
        "#jsxs(\"a\",{children:[\"b\"\n\n,c \n]})",
    );
    check("<a>{b // c\n}</a>", "#jsx(\"a\",{children: b // c\n })");
}

#[test]
fn classic() {
    let check = |source: &str, expect: &str| {
        check_with(source, expect, &options(JsxRuntime::Classic, false));
    };
    check("<a/>", "React.createElement(\"a\",null)");
    check(
        "<a key='b'>c{d}</a>",
        "React.createElement(\"a\",{ key:'b'},\"c\",d )",
    );
    check(
        "<>a<b/></>",
        "React.createElement(React.Fragment,null,\"a\",React.createElement(\"b\",null))",
    );
}

#[test]
fn development() {
    check_with(
        "\n <a b/>",
        "\n $crust_jsxDEV(\"a\",{ b:true},void 0,false,{fileName:\"a.tsx\",lineNumber:2,columnNumber:2},this)",
        &options(JsxRuntime::Automatic, true),
    );
    check_with(
        "<a key='b'>{c}{d}</a>",
        "$crust_keyed($crust_jsxDEV,\"a\", 'b',{children:[ c ,d ]},true,{fileName:\"a.tsx\",lineNumber:1,columnNumber:11},this)",
        &options(JsxRuntime::Automatic, true),
    );
}

#[test]
fn pragmas() {
    let automatic = options(JsxRuntime::Automatic, false);
    let module = support::module(
        "/** @jsxImportSource preact */ export const a = <a/>;",
        &automatic,
    );
    assert_eq!(module.requests[0].specifier, "preact/jsx-runtime");
    let text = support::fast(
        "/* @jsxRuntime classic\n * @jsx h\n * @jsxFrag F */ export const a = <><b/></>;",
        &automatic,
    );
    assert!(text.contains("h(F,null,h(\"b\",null))"), "{text}");
}

#[test]
fn runtime_imports() {
    let automatic = options(JsxRuntime::Automatic, false);
    let text = support::cyclic("export const a = <a/>;", &automatic);
    assert!(text.contains("$crust.i[0].jsx(\"a\",{})"), "{text}");
    let classic = options(JsxRuntime::Classic, false);
    let source = "import React from 'react'; export const a = <a/>;";
    assert!(support::fast(source, &classic).contains("const React=$crust.i[0].default;"));
    let text = support::cyclic(source, &classic);
    assert!(
        text.contains("$crust.i[0].default.createElement(\"a\",null)"),
        "{text}"
    );
    let text = support::fast("\"use strict\"; module.exports = <a/>;", &automatic);
    assert!(
        text.contains("{\"use strict\";const {jsx:$crust_jsx}=require(\"react/jsx-runtime\");"),
        "{text}"
    );
}
