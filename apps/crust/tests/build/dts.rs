//! `--dts`: declarations beside scripts. What is in them is in `spec/build/dts`; here are their names and places, and
//! what goes wrong.

use crate::project::{Project, all};

const FILES: &[(&str, &str)] = &[
    (
        "main.ts",
        "import type { Shape } from './shape'; export const area = (shape: Shape): number => shape.size;\nconsole.log(area({ size: 2 }));",
    ),
    ("shape.ts", "export interface Shape { size: number }"),
];

const DECLARED: &str = "interface Shape {\n    size: number;\n}\ndeclare const area: (shape: Shape) => number;\nexport { area };\n";

#[test]
fn declarations_lie_beside_their_scripts() {
    for (options, script, declarations) in [
        (&["--outdir", "out"][..], "out/main.js", "out/main.d.ts"),
        (&["--outfile", "a/b.mjs"], "a/b.mjs", "a/b.d.mts"),
        (
            &[
                "--outdir",
                "out",
                "--format",
                "cjs",
                "--entry-naming",
                "[name].cjs",
                "--minify",
            ],
            "out/main.cjs",
            "out/main.d.cts",
        ),
        (
            &[
                "--outdir",
                "out",
                "--splitting",
                "--sourcemap",
                "--target",
                "bun",
            ],
            "out/main.js",
            "out/main.d.ts",
        ),
    ] {
        let project = Project::new(FILES);
        let text = project.build(&[&["main.ts", "--dts"], options].concat());
        assert!(text.contains("(declarations)"), "{text}");
        assert_eq!(project.read(declarations), DECLARED, "{options:?}");
        project.runs(script, "2\n");
    }
}

#[test]
fn names_with_a_hash_are_those_of_the_script() {
    let project = Project::new(FILES);
    project.build(&[
        "main.ts",
        "--dts",
        "--outdir",
        "out",
        "--entry-naming",
        "[name]-[hash].[ext]",
    ]);
    let names = project.list("out");
    let script = names.iter().find(|name| !name.contains(".d.")).unwrap();
    let declarations = script.replace(".js", ".d.ts");
    assert_eq!(names, [declarations.clone(), script.clone()]);
    assert_eq!(project.read(&format!("out/{declarations}")), DECLARED);
}

#[test]
fn each_entry_point_has_its_own() {
    let project = Project::new(&[
        ("a.ts", "export { both } from './both';"),
        (
            "sub/b.ts",
            "export { both as other } from '../both'; import './c.css';",
        ),
        ("both.ts", "export const both: number = 1;"),
        ("sub/c.css", "a { color: red }"),
        ("page.html", "<script src='./a.ts'></script>"),
    ]);
    project.build(&[
        "a.ts",
        "sub/b.ts",
        "sub/c.css",
        "page.html",
        "--dts",
        "--outdir",
        "out",
    ]);
    assert_eq!(
        project.read("out/a.d.ts"),
        "declare const both: number;\nexport { both };\n"
    );
    assert_eq!(
        project.read("out/sub/b.d.ts"),
        "declare const both: number;\nexport { both as other };\n"
    );
    assert!(!project.exists("out/page.d.ts") && !project.exists("out/sub/c.d.ts"));
}

#[test]
fn without_bundling_each_file_keeps_its_imports() {
    let project = Project::new(&[
        (
            "a.ts",
            "/// <reference types=\"node\" />\nimport { B, unused } from './b'; export const a: B = 1 as never;",
        ),
        (
            "b.ts",
            "/** Doc. */\nexport type B = number; export const unused: number = 1;",
        ),
    ]);
    project.build(&["a.ts", "b.ts", "--dts", "--no-bundle", "--outdir", "out"]);
    assert_eq!(
        project.read("out/a.d.ts"),
        "/// <reference types=\"node\" />\nimport { B } from \"./b\";\nexport declare const a: B;\n"
    );
    assert_eq!(
        project.read("out/b.d.ts"),
        "/** Doc. */\nexport type B = number;\nexport declare const unused: number;\n"
    );
}

#[test]
fn imports_are_resolved_as_by_the_build() {
    let project = Project::new(&[
        (
            "tsconfig.json",
            "{\"compilerOptions\": {\"paths\": {\"~/*\": [\"./lib/*\"]}}}",
        ),
        (
            "main.ts",
            "export * from '~/a'; export type { B } from 'swapped'; export type { C } from './outside/c'; export type { D } from 'left-alone/d'; export type { E } from '#internal';",
        ),
        (
            "package.json",
            "{\"imports\": {\"#internal\": \"./lib/e.ts\"}}",
        ),
        ("lib/a.ts", "export const a: 1 = 1;"),
        ("lib/b.ts", "export type B = 2;"),
        ("lib/e.ts", "export type E = 5;"),
        ("outside/c.ts", "export type C = 3;"),
    ]);
    let alias = format!("swapped:{}/lib/b.ts", project.0.display());
    project.build(&[
        "main.ts",
        "--dts",
        "--outdir",
        "out",
        "--alias",
        &alias,
        "--external",
        "./outside/*",
        "--external",
        "left-alone",
    ]);
    assert_eq!(
        project.read("out/main.d.ts"),
        "import type { C } from \"./outside/c\";\nimport type { D } from \"left-alone/d\";\ndeclare const a: 1;\ntype B = 2;\ntype E = 5;\nexport { a, type B, type C, type D, type E };\n"
    );
}

#[test]
fn everything_that_is_wrong_is_told_and_nothing_is_written() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { helper } from './helper'; import { gone } from './gone';\nexport const sum = (a: number) => helper(a) + gone;\nexport { helper };",
        ),
        (
            "helper.ts",
            "export function helper(a: number) { return a; }\nexport let b = helper(1);",
        ),
    ]);
    let text = project.fails(&["main.ts", "--dts", "--outdir", "out"]);
    for expected in [
        "error: Function must have an explicit return type annotation in declarations\n    at ",
        "main.ts:2:20",
        "2 | export const sum = (a: number) => helper(a) + gone;\n",
        "helper.ts:1:17",
        "helper.ts:2:12",
        "Could not resolve: \"./gone\"",
        "4 errors; nothing was written",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!project.exists("out"));
    let text = project.fails(&["main.ts", "--dts", "--no-bundle", "--outdir", "out"]);
    assert!(text.contains("main.ts:2:20"), "{text}");
    project.write("main.ts", "export const = 1;");
    let text = project.fails(&["main.ts", "--dts", "--outdir", "out"]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
}

#[test]
fn javascript_needs_declarations_beside() {
    let project = Project::new(&[
        ("plain.js", "export const plain = 1;"),
        ("typed.js", "export const typed = 1;"),
        ("typed.d.ts", "export declare const typed: 1;"),
    ]);
    let output = project.crust(&["build", "plain.js", "typed.js", "--dts", "--outdir", "out"]);
    let said = all(&output);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("warning: An entry point in JavaScript has no declarations\n    at "),
        "{said}"
    );
    assert_eq!(project.list("out"), ["plain.js", "typed.d.ts", "typed.js"]);
    assert_eq!(
        project.read("out/typed.d.ts"),
        "declare const typed: 1;\nexport { typed };\n"
    );
}

#[test]
fn an_executable_has_no_declarations() {
    let project = Project::new(FILES);
    let text = project.fails(&["main.ts", "--dts", "--compile"]);
    assert!(text.contains("--dts: does not go with --compile"), "{text}");
    let text = project.fails(&["main.ts", "--dts"]);
    assert!(text.contains("--outdir"), "{text}");
}
