//! Module records and the emitted shapes.

use crust_transpile::{Format, ImportName, Options, Phase, Syntax};

use super::support;

fn js() -> Options {
    Options::default()
}

#[track_caller]
fn check_fast(source: &str, expect: &str) {
    let text = support::fast(source, &js());
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[track_caller]
fn check_cyclic(source: &str, expect: &str) {
    let text = support::cyclic(source, &js());
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(expect),
        "of {source}"
    );
}

#[test]
fn copied_imports() {
    check_fast(
        "import d, {a, b as c, 'x-y' as e} from 'm'; import * as n from 'n'; f(a);",
        "(function($crust){\"use strict\";const d=$crust.i[0].default,a=$crust.i[0].a,c=$crust.i[0].b,e=$crust.i[0][\"x-y\"],n=$crust.i[1];;                                          ;                       f(a);\n$crust.done({__proto__:null})})",
    );
    check_fast(
        "import 'm';",
        "(function($crust){\"use strict\";;          \n$crust.done({__proto__:null})})",
    );
}

#[test]
fn live_imports() {
    check_cyclic(
        "import d, {a, 'x-y' as e} from 'm'\na(d, e)\nnew a(b.a, {a, a: a, a() {}})",
        "(function*($crust){\"use strict\";$crust.init({});yield;;                                 \n;(0,$crust.i[0].a)($crust.i[0].default, $crust.i[0][\"x-y\"])\nnew $crust.i[0].a(b.a, {a:$crust.i[0].a, a: $crust.i[0].a, a() {}})\n$crust.done({__proto__:null})})",
    );
    check_cyclic(
        "import {a} from 'm'; a`x`; (a)(); if (b) a(); (a => a)(a); a = 1; ({a} = b); a.b(); a?.();",
        "(function*($crust){\"use strict\";$crust.init({});yield;;                    ;(0,$crust.i[0].a)`x`; ((0,$crust.i[0].a))(); if (b) (0,$crust.i[0].a)(); (a => a)($crust.i[0].a); $crust.i[0].a = 1; ({a:$crust.i[0].a} = b); $crust.i[0].a.b(); ;(0,$crust.i[0].a)?.();\n$crust.done({__proto__:null})})",
    );
}

#[test]
fn exports() {
    check_fast(
        "export const a = 1; export let b = 2; b++; export function f() {} export class C {} export { a as default, f as 'g-h' };",
        "(function($crust){\"use strict\";       const a = 1;        let b = 2; b++;        function f() {}        class C {} ;                                   \n$crust.done({__proto__:null,C:C,a:a,default:a,f:f,\"g-h\":f},{b:()=>b})})",
    );
    check_cyclic(
        "export const a = 1; export let b = 2; b++;",
        "(function*($crust){\"use strict\";$crust.init({a:()=>a,b:()=>b});yield;       const a = 1;        let b = 2; b++;\n$crust.done({__proto__:null,a:a},{b:()=>b})})",
    );
    check_fast(
        "export const {a, b: [c], ...d} = e;",
        "(function($crust){\"use strict\";       const {a, b: [c], ...d} = e;\n$crust.done({__proto__:null,a:a,c:c,d:d})})",
    );
    check_fast(
        "export const __proto__ = 1;",
        "(function($crust){\"use strict\";       const __proto__ = 1;\n$crust.done({__proto__:null,[\"__proto__\"]:__proto__})})",
    );
}

#[test]
fn default_exports() {
    let check = |source: &str, expect: &str| {
        let text = support::body(source, &js());
        assert_eq!(
            support::squeeze(&text),
            support::squeeze(expect),
            "of {source}"
        );
    };
    check("export default 1;", "const $crust_default= 1;");
    check(
        "export default () => {};",
        "const $crust_default=({default: () => {}}).default;;",
    );
    check(
        "export default (function () {})",
        "const $crust_default=({default: (function () {})}).default;",
    );
    check(
        "export default class {}",
        "const $crust_default=({default: class {}}).default;",
    );
    check("export default class A {}", "               class A {}");
    check(
        "export default function f() {}",
        "               function f() {}",
    );
    check(
        "export default async function* () {}",
        "({}).constructor.defineProperty($crust_default,\"name\",{value:\"default\",configurable:true});               async function*  $crust_default() {}",
    );
    check(
        "let $crust; export default 1;",
        "let $crust; const $crust2__default= 1;",
    );
}

#[test]
fn records() {
    let module = support::module(
        "import a, {b} from 'm' with {type: 'json'};\nimport defer * as n from 'd';\nexport {x as y, default} from 'e';\nexport * from 's'; export * as t from 's';\nexport {b as c, n};",
        &js(),
    );
    let requests: Vec<_> = module
        .requests
        .iter()
        .map(|it| it.specifier.as_str())
        .collect();
    assert_eq!(requests, ["m", "d", "e", "s"]);
    assert_eq!(
        module.requests[0].attributes,
        [("type".to_owned(), "json".to_owned())]
    );
    assert_eq!(module.requests[1].phase, Phase::Defer);
    assert_eq!(module.star_exports, [3]);
    let indirect: Vec<_> = module
        .indirect_exports
        .iter()
        .map(|it| (it.exported.as_str(), it.request, it.imported.clone()))
        .collect();
    assert_eq!(
        indirect,
        [
            ("y", 2, ImportName::Named("x".to_owned())),
            ("default", 2, ImportName::Default),
            ("t", 3, ImportName::Namespace),
            ("c", 0, ImportName::Named("b".to_owned())),
            ("n", 1, ImportName::Namespace),
        ]
    );
    assert_eq!(module.position(module.imports[1].offset).column, 11);
    assert_eq!(module.position(module.requests[1].offset).line, 1);
}

#[test]
fn unused_typescript_imports_vanish() {
    let requests = |source: &str, verbatim: bool| {
        let options = Options {
            syntax: Syntax::Ts,
            verbatim_module_syntax: verbatim,
            ..Options::default()
        };
        let module = support::module(source, &options);
        let imports: Vec<_> = module.imports.iter().map(|it| it.local.clone()).collect();
        (module.requests.len(), imports.join(","))
    };
    let check = |source: &str, verbatim: bool, count: usize, locals: &str| {
        assert_eq!(
            requests(source, verbatim),
            (count, locals.to_owned()),
            "of {source}"
        );
    };
    check("import {A, b} from 'm'; let a: A = b;", false, 1, "b");
    check("import {A} from 'm'; let a: A;", false, 0, "");
    check("import {A} from 'm'; let a: A;", true, 1, "A");
    check("import type {A} from 'm'; export {};", true, 0, "");
    check("import {type A} from 'm'; export {};", false, 0, "");
    check("import {type A} from 'm'; export {};", true, 1, "");
    check("import 'm';", false, 1, "");
    check("import a from 'm'; let b: typeof a;", false, 0, "");
    check("import a from 'm'; class B implements a.C {}", false, 0, "");
    check("import a from 'm'; export {a};", false, 1, "a");
    check("import a from 'm'; export type {a};", false, 0, "");
}

#[test]
fn formats() {
    let check = |source: &str, format: Format| {
        assert_eq!(support::module(source, &js()).format, format, "of {source}");
    };
    check("import 'a';", Format::Esm);
    check("export {};", Format::Esm);
    check("await 1;", Format::Esm);
    check("for await (const a of b) {}", Format::Esm);
    check("import.meta.url;", Format::Esm);
    check("import.meta.url; module.exports = 1;", Format::CommonJs);
    check("import('a');", Format::CommonJs);
    check("f();", Format::CommonJs);
    check("with (a) {}", Format::CommonJs);
    check("return 1;", Format::CommonJs);
    check("async () => { await 1; }", Format::CommonJs);
    check("var await = 1;", Format::CommonJs);
    let esm = Options {
        format: crust_transpile::FormatHint::Esm,
        ..js()
    };
    assert_eq!(support::module("f();", &esm).format, Format::Esm);
    assert_eq!(
        support::module("module.exports = 1;", &esm).format,
        Format::CommonJs
    );
}

#[test]
fn common_js() {
    check_fast(
        "\"use strict\"; exports.a = 1;",
        "(function(exports,require,module,__filename,__dirname){\"use strict\"; exports.a = 1;\n})",
    );
    check_fast(
        "#!/usr/bin/env node\nimport('a'); require('b');",
        "(function(exports,require,module,__filename,__dirname,$crust){///usr/bin/env node\n$crust.import('a'); require('b');\n})",
    );
    check_fast(
        "const module = 1; class exports {} let {a: [require]} = b; var __dirname;",
        "(function($crust_exports,$crust_require,$crust_module,__filename,__dirname){const module = 1; class exports {} let {a: [require]} = b; var __dirname;\n})",
    );
    let module = support::module("export {}; require('a'); import('b')", &js());
    assert_eq!(module.dynamic_specifiers, ["a", "b"]);
}

#[test]
fn typescript_requires() {
    let check = |source: &str, expect: &str| {
        let text = support::body(source, &support::typescript());
        assert_eq!(
            support::squeeze(&text),
            support::squeeze(expect),
            "of {source}"
        );
    };
    check(
        "import a = require('a'); a();",
        "const  a = require('a'); a();",
    );
    check(
        "import a = require('a'); let b: a.B;",
        ";                        let b     ;",
    );
    check("export = 1;", "module.exports = 1;");
    check("import a = b.c; a();", "const  a = b.c; a();");
    check(
        "export default () => b as any\n(c)",
        "const $crust_default=({default: () => b       }).default;;\n(c)",
    );
}

#[test]
fn environment() {
    check_fast(
        "export {}; import.meta.url; import('a'); import.defer('b'); require(__dirname);",
        "(function($crust){\"use strict\";const require=$crust.require;const __dirname=$crust.dirname;;          $crust.meta.url; $crust.import('a'); $crust.importDefer('b'); require(__dirname);\n$crust.done({__proto__:null})})",
    );
    check_fast(
        "export {}; await 1;",
        "(async function($crust){\"use strict\";;          await 1;\n$crust.done({__proto__:null})})",
    );
}

#[test]
fn builtins_own_what_they_reexport() {
    let options = Options {
        builtin: true,
        ..js()
    };
    let text = support::fast(
        "import { a } from 'm'; export { a, a as b }; export * as n from 'n';",
        &options,
    );
    assert!(
        text.ends_with("$crust.done({__proto__:null,a:$crust.i[0][\"a\"],b:$crust.i[0][\"a\"],n:$crust.i[1]})})"),
        "{text}"
    );
}

#[test]
fn bodies_that_fit_in_a_block() {
    let check = |source: &str, expect: bool| {
        let options = Options {
            syntax: Syntax::Ts,
            ..Options::default()
        };
        let module = crust_transpile::transpile(source.to_owned(), &options).unwrap();
        assert_eq!(module.fits_block(), expect, "of {source}");
    };
    check(
        "export const a = 1; export function f() { var b = this; }",
        true,
    );
    check(
        "export class A { b = this.c; static { var d = this; } }",
        true,
    );
    check("export const f = () => { var a = 1; };", true);
    check("export type A = { b: this };", true);
    check("export {}; var a = 1;", false);
    check("export {}; { for (var a of b) {} }", false);
    check("export const f = () => this;", false);
    check("export class A { [this.b] = 1 }", false);
    check("export const a = eval('this');", false);
    check("export enum A { B }", false);
    check("export namespace A { export const b = 1; }", false);
    check("export {}; await a;", false);
    check("module.exports = 1;", false);
}

#[test]
fn a_block_is_a_program() {
    let module =
        crust_transpile::transpile("import a from 'm'; export const b = a;".to_owned(), &js())
            .unwrap();
    let emitted = module.emit(&crust_transpile::EmitPlan::plain(&module));
    assert_eq!(
        support::squeeze(&emitted.text),
        support::squeeze(
            "\"use strict\";{const $crust=this;const a=$crust.i[0].default;; const b = a;\n$crust.done({__proto__:null,b:b})}"
        )
    );
}

#[test]
fn typescript_files_are_modules_unless_they_show_a_function() {
    let check = |name: &str, source: &str, expect: Format| {
        let options = Options {
            syntax: Syntax::Ts,
            file_name: name.to_owned(),
            ..Options::default()
        };
        let module = crust_transpile::transpile(source.to_owned(), &options).unwrap();
        assert_eq!(module.format, expect, "of {source}");
    };
    check("/a.ts", "console.log(1)", Format::Esm);
    check("/a.ts", "function f() { return this; }", Format::Esm);
    check("/a.ts", "const f = () => { return 1; };", Format::Esm);
    check("/[eval]", "console.log(1)", Format::CommonJs);
    check("/a.ts", "console.log(this)", Format::CommonJs);
    check("/a.ts", "const f = () => this;", Format::CommonJs);
    check("/a.ts", "require('a')", Format::CommonJs);
    check("/a.ts", "console.log(arguments)", Format::CommonJs);
    check(
        "/a.ts",
        "function f() { eval('module'); }",
        Format::CommonJs,
    );
    check("/a.ts", "if (a) return;", Format::CommonJs);
}
