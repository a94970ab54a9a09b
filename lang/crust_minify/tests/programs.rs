//! Programs in pieces: nothing is lost on the way, and every name still means the same.

use crust_minify::{Minified, Printing, REGION, Settings, minify};
use oxc_allocator::Allocator;
use oxc_minifier::{CompressOptions, MangleOptions, MinifierOptions};
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use proptest::prelude::*;

fn settings(cut: Option<usize>) -> Settings {
    Settings {
        minifier: MinifierOptions {
            mangle: Some(MangleOptions {
                top_level: Some(true),
                ..MangleOptions::default()
            }),
            mangle_properties: None,
            compress: Some(CompressOptions::smallest()),
        },
        printing: Printing::default(),
        source_type: SourceType::mjs().with_jsx(true),
        cut,
        map: Some("before.js".to_owned()),
    }
}

fn program(modules: &[&str]) -> String {
    modules
        .iter()
        .flat_map(|module| [REGION, "m\n", module, "\n//#endregion\n"])
        .collect()
}

fn in_pieces(modules: &[&str]) -> Minified {
    minify(&program(modules), &settings(Some(1)))
}

/// What a program takes from outside, and what it says twice.
fn globals_and_mistakes(code: &str) -> (Vec<String>, usize) {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let built = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .build(&parsed.program);
    let globals = built.semantic.scoping().root_unresolved_references();
    let mut globals: Vec<String> = globals.keys().map(ToString::to_string).collect();
    globals.sort();
    (globals, parsed.diagnostics.len() + built.diagnostics.len())
}

#[test]
fn pieces_see_what_others_declare() {
    let minified = in_pieces(&[
        "import fs from 'fs';\nfunction one(first) { return fs.read(first) + two(first); }",
        "let counter = 0;\nfunction two(second) { counter++; return one(second) + counter; }",
        "for (var late of two(window.x)) console.log(one, late);",
        "export { one as uno, two };",
    ]);
    let (globals, mistakes) = globals_and_mistakes(&minified.code);
    assert_eq!(globals, ["console", "window"], "{}", minified.code);
    assert_eq!(mistakes, 0, "{}", minified.code);
    for gone in [
        "one(",
        "two(",
        "counter",
        "late",
        "region",
        "import{}",
        "import\"\"",
    ] {
        assert!(!minified.code.contains(gone), "{gone} in {}", minified.code);
    }
    assert!(minified.code.contains(" as uno"), "{}", minified.code);
}

#[test]
fn inner_names_never_hide_what_they_need() {
    // More names at the top level than there are short ones; every function needs all the ones around it.
    let modules: Vec<String> = (0..80)
        .map(|number| {
            let next = (number + 1) % 80;
            format!(
                "var top{number} = (p, q) => {{ let r = p + top{next}(q, p); return (s) => r + s + q + $(top{number}); }};\n\
                 class C{number} {{ #x = 1; #y() {{ return class {{ #z = C{next}; get() {{ return this.#z; }} }}; }} a() {{ return this.#y() + this.#x; }} }}\n\
                 console.log(C{number}, e, t);"
            )
        })
        .collect();
    let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
    let minified = in_pieces(&modules);
    let (globals, mistakes) = globals_and_mistakes(&minified.code);
    assert_eq!(globals, ["$", "console", "e", "t"]);
    assert_eq!(mistakes, 0);
    let whole = minify(&program(&modules), &settings(None));
    assert!(minified.code.len() < whole.code.len() * 102 / 100);
}

#[test]
fn what_cannot_be_cut_stays_whole() {
    for modules in [
        // The names are needed as they run.
        &["var a = 1;", "console.log(eval('a'));"][..],
        &[
            "var a = 1; console.log(a);",
            "console.log((text) => { return () => eval(text); }, a);",
        ],
        // Both are one variable.
        &["var a = 1;", "var a; console.log(a);"],
        // Written from somewhere else.
        &["let a = 1;", "a++; console.log(a);"],
        // Not a place between modules.
        &["console.log(`", "`);"],
    ] {
        let pieces = in_pieces(modules);
        let whole = minify(&program(modules), &settings(None));
        assert_eq!(pieces.code, whole.code);
    }
}

#[test]
fn every_name_is_mapped_to_its_place() {
    let modules = [
        "const first = () => second(1);\nfunction third(parameter) {\n  return parameter + first();\n}",
        "function second(other) {\n  const local = other * 2;\n  return [third(local), local, other];\n}",
        "console.log(first, second, third);\nexport { first };",
    ];
    let before = program(&modules);
    let minified = in_pieces(&modules);
    let map = minified.map.expect("a map was asked for");
    let lines: Vec<&str> = before.lines().collect();
    let mut named = 0;
    for token in map.get_tokens() {
        let Some(name) = token.get_name_id().and_then(|name| map.get_name(name)) else {
            continue;
        };
        let line = lines[token.get_src_line() as usize];
        let place = &line[token.get_src_col() as usize..];
        assert!(place.starts_with(name), "{name} is not at {place}");
        named += 1;
    }
    assert!(named > 10, "{named} names");
}

#[test]
fn elements_are_made_by_a_variable() {
    let runtime = "var require_runtime = () => window.runtime;\nvar import_jsx_runtime = require_runtime();\nwindow.one = (0, import_jsx_runtime.jsx)(window.p, {});";
    let user =
        "console.log((0, import_jsx_runtime.jsx)(window.q, {}), '(0, import_jsx_runtime.jsx)(');";
    let minified = in_pieces(&[runtime, user]);
    assert_eq!(
        minified.code.matches(".jsx").count(),
        2,
        "{}",
        minified.code
    );
    assert!(minified.code.contains("(0, import_jsx_runtime.jsx)("));
    let whole = minify(&program(&[runtime, user]), &settings(None));
    assert_eq!(whole.code.matches(".jsx").count(), 2, "{}", whole.code);
    let (globals, mistakes) = globals_and_mistakes(&minified.code);
    assert_eq!(
        (globals.join(" "), mistakes),
        ("console window".to_owned(), 0)
    );
    // Only looks like a declaration, or is set when it is needed.
    for runtime in [
        "console.log(`\nvar import_jsx_runtime = ${window.x}`); window.y = (0, import_jsx_runtime.jsx)();",
        "var import_jsx_runtime;\nwindow.init = () => { import_jsx_runtime = window.x; };\nvar x = (0, import_jsx_runtime.jsx)(1);\nconsole.log(x, import_jsx_runtime);",
    ] {
        let minified = in_pieces(&[runtime, "console.log(1);"]);
        assert!(minified.code.contains("(0,"), "{}", minified.code);
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(pieces in proptest::collection::vec("[ -~\n]{0,60}", 0..6), least in 0_usize..40) {
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let _ = minify(&program(&pieces), &settings(Some(least)));
    }

    #[test]
    fn what_is_taken_from_outside_stays_the_same(
        uses in proptest::collection::vec((0_usize..9, 0_usize..9, 0_usize..9), 1..9),
    ) {
        let modules: Vec<String> = uses.iter().enumerate().map(|(number, (one, other, third))| {
            format!(
                "function f{number}(a, b) {{ let f{one} = a, c = () => f{other}(b, f{one}); {{ var v = c; }} return [v, f{third}, c, b]; }}\n\
                 out(f{number});"
            )
        }).collect();
        let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
        let whole = minify(&program(&modules), &settings(None));
        let pieces = in_pieces(&modules);
        prop_assert_eq!(globals_and_mistakes(&pieces.code), globals_and_mistakes(&whole.code));
    }
}
