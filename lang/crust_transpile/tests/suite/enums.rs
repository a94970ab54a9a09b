//! Enums.

use crust_transpile::{EmitPlan, ImportedConstants, MemberRead};

use super::support;

#[track_caller]
fn check_inlined(source: &str, expect: &str) {
    let source = format!(
        "declare const enum E {{ A = 1, B = A << 3, C = 's', D = -1, 'f-g' = 2, H = 1 / 0 }};{source}"
    );
    let text = support::body(&source, &support::typescript());
    let text = text
        .split_once("};")
        .map_or(text.trim_start_matches([';', ' ']), |(_, text)| text);
    assert_eq!(
        support::squeeze(text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[test]
fn const_members_are_inlined() {
    check_inlined(
        "f(E.A, E['B'], E.C, E.D, E['f-g'], E[`A`], E.H)",
        "f(1  , 8     , \"s\", (-1), 2       , 1     , (Infinity))",
    );
    check_inlined("E.A.toFixed(E.C.length)", "1  .toFixed(\"s\".length)");
    check_inlined("a\nE.D", "a\n;(-1)");
    check_inlined("E.X; E[a]; (E => E.A)({})", "E.X; E[a]; (E => E.A)({})");
}

#[test]
fn exported_constants_are_recorded_and_filled_in() {
    let declaring = support::module(
        "const enum L { X = 's' } export const enum E { A = 1, B = A << 3, C = f() } export { L as M }; export enum P { A }",
        &support::typescript(),
    );
    let mut found: Vec<_> = declaring
        .local_exports
        .iter()
        .map(|export| {
            let mut members = export.constants.clone();
            members.sort();
            (export.exported.as_str(), members)
        })
        .collect();
    found.sort();
    let member = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let e = vec![member("A", "1"), member("B", "8")];
    let m = vec![member("X", "\"s\"")];
    assert_eq!(found, [("E", e.clone()), ("M", m), ("P", vec![])]);

    let importing = support::module(
        "import { E } from 'e'; import * as n from 'e'; f(E.A, E.B, E.C, n.E.A, n.F.A, n.E, E.A = 1);",
        &support::typescript(),
    );
    let reads: Vec<_> = importing.member_reads().into_iter().collect();
    let read = |import: usize, export: Option<&str>| MemberRead {
        import,
        export: export.map(ToOwned::to_owned),
    };
    assert_eq!(
        reads,
        [read(0, None), read(1, Some("E")), read(1, Some("F"))]
    );
    let constants = [read(0, None), read(1, Some("E"))].map(|from| ImportedConstants {
        from,
        members: e.clone(),
    });
    let emitted = importing.emit(&EmitPlan {
        constants: constants.to_vec(),
        ..EmitPlan::default()
    });
    assert_eq!(
        support::squeeze(&support::strip(&emitted.text))
            .rsplit(';')
            .nth(1),
        Some("f(1 , 8 , E.C, 1 , n.F.A, n.E, E.A = 1)"),
        "{}",
        emitted.text
    );
}
