//! `using` and `await using`.

use crust_transpile::Options;

use super::support;

const CATCH: &str = "catch($crust_error){$crust_using1.fail($crust_error)}finally{";

#[track_caller]
fn check(source: &str, expect: &str) {
    let text = support::fast(source, &Options::default());
    let start = text.find("){").map_or(0, |at| at + 2);
    let end = text.rfind('\n').unwrap_or(text.len());
    let expect = expect
        .replace("TRY", "const $crust_using1=$crust.helpers.using();try{")
        .replace("CATCH", &format!("}}{CATCH}$crust_using1.dispose()}}"))
        .replace(
            "AWAIT",
            &format!(
                "}}{CATCH}const $crust_promise=$crust_using1.dispose();$crust_promise&&await $crust_promise}}"
            ),
        );
    assert_eq!(
        support::squeeze(text.get(start..end).unwrap()),
        support::squeeze(&expect),
        "of {source}"
    );
}

#[test]
fn a_list_becomes_a_try() {
    check(
        "{ f();\n using a = b(), c = d;\n g() }",
        "{ TRYf();\n const a = $crust_using1.use(b()), c = $crust_using1.use(d);\n g()CATCH }",
    );
    check(
        "async () => { await using a = b; }",
        "async () => { TRYconst a = $crust_using1.useAsync(b);AWAIT }",
    );
    assert_eq!(
        support::fast("using a = b;", &support::typescript()),
        support::fast("using a = b;", &Options::default())
    );
    check("using a = b;", "TRYconst a = $crust_using1.use(b);CATCH");
}

#[test]
fn loops() {
    check(
        "for (using a of b) f(a);",
        "for (const $crust_value of b) {TRYconst a=$crust_using1.use($crust_value);f(a);CATCH}",
    );
    check(
        "l: for (using a = b;;) continue l;",
        "{TRYl: for (const a = $crust_using1.use(b);;) continue l;CATCH}",
    );
}

#[test]
fn a_module_is_enclosed_with_its_exports() {
    let text = support::fast("export const a = 1; using b = a;", &Options::default());
    let (before, after) = text.split_once("$crust.done(").unwrap();
    assert!(before.starts_with(
        "(function($crust){\"use strict\";const $crust_using1=$crust.helpers.using();try{"
    ));
    assert!(after.ends_with(&format!("}}{CATCH}$crust_using1.dispose()}}}})")));
}

#[test]
fn a_module_awaits_its_resources() {
    let module = support::module("await using a = b;", &Options::default());
    assert!(module.has_top_level_await);
    assert!(module.uses.helpers);
}
