//! `--print`.

use crust_transpile::{EmitPlan, Options, Print, Syntax, transpile};

#[track_caller]
fn check(source: &str, expect: &str) {
    let options = Options {
        syntax: Syntax::Tsx,
        print: Print::Value,
        ..Options::default()
    };
    let module = transpile(source.to_owned(), &options).unwrap();
    let text = module.emit(&EmitPlan::default()).text;
    let body = text
        .replace("$crust_last", "$")
        .replace(";globalThis.console.log($);", "#");
    assert_eq!(
        body,
        format!("(function(exports,require,module,__filename,__dirname){{{expect}\n}})")
    );
}

#[test]
fn the_last_expression_is_kept() {
    check("1;2;", "let $;$=(1);$=(2);#");
    check("1 // one", "let $;$=(1)# // one");
    check("{ a: 1 }", "let $;{ a: $=(1) }#");
    check("1 as number", "let $;$=(1          )#");
}

#[test]
fn statements_without_value_reset_it() {
    check(
        "1; if (a) 2",
        "let $;$=(1);$=void 0; if (a) $=(2)#"
            .replace(";$=void 0; if", "; $=void 0;if")
            .as_str(),
    );
    check("1; var b", "let $;$=(1); var b#");
}

#[test]
fn functions_keep_their_values() {
    check("function f() { 1 }", "let $;function f() { 1 }#");
}

#[test]
fn directives_are_values() {
    check("'a'", "let $='a';#'a'");
    check("", "let $;#");
}
