//! Macros in `crust build`: called while the program is built, gone when it runs.

use crate::project::{Project, all, check};

const MACROS: &str = "
import { secret } from './only-for-macros';
export const id = (value: unknown) => value;
export async function late() { await 1; return { deep: [1, 'two', null, undefined, -0] }; }
export const numbers = () => [NaN, Infinity, -Infinity, 1e21];
export const length = () => secret.length;
export const off = () => false;
export const kinds = () => [Response.json({ a: 1 }), new Response('text'), new Blob([new Uint8Array([1, 2, 255])], { type: 'image/png' })];
export const kind = async (index: number) => kinds()[index];
export const tag = (strings: string[], ...values: unknown[]) => strings.join('|') + values.join();
export const thrower = () => { throw new TypeError('no such thing'); };
export const odd = { map: () => new Map(), self: () => { const a: any = {}; a.a = a; return a; } };
export const map = odd.map, self = odd.self;
export default () => 'default';
";

#[test]
fn calls_become_what_they_give() {
    let project = check(
        &[
            (
                "main.ts",
                "import def, { id, late, numbers, length, off, kind, tag } from './m' with { type: 'macro' };
import * as m from './m' assert { type: 'macro' };
import { gone } from './gone';
if (off()) gone();
console.log(def(), id({ a: [1, 'b'], 'c-d': `e` }), m.id(id(3) as number), length())
id(1)
console.log(JSON.stringify([late(), numbers(), kind(0), kind(1), kind(2)]), Object.is(late().deep[4], -0))
console.log(tag`a${1}b${'x' + 2}`, ((n: number) => n + m['id'](0.5))(1));",
            ),
            ("m.ts", MACROS),
            (
                "only-for-macros.ts",
                "console.error('loaded'); export const secret = 'xyzzy';",
            ),
            ("gone.ts", "export const gone = () => console.log('not gone');"),
        ],
        &[],
        "default {\n  a: [ 1, \"b\" ],\n  \"c-d\": \"e\",\n} 3 5\n[{\"deep\":[1,\"two\",null,null,0]},[null,null,null,1e+21],{\"a\":1},\"text\",\"data:image/png;base64,AQL/\"] true\na|b|1,x2 1.5\n",
    );
    let bundle = project.read("out/main.js");
    for text in ["xyzzy", "not gone", "thrower", "import"] {
        assert!(!bundle.contains(text), "{text}: {bundle}");
    }
}

#[test]
fn a_macro_runs_once_for_each_call() {
    let files = [
        (
            "main.ts",
            "import { n } from './m' with { type: 'macro' }; import './other'; console.log(n(), n());",
        ),
        (
            "other.ts",
            "import { n } from './m' with { type: 'macro' }; export const other = n(), x = 1;",
        ),
        (
            "m.ts",
            "let count = 0; export function n() { console.log('called'); return ++count; }",
        ),
    ];
    let project = Project::new(&files);
    let text = project.build(&["main.ts", "--outdir", "out"]);
    assert_eq!(text.matches("called").count(), 3, "{text}");
    // A build that fails is run again to find what else is wrong; macros are not.
    project.write("other.ts", "import './nowhere';");
    let output = project.crust(&["build", "main.ts", "--outdir", "failed"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        all(&output).matches("called").count(),
        2,
        "{}",
        all(&output)
    );
    assert!(!project.exists("failed"));
}

#[test]
fn everything_that_is_wrong_has_its_place() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { id, thrower, map, self, nowhere } from './m' with { type: 'macro' };
let x = 1;
console.log(thrower(), map());
console.log(self(), nowhere(), id(1));",
        ),
        ("m.ts", MACROS),
        ("only-for-macros.ts", "export const secret = '';"),
        (
            "wrong.ts",
            "import { id } from './m' with { type: 'macro' };\nlet x = 1;\nconsole.log(id(x), id);\nexport { id as y } from './m' with { type: 'macro' };",
        ),
        (
            "missing.ts",
            "import { id } from './nope' with { type: 'macro' };\nconsole.log(id(1), id(2));",
        ),
    ]);
    let text = project.fails(&["main.ts", "--outdir", "out"]);
    for (place, words) in [
        (
            "3:13",
            "The macro \"thrower\" threw: TypeError: no such thing",
        ),
        ("3:24", "The macro \"map\" gave a value of the type Map"),
        (
            "4:13",
            "The macro \"self\" gave an object that holds itself",
        ),
        ("4:21", "Macro \"nowhere\" not found in \"./m\""),
    ] {
        assert!(
            text.contains(&format!("main.ts:{place}")),
            "{place}: {text}"
        );
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        text.contains("m.ts:11:") && text.contains("4 errors"),
        "{text}"
    );
    assert!(!project.exists("out"));

    let text = project.fails(&["wrong.ts", "--outdir", "out"]);
    for words in [
        "wrong.ts:3:16",
        "This argument of a macro is not known before the program runs",
        "wrong.ts:3:20",
        "The macro \"id\" can only be called",
        "wrong.ts:4:1",
        "export from cannot be used with \"type\": \"macro\"",
        "3 errors",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }

    let text = project.fails(&["missing.ts", "--outdir", "out"]);
    assert!(text.contains("Macro \"./nope\" not found"), "{text}");
    assert!(
        text.contains("missing.ts:1:20") && !text.contains("errors"),
        "{text}"
    );
}

#[test]
fn packages_bring_macros_and_call_none() {
    let files = [
        (
            "main.ts",
            "import { f } from 'p' with { type: 'macro' }; import { f as g } from 'p'; console.log(f(), g());",
        ),
        (
            "node_modules/p/package.json",
            r#"{"name":"p","exports":{"macro":"./macro.js","default":"./index.js"}}"#,
        ),
        ("node_modules/p/macro.js", "export const f = () => 'macro';"),
        ("node_modules/p/index.js", "export const f = () => 'index';"),
    ];
    let project = Project::new(&files);
    project.build(&["main.ts", "--outdir", "out", "--target", "bun"]);
    project.runs("out/main.js", "macro index\n");
    project.runs("main.ts", "macro index\n");

    project.write(
        "node_modules/q/index.js",
        "import { f } from 'p' with { type: 'macro' };\nexport const g = f();",
    );
    project.write("main.ts", "import { g } from 'q'; console.log(g);");
    let refused = "For security reasons, macros cannot be run from node_modules";
    assert!(
        project
            .fails(&["main.ts", "--outdir", "out"])
            .contains(refused)
    );
    let output = project.crust(&["main.ts"]);
    assert!(all(&output).contains(refused), "{}", all(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn macros_can_be_refused() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { f } from './m' with { type: 'macro' };\nconsole.log(f());",
        ),
        ("m.ts", "console.log('loaded'); export const f = () => 1;"),
    ]);
    let line = ["main.ts", "--outdir", "out"];
    let text = project.fails(&[&line[..], &["--no-macros"]].concat());
    assert!(
        text.contains("Macros are disabled") && text.contains("main.ts:2:13"),
        "{text}"
    );
    let output = project.crust(&["--no-macros", "main.ts"]);
    assert!(all(&output).contains("Macros are disabled") && !all(&output).contains("loaded"));
    let text = project.fails(&["main.ts", "--no-bundle"]);
    assert!(
        text.contains("Macros are called in bundles and running programs only"),
        "{text}"
    );
}

#[test]
fn a_macro_may_leave_things_running_or_end_the_process() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { f } from './m' with { type: 'macro' };\nconsole.log(f());",
        ),
        (
            "m.ts",
            "export const f = () => { setInterval(() => {}, 1000); return 1; };",
        ),
    ]);
    project.build(&["main.ts", "--outdir", "out"]);
    project.write("m.ts", "export const f = () => process.exit(7);");
    let output = project.crust(&["build", "main.ts", "--outdir", "ended"]);
    assert_eq!(output.status.code(), Some(7), "{}", all(&output));
    assert!(!project.exists("ended"));
}

#[test]
fn executables_have_results_in_them() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { f } from './m' with { type: 'macro' };\nconsole.log(f());",
        ),
        ("m.ts", "export const f = () => 'from the build';"),
    ]);
    project.build(&["main.ts", "--compile", "--outfile", "app"]);
    std::fs::remove_file(project.0.join("m.ts")).unwrap();
    let output = project.command(project.0.join("app"), &[]);
    assert_eq!(all(&output), "from the build\n");
}

#[test]
fn macros_stay_in_their_lines() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { f } from './m' with {\n  type: 'macro',\n};\nconst a = f(\n  1,\n  'x',\n)\n;[a].forEach(() => {\n  throw new Error('here');\n});",
        ),
        ("m.ts", "export const f = (...all: unknown[]) => all;"),
    ]);
    let output = project.crust(&["main.ts"]);
    assert!(all(&output).contains("main.ts:9:"), "{}", all(&output));
}
