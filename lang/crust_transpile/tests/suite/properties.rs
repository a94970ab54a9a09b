//! What holds for every source: no panic, lines that never move, columns that map back.

use crust_transpile::{
    EmitPlan, FormatHint, ImportMode, JsxOptions, JsxRuntime, Module, Options, Shape, Syntax,
    transpile,
};
use proptest::prelude::*;

/// Pieces that valid and nearly valid sources are made of.
const SNIPPETS: &[&str] = &[
    "import a, {b as c} from 'm';",
    "import type {T} from 't';",
    "import * as n from 'n';",
    "import defer * as d from 'd';",
    "import e = require('e');",
    "import 'f' with {type: 'json'};",
    "export const x: number = 1;",
    "export default class<T> {",
    "export default () => {};",
    "export {a, b as 'c-d'};",
    "export * from 'g';",
    "export * as h from 'g';",
    "export = 1;",
    "class A<T> extends B<T> implements C {",
    "private readonly p?: string = '';",
    "static {",
    "get: any\n",
    "accessor q = 1;",
    "declare r: any;",
    "abstract s(): void;",
    "[k: string]: any;",
    "constructor(private u = 1) {",
    "@dec ",
    "@dec() ",
    "enum E { A = 1, B }",
    "const enum F { A }",
    "namespace N { export const v = 1 }",
    "declare module 'w' {}",
    "type X<Y> = Y | string;",
    "interface Z { (a: string): void }",
    "using r = s;",
    "await using t = u;",
    "await 1;",
    "async (a) => await a;",
    "async function w() { try { await 1 } catch { } }",
    "for await (const x of y) z;",
    "async <\nT>(a: T): Promise<\nT> => a",
    "a as any\n",
    "<any>b",
    "c!",
    "d satisfies E",
    "f<string>()",
    "new G<T>()",
    "`${a}`",
    "/re[/]/",
    "import.meta.url",
    "import('x')",
    "<div a={b} key='c' {...d}>text &amp; {e}<f.g/></div>",
    "<>",
    "</>",
    "<a/>",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "\n",
    "\r\n",
    "\u{2028}",
    "é",
    "😀",
    "=>",
    "=",
    ":",
    "?",
    "!",
    ".",
    "...",
    "function f(this: any, a?: b): c;",
    "function* g() {",
    "if (a) ",
    "else ",
    "for (const h of i) ",
    "return",
    "let $crust",
    "a",
    "b()",
    "c`d`",
    "({a, b})",
    "({a} = b)",
    "\"use strict\";",
    "// c\n",
    "/* d */",
    "#!/usr/bin/env x\n",
    "\u{FEFF}",
    "'str'",
    "1",
    "try {",
    "} catch (e: any) {",
    "yield ",
];

fn options() -> impl Strategy<Value = Options> {
    let syntax = prop_oneof![
        Just(Syntax::Js),
        Just(Syntax::Jsx),
        Just(Syntax::Ts),
        Just(Syntax::Tsx)
    ];
    let format = prop_oneof![
        Just(FormatHint::Detect),
        Just(FormatHint::Esm),
        Just(FormatHint::CommonJs)
    ];
    (syntax, format, any::<[bool; 6]>()).prop_map(|(syntax, format, flags)| Options {
        syntax,
        format,
        jsx: JsxOptions {
            runtime: if flags[0] {
                JsxRuntime::Classic
            } else {
                JsxRuntime::Automatic
            },
            development: flags[1],
            ..JsxOptions::default()
        },
        experimental_decorators: flags[2],
        emit_decorator_metadata: flags[3],
        use_define_for_class_fields: flags[4],
        verbatim_module_syntax: flags[5],
        defines: vec![
            ("a".to_owned(), "1".to_owned()),
            ("b.c".to_owned(), "{}".to_owned()),
        ],
        ..Options::default()
    })
}

fn snippets() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(SNIPPETS), 0..12)
        .prop_map(|pieces| pieces.join(" "))
}

/// Lines as the engine counts them.
fn lines(text: &str) -> usize {
    crust_diag::LineIndex::new(text).len()
}

fn check_module(module: &Module) {
    for shape in [Shape::Fast, Shape::Cyclic] {
        for (mode, async_context) in [(ImportMode::Copy, true), (ImportMode::Live, false)] {
            let import_modes = vec![mode; module.imports.len()];
            let emitted = module.emit(&EmitPlan {
                shape,
                import_modes,
                async_context,
                ..EmitPlan::default()
            });
            assert_eq!(
                lines(&emitted.text),
                lines(&format!("{}\n", module.source())),
                "{}\n---\n{}",
                module.source(),
                emitted.text
            );
        }
    }
    for import in &module.imports {
        assert!(import.request < module.requests.len());
    }
    module.position(u32::MAX);
}

/// Characters that stand unchanged in the emitted text map to the place they came from.
fn check_columns(module: &Module) {
    // The wrapper's own last line would join such an end.
    if module.source().ends_with('\r') {
        return;
    }
    let emitted = module.emit(&EmitPlan::default());
    let index = crust_diag::LineIndex::new(module.source());
    let emitted_index = crust_diag::LineIndex::new(&emitted.text);
    for line in 0..u32::try_from(index.len()).unwrap() {
        let original: Vec<u16> = index
            .line_text(module.source(), line)
            .unwrap()
            .encode_utf16()
            .collect();
        let text = emitted_index.line_text(&emitted.text, line).unwrap();
        let mut last = 0;
        for (column, _) in text.encode_utf16().enumerate() {
            let mapped = emitted
                .columns
                .original(line, u32::try_from(column).unwrap());
            assert!(mapped >= last, "columns of a line never go back");
            assert!(
                mapped as usize <= original.len(),
                "{text:?} column {column} maps to {mapped}"
            );
            last = mapped;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(source in any::<String>(), options in options()) {
        if let Ok(module) = transpile(source, &options) {
            check_module(&module);
            check_columns(&module);
        }
    }

    #[test]
    fn snippets_in_any_order(source in snippets(), options in options()) {
        match transpile(source.clone(), &options) {
            Ok(module) => {
                check_module(&module);
                check_columns(&module);
            }
            Err(found) => {
                prop_assert!(!found.is_empty());
                for diagnostic in found {
                    prop_assert!(diagnostic.line as usize <= lines(&source));
                    crust_diag::render(&diagnostic, crust_diag::Style::Plain);
                }
            }
        }
    }

    #[test]
    fn a_snippet_cut_anywhere(
        source in snippets(), options in options(), start in 0usize..60, end in 0usize..60,
    ) {
        let mut source: Vec<char> = source.chars().collect();
        let start = start.min(source.len());
        let end = (start + end).min(source.len());
        source.drain(start..end);
        if let Ok(module) = transpile(source.into_iter().collect(), &options) {
            check_module(&module);
            check_columns(&module);
        }
    }

    #[test]
    fn plain_text_keeps_its_columns(words in proptest::collection::vec("[a-z]{1,8}", 1..20)) {
        let source = format!("x.{}();\n", words.join("();\nx."));
        let module = transpile(source.clone(), &Options::default()).unwrap();
        let emitted = module.emit(&EmitPlan::default());
        for line in 1..u32::try_from(words.len()).unwrap() {
            prop_assert_eq!(emitted.columns.original(line, 5), 5);
        }
        let prefix = emitted.text.find(source.as_str()).unwrap();
        prop_assert_eq!(emitted.columns.original(0, u32::try_from(prefix).unwrap() + 2), 2);
    }
}

#[test]
fn one_snippet_at_a_time() {
    for snippet in SNIPPETS {
        for syntax in [Syntax::Js, Syntax::Jsx, Syntax::Ts, Syntax::Tsx] {
            let options = Options {
                syntax,
                ..Options::default()
            };
            if let Ok(module) = transpile((*snippet).to_owned(), &options) {
                check_module(&module);
                check_columns(&module);
            }
        }
    }
}
