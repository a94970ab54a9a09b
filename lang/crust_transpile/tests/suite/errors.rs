//! Errors of a source: all at once, each with its place and, where there is one, advice.

use crust_transpile::{Options, Syntax, diagnose, transpile};

use super::support;

#[track_caller]
fn check(source: &str, expect: &[&str]) {
    assert_eq!(
        support::errors(source, &support::typescript()),
        expect,
        "of {source}"
    );
}

#[test]
fn places_and_messages() {
    check("const x = ;", &["1:11: Unexpected ;"]);
    check("foo(", &["1:5: Expected `)` but found end of file"]);
    check(
        "x = {a: 1, b 2}",
        &["1:14: Expected `,` or `}` but found 2"],
    );
    check("a\n  + ) b", &["2:5: Unexpected )"]);
    check("export {q};", &["1:9: \"q\" is not declared in this file"]);
    check(
        "export {}; return 1;",
        &["1:12: A return statement is only allowed inside a function"],
    );
    check(
        "export = 1; export {};",
        &["1:1: export = is not allowed in an ECMAScript module"],
    );
}

#[test]
fn all_errors_at_once() {
    check(
        "let a; let a;\nlet b; let b;\nclass C { constructor() { super(); } }",
        &[
            "1:12: Identifier `a` has already been declared",
            "2:12: Identifier `b` has already been declared",
            "3:27: 'super' can only be referenced in a derived class",
        ],
    );
    check(
        "break;\ncontinue;",
        &[
            "1:1: Illegal break statement",
            "2:1: Illegal continue statement: no surrounding iteration statement",
        ],
    );
}

#[test]
fn the_rendering_has_excerpt_caret_and_hint() {
    let options = Options {
        file_name: "a.ts".to_owned(),
        ..support::typescript()
    };
    let found = transpile("let a;\nlet a = 1;".to_owned(), &options).unwrap_err();
    assert_eq!(
        crust_diag::render_all(&found, crust_diag::Style::Plain),
        "2 | let a = 1;\n        ^\nerror: Identifier `a` has already been declared\n    at a.ts:2:5\nhint: rename or remove one of the two\n\n1 | let a;\n        ^\nnote: First declared here\n    at a.ts:1:5\n"
    );
}

#[test]
fn common_js_is_checked_when_asked() {
    let options = Options {
        file_name: "a.js".to_owned(),
        ..Options::default()
    };
    assert!(transpile("let a; let a;".to_owned(), &options).is_ok());
    let found = diagnose("let a; let a;", &options);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].file.as_deref(), Some("a.js"));
    assert!(diagnose("let a;", &options).is_empty());
}

#[test]
fn javascript_has_no_types() {
    let js = Options {
        syntax: Syntax::Js,
        ..Options::default()
    };
    assert!(!support::errors("let a: string;", &js).is_empty());
    assert!(!support::errors("export {}; <a/>;", &js).is_empty());
}
