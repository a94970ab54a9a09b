//! Macros: what is found, what comes out, and that no text is too odd.

use super::*;
use crate::options::Syntax;
use proptest::prelude::*;

fn options() -> Options {
    Options {
        syntax: Syntax::Tsx,
        file_name: "/a.tsx".to_owned(),
        ..Options::default()
    }
}

const IMPORT: &str = r#"import { f, default as d } from "./m" with { type: "macro" }; import * as m from "n" assert { type: "macro" };"#;

/// The calls of a source as `export(arguments)`.
fn calls(code: &str) -> Vec<String> {
    let source = format!("{IMPORT}\n{code}");
    let macros = find_macros(&source, &options()).unwrap().unwrap();
    let calls = macros.calls().iter();
    calls
        .map(|call| format!("{} {} {}", call.specifier, call.export, call.arguments))
        .collect()
}

fn problems(code: &str) -> Vec<String> {
    let source = format!("{IMPORT}\n{code}");
    let problems = find_macros(&source, &options()).unwrap_err();
    problems
        .iter()
        .map(|problem| format!("{}:{} {}", problem.line, problem.column, problem.message))
        .collect()
}

/// The source with these results, below its imports.
fn answered(code: &str, results: &[&str]) -> String {
    let source = format!("{IMPORT}\n{code}");
    let macros = find_macros(&source, &options()).unwrap().unwrap();
    let results: Vec<MacroResult> = results
        .iter()
        .map(|text| MacroResult::value(*text))
        .collect();
    let text = macros.answer(&source, "/a.tsx", &results).unwrap();
    assert_eq!(text.lines().count(), source.lines().count());
    let (imports, rest) = text.split_once('\n').unwrap();
    assert_eq!(imports.replace(' ', ""), "export{};export{};");
    rest.to_owned()
}

#[test]
fn calls_are_found() {
    assert_eq!(calls("f()"), ["./m f []"]);
    assert_eq!(
        calls("x = d(1, 'a', null, [true, -1], {a: 0x1, 'b-c': `t`, __proto__: 1, [2]: 3})"),
        [
            "./m default [1,'a',null,[true,(- 1)],({[\"a\"]:0x1,['b-c']:`t`,[\"__proto__\"]:1,[2]:3})]"
        ]
    );
    assert_eq!(
        calls("m.g?.(undefined, NaN); m['h']((1 as any)!)"),
        ["n g [undefined,NaN]", "n h [1]"]
    );
    assert_eq!(
        calls("f(d('x').a, 'a' + 1, true ? 1 : 2)"),
        [
            "./m default ['x']",
            "./m f [($[0]).a,('a' + 1),(true ? 1 : 2)]"
        ]
    );
    assert_eq!(calls("f`a${1}\\n`"), ["./m f ((...$)=>$)`a${1}\\n`"]);
    assert_eq!(
        calls("function g(f) { return f(1) } type T = typeof f; m.g()"),
        ["n g []"]
    );
    assert_eq!(calls("f<string>('x')"), ["./m f ['x']"]);
}

#[test]
fn what_is_not_known_is_refused() {
    let unknown = "This argument of a macro is not known before the program runs";
    for argument in [
        "x",
        "...[1]",
        "[...[1]]",
        "{...{}}",
        "{a() {}}",
        "() => 1",
        "/x/",
        "1n",
        "new Date()",
        "process.env.X",
        "g()",
        "2 ** 3",
        "this",
        "import.meta",
    ] {
        let found = problems(&format!("f({argument})"));
        assert_eq!(found.len(), 1, "{argument}");
        assert!(found[0].ends_with(unknown), "{found:?}");
    }
    assert_eq!(problems("f([1,,2])").len(), 1);
    assert_eq!(problems("f(x); d(`${y}`)").len(), 2);
    assert_eq!(
        problems("const undefined = 1; { let NaN = 2; f(NaN) }").len(),
        1
    );
}

#[test]
fn what_is_no_call_is_refused() {
    for (code, name) in [
        ("x = f", "f"),
        ("typeof d", "d"),
        ("m", "m"),
        ("new f()", "f"),
        ("({ f })", "f"),
        ("export { f }", "f"),
        ("m[x]()", "m"),
        ("<m.f />", "m"),
    ] {
        let found = problems(code);
        assert_eq!(found.len(), 1, "{code}");
        assert!(
            found[0].ends_with(&format!("The macro \"{name}\" can only be called")),
            "{found:?}"
        );
    }
    assert_eq!(
        problems("export { x } from './m' with { type: 'macro' }"),
        ["2:1 export from cannot be used with \"type\": \"macro\""]
    );
    assert_eq!(
        problems("export * from './m' with { type: 'macro' }").len(),
        1
    );
    assert_eq!(
        problems("import('./m', { with: { type: 'macro' } })").len(),
        1
    );
}

#[test]
fn results_take_the_place_of_calls() {
    assert_eq!(
        answered("x = f('abcdefgh') + 1", &["2"]),
        "x = (2)           + 1"
    );
    assert_eq!(answered("x\nf(1).y()", &["{a:1}"]), "x\n;({a:1}).y()");
    assert_eq!(
        answered("if (x) f(1)\nelse d(2)", &["1", "2"]),
        "if (x) (1) \nelse (2) "
    );
    assert_eq!(
        answered("x = f(\n1,\n  2) + y", &["3"]),
        "x = (3)\n\n     + y"
    );
    assert_eq!(
        answered("x = f(d(1), 2); y", &["5", "7"]),
        "x = (7)       ; y"
    );
    assert_eq!(
        answered("const f2 = () => f(1)", &["'\u{1F600}'"]),
        "const f2 = () => ('\u{1F600}')"
    );
}

#[test]
fn members_that_are_read_are_known() {
    let source = format!("{IMPORT}\nx = f().a.b.c() + m.g().d + d()?.e; f().z = 1");
    let macros = find_macros(&source, &options()).unwrap().unwrap();
    let members: Vec<_> = macros
        .calls()
        .iter()
        .map(|call| call.members.join("."))
        .collect();
    assert_eq!(members, ["a.b.c", "d", "", ""]);
    let value = |members| MacroResult::Value {
        text: "1".to_owned(),
        members,
    };
    let results = [value(2), value(1), value(9), value(0)];
    let text = macros.answer(&source, "/a.tsx", &results).unwrap();
    let rest = text.lines().nth(1).unwrap();
    assert_eq!(
        rest.split_whitespace().collect::<String>(),
        "x=(1).c()+(1)+(1)?.e;;(1).z=1"
    );
}

#[test]
fn a_call_without_result_has_its_place() {
    let source = format!("{IMPORT}\nx = f(1) + d(2) + m.a()");
    let macros = find_macros(&source, &options()).unwrap().unwrap();
    let failed = |message: &str, import| MacroResult::Failed {
        message: message.to_owned(),
        hint: None,
        import,
    };
    let results = [
        MacroResult::value("1"),
        failed("threw", false),
        failed("not found", true),
    ];
    let problems = macros.answer(&source, "/a.tsx", &results).unwrap_err();
    let shown: Vec<_> = problems
        .iter()
        .map(|problem| (problem.line, problem.column, problem.message.as_str()))
        .collect();
    assert_eq!(shown, [(2, 12, "threw"), (1, 82, "not found")]);
    assert_eq!(macros.answer(&source, "/a.tsx", &[]).unwrap_err().len(), 3);
}

#[test]
fn other_sources_have_none() {
    for source in [
        "",
        "macro",
        "import x from 'macro'",
        "import x from 'y' with { type: 'text' } // macro",
        "import { macro",
        "import type { f } from './m' with { type: 'macro' }",
    ] {
        assert_eq!(find_macros(source, &options()), Ok(None), "{source}");
    }
}

/// Pieces of which odd sources are made.
const PIECES: [&str; 30] = [
    "f",
    "m",
    "d",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`",
    "${",
    ",",
    ";",
    "\n",
    ".",
    "?.",
    "1",
    "'a'",
    "x",
    "=",
    "=>",
    "...",
    "if",
    "function ",
    "typeof ",
    "as any",
    "é",
    "\u{1F600}",
    "export ",
    "//",
];

proptest! {
    #[test]
    fn any_text_gives_an_answer_or_an_error(text in ".{0,60}", pieces in proptest::collection::vec(0..PIECES.len(), 0..24), result in ".{0,8}") {
        let pieces: String = pieces.iter().filter_map(|index| PIECES.get(*index).copied()).collect();
        for source in [format!("{IMPORT}{pieces}"), format!("{text}macro{pieces}"), format!("{IMPORT}{text}")] {
            if let Ok(Some(macros)) = find_macros(&source, &options()) {
                let results: Vec<_> = macros.calls().iter().map(|_| MacroResult::value(result.replace(['\n', '\r'], ""))).collect();
                let answered = macros.answer(&source, "/a.tsx", &results);
                let answered = answered.map(|text| text.matches('\n').count());
                prop_assert_eq!(answered, Ok(source.matches('\n').count()));
            }
        }
    }
}
