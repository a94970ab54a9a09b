//! `feature("NAME")` of `bun:bundle`.

use crust_transpile::Options;

use super::support;

fn options() -> Options {
    Options {
        features: vec!["ON".to_owned()],
        ..support::typescript()
    }
}

#[track_caller]
fn check(statement: &str, expect: &str) {
    let source = format!("import {{ feature }} from \"bun:bundle\";\n{statement}\nexport {{}};");
    let text = support::squeeze(&support::body(&source, &options()));
    assert_eq!(text.lines().nth(1), Some(expect), "of {statement}");
    assert_eq!(support::module(&source, &options()).requests.len(), 0);
}

#[track_caller]
fn refused(source: &str, expect: &str) {
    let found = support::errors(source, &options());
    assert_eq!(found, [expect], "of {source}");
}

#[test]
fn a_condition_becomes_its_answer() {
    check("if (feature(\"ON\")) a();", "if (true) a();");
    check("if (feature(\"OFF\")) a();", "if (false) a();");
    check("x = feature(\"ON\") ? 1 : 2", "x = true ? 1 : 2");
    check("if (!feature(`ON`)) a();", "if (!true) a();");
    check(
        "if (y && (feature(\"OFF\") || feature('ON'))) a();",
        "if (y && (false || true)) a();",
    );
    check(
        "if (feature(\"ON\") === true) a();",
        "if (true === true) a();",
    );
    check(
        "if ((feature(\"ON\") as boolean)) a();",
        "if ((true )) a();",
    );
    check("if (feature?.(\"ON\")) a();", "if (true) a();");
    check(
        "function f(feature) { return feature(1) }",
        "function f(feature) { return feature(1) }",
    );
}

#[test]
fn another_name_works_too() {
    let source = "import { feature as f } from \"bun:bundle\"; if (f(\"ON\")) a();";
    let text = support::squeeze(&support::body(source, &options()));
    assert!(text.ends_with("if (true) a();"), "{text}");
    let script = "import { type feature } from \"bun:bundle\"; export {};";
    assert!(support::errors(script, &options()).is_empty());
}

#[test]
fn javascript_knows_it_too() {
    let options = Options {
        features: vec!["ON".to_owned()],
        ..Options::default()
    };
    let source = "import { feature } from \"bun:bundle\"; if (feature(\"ON\")) a();";
    assert!(support::body(source, &options).ends_with("if (true) a();"));
}

#[test]
fn wrong_use_has_its_place() {
    let import = "import { feature } from \"bun:bundle\";\n";
    let place =
        "feature() may stand only in the condition of an if statement or a conditional expression";
    for (statement, column) in [
        ("const x = feature(\"ON\");", 11),
        ("while (feature(\"ON\")) {}", 8),
        ("feature(\"ON\") && a();", 1),
        ("if (f(feature(\"ON\"))) a();", 7),
    ] {
        refused(
            &format!("{import}{statement}"),
            &format!("2:{column}: {place}"),
        );
    }
    for arguments in ["", "x", "\"A\", \"B\"", "`${x}`", "1", "...x"] {
        let source = format!("{import}if (feature({arguments})) a();");
        refused(&source, "2:5: feature() takes one string literal");
    }
    refused(
        &format!("{import}a(feature);"),
        "2:3: feature() can only be called",
    );
    refused(
        &format!("{import}a({{ feature }});"),
        "2:5: feature() can only be called",
    );
    refused(
        &format!("{import}export {{ feature }};"),
        "2:10: feature() cannot be exported",
    );
    let other = "\"bun:bundle\" exports feature() and nothing else";
    refused(
        "import { x } from \"bun:bundle\"; x();",
        &format!("1:10: {other}"),
    );
    refused(
        "import * as x from \"bun:bundle\"; x();",
        &format!("1:8: {other}"),
    );
    refused(
        "import x from \"bun:bundle\"; x();",
        &format!("1:8: {other}"),
    );
}

#[track_caller]
fn answered(source: &str, expect: Option<&str>) {
    let found = crust_transpile::answer_features(source, &options());
    assert_eq!(found, Ok(expect.map(ToOwned::to_owned)), "of {source}");
}

#[test]
fn a_bundler_gets_answers_and_nothing_else() {
    let import = "import { feature as f } from 'bun:bundle';";
    let blank = " ".repeat(import.len());
    answered(
        &format!("{import}\nconst x: number = f('ON') ? 1 : 2; if (f('')) y(); enum E {{ A }}\n"),
        Some(&format!(
            "{blank}\nconst x: number = true    ? 1 : 2; if (false) y(); enum E {{ A }}\n"
        )),
    );
    answered(
        "import {\n feature,\r\n} from 'bun:bundle';\nif (feature('ÄÄ')) a();",
        Some("        \n         \r\n                    \nif (false        ) a();"),
    );
    answered("feature('ON')", None);
    let wrong = format!("{import}\nf(x);");
    assert!(crust_transpile::answer_features(&wrong, &options()).is_err());
}
