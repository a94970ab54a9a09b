//! Declarations of one module: what is said about them, and that nothing makes them panic.

use crust_transpile::{
    Bound, Declarations, ImportedWhat, Item, SourceKind, Syntax, Use, UseTarget, declare,
};
use proptest::prelude::*;

const TS: SourceKind = SourceKind::Script(Syntax::Ts);

#[track_caller]
fn read(source: &str, kind: SourceKind) -> Declarations {
    let (declarations, problems) = declare(source, "a.ts", kind);
    assert!(problems.is_empty(), "{source}: {problems:?}");
    check_places(&declarations);
    declarations
}

/// Everything points into the text, in order, without overlap.
fn check_places(declarations: &Declarations) {
    let added = declarations.augmentations.iter();
    let added = added.flat_map(|block| block.items.iter().chain([&block.whole]));
    for item in declarations.items.iter().chain(added) {
        let mut at = item.start;
        assert!(at <= item.end, "{item:?}");
        for found in &item.uses {
            assert!(at <= found.start && found.start <= found.end, "{item:?}");
            assert!(found.end <= item.end && found.hidden < declarations.hidden.len());
            at = end_of(found);
            assert!(declarations.text.is_char_boundary(at as usize));
        }
        assert!(at <= item.end, "{item:?}");
        let text = declarations
            .text
            .get(item.start as usize..item.end as usize);
        assert!(text.is_some(), "{item:?}");
    }
}

fn end_of(found: &Use) -> u32 {
    match &found.target {
        UseTarget::Declares { .. } => found.end,
        UseTarget::Name { members, .. } | UseTarget::Import { members, .. } => {
            members.last().map_or(found.end, |member| member.end)
        }
    }
}

/// The item's text, as it would be printed, and the names that it uses.
fn shown(declarations: &Declarations, item: &Item) -> (String, String) {
    let text = &declarations.text[item.start as usize..item.end as usize];
    let uses = item.uses.iter().filter_map(|found| match &found.target {
        UseTarget::Name { name, bound, .. } => Some(format!("{name}:{bound:?}")),
        UseTarget::Import { members, .. } => Some(format!("import.{}", members.len())),
        UseTarget::Declares { .. } => None,
    });
    (
        format!("{}{text}{}", item.head, item.tail),
        uses.collect::<Vec<_>>().join(" "),
    )
}

#[track_caller]
fn check(source: &str, kind: SourceKind, expect: &[(&str, &str)]) {
    let declarations = read(source, kind);
    let items = declarations.items.iter();
    let items: Vec<(String, String)> = items.map(|item| shown(&declarations, item)).collect();
    let items: Vec<(&str, &str)> = items
        .iter()
        .map(|(text, uses)| (text.as_str(), uses.as_str()))
        .collect();
    assert_eq!(items, expect, "{source}");
}

#[test]
fn declarations_lose_what_the_module_says_about_them() {
    check(
        "import { B } from 'b'; export const a: B = 1, c = 2; export default function <T>(x: T): Promise<T> { return x as never }",
        TS,
        &[
            ("declare const a: B;", "B:Root"),
            ("declare const c = 2;", ""),
            ("declare function<T>(x: T): Promise<T>;", "Promise:Free"),
        ],
    );
    check(
        "declare const a: 1; export default abstract class extends a.b<import('./x').Y.Z> {} export = a.b;",
        SourceKind::Declarations,
        &[
            ("declare const a: 1;", ""),
            (
                "declare abstract class extends a.b<import('./x').Y.Z> {}",
                "a:Root import.2",
            ),
            ("import a.b;", "a:Root"),
        ],
    );
}

#[test]
fn names_inside_of_a_declaration_are_its_own() {
    check(
        "export type A<T> = T extends infer U ? { [K in keyof U]: U[K] } : typeof b; declare function f(x: number, y: typeof x): x is 1; export const b: typeof f = f;",
        TS,
        &[
            (
                "type A<T> = T extends infer U ? { [K in keyof U]: U[K] } : typeof b;",
                "b:Root",
            ),
            ("declare function f(x: number, y: typeof x): x is 1;", ""),
            ("declare const b: typeof f;", "f:Root"),
        ],
    );
}

#[test]
fn the_parts_of_a_namespace_see_each_other() {
    check(
        "interface I {} export namespace N { export interface I {} } export namespace N { export type J = I } export namespace M { export type K = I }",
        TS,
        &[
            ("interface I {}", ""),
            ("declare namespace N {\n    interface I {}\n}", ""),
            ("declare namespace N {\n    type J = I;\n}", ""),
            ("declare namespace M {\n    type K = I;\n}", "I:Root"),
        ],
    );
}

#[test]
fn a_file_of_declarations_exports_everything_unless_it_says_what() {
    let names = |source: &str| {
        let declarations = read(source, SourceKind::Declarations);
        (declarations.is_module, declarations.exports.len())
    };
    assert_eq!(names("export const a: 1; declare const b: 2;"), (true, 2));
    assert_eq!(
        names("export const a: 1; declare const b: 2; export {};"),
        (true, 1)
    );
    assert_eq!(names("declare const b: 2;"), (false, 0));
}

#[test]
fn imports_and_blocks_are_told() {
    let declarations = read(
        "import d, { type e as f } from 'a'; import * as g from 'a'; import type h = require('b'); import './c'; declare module './m' { interface I { f: f; I: I } }",
        SourceKind::Declarations,
    );
    let imports = declarations.imports.iter();
    let imports: Vec<_> = imports
        .map(|import| (import.local.as_str(), &import.what, import.type_only))
        .collect();
    let name = |name: &str| ImportedWhat::Name(name.to_owned());
    assert_eq!(
        imports,
        [
            ("d", &name("default"), false),
            ("f", &name("e"), true),
            ("g", &ImportedWhat::Namespace, false),
            ("h", &ImportedWhat::Require, true),
        ]
    );
    assert_eq!(
        (declarations.effects.len(), declarations.requests.len()),
        (1, 4)
    );
    let block = &declarations.augmentations[0];
    let used = |name: &str, bound: Bound| {
        let mut uses = block.items[0].uses.iter();
        uses.any(|found| matches!(&found.target, UseTarget::Name { name: known, bound: own, .. } if known == name && *own == bound))
    };
    assert!(used("f", Bound::Root) && used("I", Bound::Block));
}

#[test]
fn what_has_no_type_is_told_with_its_place() {
    let (declarations, problems) = declare(
        "\u{FEFF}export const a = f();\nexport let b = [f()], c: number = 1;\nfunction f() {}",
        "x.ts",
        TS,
    );
    let places: Vec<_> = problems.iter().map(|it| (it.line, it.column)).collect();
    assert_eq!(places, [(1, 14), (2, 16)]);
    assert_eq!(problems[0].code.as_deref(), Some("TS9010"));
    // What could be read is there.
    assert_eq!(declarations.items.len(), 3);
}

/// Sources of the cases that are bundled.
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
        include_str!("../../../../spec/build/dts/namespaces/main.ts"),
        false,
    ),
    (
        include_str!("../../../../spec/build/dts/names/main.ts"),
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
        include_str!("../../../../spec/build/dts/declaration_files/legacy.d.ts"),
        true,
    ),
    (
        include_str!("../../../../spec/build/dts/declaration_files/globals.d.ts"),
        true,
    ),
    (
        include_str!("../../../../spec/build/dts/namespaces/expected.txt"),
        true,
    ),
    (
        include_str!("../../../../spec/build/dts/classes/expected.txt"),
        true,
    ),
];

/// What is put into a source to break it.
const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ";",
    ",",
    ".",
    "`",
    "\"",
    "/**",
    "*/",
    "= ",
    ": ",
    "=> ",
    "é",
    "\u{2028}",
    "export ",
    "default ",
    "declare ",
    "import ",
    "namespace N ",
    "import('./x').Y",
    "typeof ",
    "@dec ",
    "enum E { A = ",
    "class ",
    "function ",
    "export = a.b;",
    "export as namespace X;",
    "declare global {",
    "declare module './x' {",
    "export default a.b.c;",
    "export { a as default, type b };",
    "extends f(x) ",
    "infer U ",
    "...",
    "#x",
    "get x() ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_source_makes_it_panic(
        source in proptest::sample::select(SOURCES),
        cut in any::<proptest::sample::Index>(),
        length in 0usize..40,
        piece in proptest::sample::select(PIECES),
        as_declarations in any::<bool>(),
    ) {
        let (text, is_declarations) = source;
        let mut letters: Vec<char> = text.chars().collect();
        let start = cut.index(letters.len());
        let end = (start + length).min(letters.len());
        letters.splice(start..end, piece.chars());
        let text: String = letters.into_iter().collect();
        let kind = if is_declarations || as_declarations { SourceKind::Declarations } else { TS };
        let (declarations, problems) = declare(&text, "a.ts", kind);
        check_places(&declarations);
        for problem in problems {
            prop_assert!(!problem.message.contains("internal"), "{text}");
            crust_diag::render(&problem, crust_diag::Style::Plain);
        }
    }

    #[test]
    fn any_text(source in any::<String>(), as_declarations in any::<bool>()) {
        let kind = if as_declarations { SourceKind::Declarations } else { TS };
        let (declarations, _) = declare(&source, "a.ts", kind);
        check_places(&declarations);
    }
}
