//! Enums.

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
