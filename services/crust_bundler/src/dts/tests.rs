//! Whatever modules say of each other, joining them does not panic, and what comes out can be read.

use crust_transpile::{SourceKind, Syntax, declare};
use proptest::prelude::*;

use super::graph::{Module, Target, declarations_in};
use super::{name_beside, print};
use crate::loader::Loader;

/// A module whose imports lead to the modules in turn, or outside.
fn module(text: &str, is_declarations: bool, modules: usize) -> (Module, bool) {
    let kind = if is_declarations {
        SourceKind::Declarations
    } else {
        SourceKind::Script(Syntax::Ts)
    };
    let (declarations, problems) = declare(text, "a.ts", kind);
    let requests = declarations.requests.iter().enumerate();
    let targets = requests.map(|(at, request)| {
        if request.specifier.starts_with('.') {
            Target::Module(at % modules)
        } else {
            Target::External(request.specifier.clone())
        }
    });
    let module = Module {
        path: "/a.ts".to_owned(),
        targets: targets.collect(),
        is_global: !declarations.is_module,
        declarations: Some(declarations),
        ..Module::default()
    };
    (module, problems.is_empty())
}

/// Joins modules from the first, and reads what comes out.
fn join(sources: &[(String, bool)]) -> Result<Option<String>, TestCaseError> {
    let read = sources.iter();
    let read = read.map(|(text, is_declarations)| module(text, *is_declarations, sources.len()));
    let (modules, fine): (Vec<Module>, Vec<bool>) = read.unzip();
    let Ok(text) = print::bundle(&modules, 0, &|_| None) else {
        return Ok(None);
    };
    if fine.iter().all(|fine| *fine) {
        let (_, problems) = declare(&text, "a.d.ts", SourceKind::Declarations);
        prop_assert!(problems.is_empty(), "{text}\n{problems:?}");
    }
    Ok(Some(text))
}

/// Sources of the cases that users see.
const SOURCES: &[(&str, bool)] = &[
    (
        include_str!("../../../../spec/build/dts/exports/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/exports/lib.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/exports/star.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/namespaces/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/namespaces/shapes.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/namespaces/nested.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/names/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/names/other.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/classes/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/packages/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/augmentations/extend.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/augmentations/registry.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/declaration_files/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/declaration_files/legacy.d.ts"),
        true,
    ),
    (
        include_str!("../../../../spec/build/dts/declaration_files/globals.d.ts"),
        true,
    ),
    (
        include_str!("../../../../spec/build/dts/declaration_files/implicit.d.ts"),
        true,
    ),
];

/// Statements that link modules in odd ways.
const STATEMENTS: &[&str] = &[
    "",
    "export * from './x';",
    "export * from 'pkg';",
    "export * as self from './x';",
    "export { default } from './x';",
    "export { a as default, a as 'b c' } from './x';",
    "import * as ns from './x'; export { ns }; export type D = ns.ns.Item;",
    "import eq = require('./x'); export import Eq = eq.Part;",
    "declare module './x' { interface Item { added: Item } }",
    "export declare const later: typeof import('./x').value;",
    "export as namespace Global;",
    "export = whole; declare const whole: 1;",
];

fn sources() -> impl Strategy<Value = Vec<(String, bool)>> {
    let one = (
        proptest::sample::select(SOURCES),
        proptest::sample::select(STATEMENTS),
        any::<proptest::sample::Index>(),
        0usize..30,
        any::<bool>(),
    );
    let one = one.prop_map(
        |((text, is_declarations), statement, cut, length, broken)| {
            let mut letters: Vec<char> = text.chars().collect();
            if broken {
                let start = cut.index(letters.len());
                let end = (start + length).min(letters.len());
                letters.drain(start..end);
            }
            let text: String = letters.into_iter().collect();
            (format!("{text}\n{statement}\n"), is_declarations)
        },
    );
    proptest::collection::vec(one, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn modules_are_joined_without_panic(sources in sources()) {
        join(&sources)?;
    }
}

#[test]
fn every_pair_of_modules_is_joined() {
    for first in SOURCES {
        for second in SOURCES {
            for statement in STATEMENTS {
                let (text, is_declarations) = first;
                let first = (format!("{text}\n{statement}\n"), *is_declarations);
                join(&[first, (second.0.to_owned(), second.1)]).unwrap();
            }
        }
    }
}

#[test]
fn a_chain_of_modules_ends_somewhere() {
    let chain = |length: usize| {
        let next = |at: usize| {
            let is_last = at + 1 == length;
            let text = if is_last {
                "export const a: 1;"
            } else {
                "export * from './next';"
            };
            let (mut module, _) = module(text, true, 1);
            for target in &mut module.targets {
                *target = Target::Module(at + 1);
            }
            module
        };
        let modules: Vec<Module> = (0..length).map(next).collect();
        print::bundle(&modules, 0, &|_| None)
    };
    // As a build has it.
    let thread = std::thread::Builder::new().stack_size(crate::bundle::STACK_SIZE);
    let work = thread.spawn(move || {
        assert_eq!(
            chain(1_000).unwrap(),
            "declare const a: 1;\nexport { a };\n"
        );
        let problems = chain(10_000).unwrap_err();
        assert_eq!(problems[0].code.as_deref(), Some("EXPORT_CHAIN"));
    });
    work.unwrap().join().unwrap();
}

#[test]
fn what_nests_too_deeply_is_refused() {
    for (levels, fine) in [(500, true), (20_000, false)] {
        let text = format!(
            "export type A = {}1{};",
            "{ a: ".repeat(levels),
            " }".repeat(levels)
        );
        let (_, problems) = declarations_in("/a.ts", Loader::Ts, text.as_bytes()).unwrap();
        assert_eq!(problems.is_empty(), fine, "{problems:?}");
    }
}

#[test]
fn declarations_are_named_as_their_script() {
    let check = |script: &str, expect: &str| assert_eq!(name_beside(script), expect);
    check("a/b.js", "a/b.d.ts");
    check("b.mjs", "b.d.mts");
    check("b.cjs", "b.d.cts");
    check("b.min.js", "b.min.d.ts");
    check("bundle", "bundle.d.ts");
    check("b.txt", "b.txt.d.ts");
}
