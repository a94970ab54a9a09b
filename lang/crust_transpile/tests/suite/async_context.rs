//! The text that carries the async context across `await`.

use crust_transpile::{EmitPlan, FormatHint, Options, Syntax, stores_async_context};

use super::support;

fn carried(source: &str) -> String {
    let plan = EmitPlan {
        async_context: true,
        ..EmitPlan::default()
    };
    let module = support::module(source, &support::typescript());
    support::squeeze(&support::strip(&module.emit(&plan).text))
}

#[track_caller]
fn check(source: &str, expect: &str) {
    let text = carried(&format!("export {{}};{source}"));
    let text = text.trim_start_matches(';').trim();
    let expect = expect
        .replace("F.", "$crust_frame.")
        .replace("LET", "let $crust_frame=$crust.newFrame()");
    assert_eq!(text, support::squeeze(&expect), "of {source}");
}

#[test]
fn waits_tell_the_frame() {
    check(
        "async function f() { return await g(await h) }",
        "async function f() {LET;return F.back(await F.wait(g(F.back(await F.wait(h))))) }",
    );
    check(
        "const f = async (a: number) => ({ a: await a })",
        "const f = async (a ) => {LET;return ({ a: F.back(await F.wait(a)) })}",
    );
    check(
        "const o = { async m() { 'use strict'\nawait (1) } }",
        "const o = { async m() { 'use strict';LET;\nF.back(await F.wait((1))) } }",
    );
    check("await 1", "$crust.frame.back(await $crust.frame.wait(1))");
}

#[test]
fn errors_and_loops_come_back() {
    check(
        "async () => { try { await 1 } catch { a } finally { b } }",
        "async () => {LET;try { F.back(await F.wait(1)) } catch {F.caught();a } finally {F.caught();b } }",
    );
    check(
        "async () => { a: for await (const b of c) { continue a } }",
        "async () => {LET;{a: for await (const b of F.iterate(c)) {F.back();continue a };F.back()} }",
    );
    check(
        "async () => { if (a) for await (const b of c) b() }",
        "async () => {LET;if (a) {for await (const b of F.iterate(c)) {F.back();b()};F.back()} }",
    );
}

#[test]
fn what_does_not_wait_is_left_alone() {
    for source in [
        "function f() { try { g() } catch { h() } }",
        "async () => { try { g() } catch { h() } }",
        "async function f() { return g() }",
    ] {
        check(source, source);
    }
    let source = "export const f = async () => { await 1 }";
    assert_eq!(
        support::squeeze(&support::body(source, &support::typescript())),
        support::squeeze("const f = async () => { await 1 }")
    );
}

#[test]
fn scripts_decide_when_they_are_parsed() {
    let source = "exports.f = async () => { await 1 }";
    let mut options = Options {
        syntax: Syntax::Js,
        format: FormatHint::CommonJs,
        engine_checks: true,
        ..Options::default()
    };
    let plain = support::module(source, &options);
    assert!(plain.lacks_async_context() && !plain.uses.need_environment());
    options.async_context = true;
    let carried = support::module(source, &options);
    assert!(!carried.lacks_async_context() && carried.uses.need_environment());
    assert!(
        carried
            .emit(&EmitPlan::default())
            .text
            .contains("$crust_frame.wait(1)")
    );
    assert!(stores_async_context("new AsyncLocalStorage()"));
    assert!(!stores_async_context("new AsyncResource()"));
}
