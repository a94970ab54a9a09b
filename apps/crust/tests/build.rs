//! `crust build`: what a user types, and what the bundles do when they run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "build/bad_input.rs"]
mod bad_input;
#[path = "build/browser.rs"]
mod browser;
#[path = "build/dts.rs"]
mod dts;
#[path = "build/executables.rs"]
mod executables;
#[path = "build/macros.rs"]
mod macros;
#[path = "build/minify.rs"]
mod minify;
#[path = "build/project.rs"]
mod project;
#[path = "build/style_maps.rs"]
mod style_maps;
#[path = "build/styles.rs"]
mod styles;
#[path = "build/watch.rs"]
mod watch;
#[path = "build/workers.rs"]
mod workers;

use project::{Project, check};

#[test]
fn a_bundle_runs_without_its_sources() {
    let project = check(
        &[
            (
                "main.ts",
                "import { b } from './b'; import data from './data.json'; import text from './t.txt';\nconst x: number = b(1); console.log(x, data.name, text, process.env.NODE_ENV);",
            ),
            (
                "b.ts",
                "export const b = (n: number) => n + 1; export const unused = () => console.log('unused');",
            ),
            ("data.json", "{\"name\":\"n\"}"),
            ("t.txt", "hello"),
        ],
        &[],
        "2 n hello development\n",
    );
    let bundle = project.read("out/main.js");
    assert!(bundle.starts_with("// @bun\n"), "{bundle}");
    assert!(!bundle.contains("unused"), "{bundle}");
}

#[test]
fn the_summary_lists_the_files() {
    let project = Project::new(&[("a.ts", "console.log(1)"), ("sub/b.ts", "console.log(2)")]);
    let text = project.build(&["a.ts", "sub/b.ts", "--outdir", "out", "--sourcemap"]);
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("Bundled 2 modules in "));
    let rest: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let words: Vec<Vec<&str>> = rest
        .iter()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let names: Vec<&str> = words.iter().map(|words| words[0]).collect();
    assert_eq!(names, ["a.js", "sub/b.js", "a.js.map", "sub/b.js.map"]);
    assert!(rest[0].ends_with("(entry point)") && rest[3].ends_with("(source map)"));
    let map: serde_json::Value = serde_json::from_str(&project.read("out/sub/b.js.map")).unwrap();
    assert_eq!(map["sourcesContent"][0], "console.log(2)");
    assert!(
        project
            .read("out/a.js")
            .ends_with("//# sourceMappingURL=a.js.map\n")
            || project
                .read("out/a.js")
                .ends_with("//# sourceMappingURL=a.js.map")
    );
}

#[test]
fn one_file_goes_to_standard_output() {
    let project = Project::new(&[("a.ts", "export const a: number = 1;")]);
    let text = project.build(&["a.ts"]);
    assert!(text.contains("const a = 1;"), "{text}");
    let text = project.build(&["a.ts", "--no-bundle"]);
    assert_eq!(text, "export const a = 1;\n");
    let text = project.build(&["a.ts", "--outfile", "deep/x.js"]);
    assert!(text.contains("x.js"), "{text}");
    assert!(project.read("deep/x.js").contains("const a = 1;"));
}

#[test]
fn everything_that_is_wrong_is_told_and_nothing_is_written() {
    let project = Project::new(&[
        (
            "main.ts",
            "import './syntax';\nimport x from './nope';\nimport y from 'nopkg';\nimport fs from 'fs';\nx(y, fs);\n",
        ),
        ("syntax.ts", "let a = 1;\nlet b = 3 +;\n"),
    ]);
    let text = project.fails(&["main.ts", "--outdir", "out"]);
    for expect in [
        "syntax.ts:2:12",
        "main.ts:2:15",
        "Could not resolve: \"./nope\"",
        "main.ts:3:15",
        "Could not resolve: \"nopkg\"",
        "main.ts:4:16",
        "Browser build cannot import Node's builtin: \"fs\"",
        "let b = 3 +;",
        "4 errors; nothing was written",
    ] {
        assert!(text.contains(expect), "{expect} in {text}");
    }
    assert!(!project.exists("out"));
    let text = project.fails(&["missing.ts", "other.ts", "--outdir", "out"]);
    assert!(
        text.contains("ModuleNotFound resolving \"missing.ts\" (entry point)"),
        "{text}"
    );
    assert!(
        text.contains("ModuleNotFound resolving \"other.ts\" (entry point)"),
        "{text}"
    );
    assert!(!project.exists("out"));
    let text = project.fails(&[]);
    assert!(text.contains("Missing entrypoints"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_written_stays_as_it_was() {
    let project = Project::new(&[("a.ts", "1"), ("b.ts", "2"), ("out/b.js/x", "in the way")]);
    let text = project.fails(&["a.ts", "b.ts", "--outdir", "out"]);
    assert!(text.contains("cannot write"), "{text}");
    assert_eq!(project.list("out"), ["b.js"]);
    let text = project.fails(&["a.ts", "--outdir", "a.ts/out"]);
    assert!(text.contains("cannot write"), "{text}");
}

#[test]
fn outputs_of_one_name_are_refused() {
    let project = Project::new(&[
        ("a/x.ts", "console.log('a')"),
        ("b/x.ts", "console.log('b')"),
    ]);
    let names = ["--entry-naming", "[name].[ext]"];
    let line = [&["a/x.ts", "b/x.ts", "--outdir", "out"], &names[..]].concat();
    let text = project.fails(&line);
    assert!(
        text.contains("Multiple files share the same output path: x.js"),
        "{text}"
    );
    assert!(!project.exists("out"));
}

#[test]
fn formats_run() {
    let files = [
        (
            "main.ts",
            "import { v } from './v'; export const w = v + 1; console.log(w);",
        ),
        ("v.ts", "export const v: number = 41;"),
    ];
    let project = check(&files, &["--format", "cjs"], "42\n");
    project.write("use.cjs", "console.log(require('./out/main.js').w)");
    project.runs("use.cjs", "42\n42\n");
    check(&files, &["--format", "iife"], "42\n");
    // What exports nothing names nothing that only a module has.
    let project = Project::new(&[("alone.ts", "import './v'; console.log(1)"), files[1]]);
    let text = project.build(&["alone.ts", "--format", "iife"]);
    assert!(!text.contains("exports"), "{text}");
    let project = check(
        &files,
        &["--format", "iife", "--global-name", "Lib"],
        "42\n",
    );
    assert!(project.read("out/main.js").contains("Lib"));
    check(&files, &["--format", "esm", "--minify"], "42\n");
}

#[test]
fn modules_of_both_kinds_meet() {
    check(
        &[
            (
                "main.ts",
                "import def, { named } from './c.cjs'; import * as ns from './c.cjs'; import e from './es';\nconsole.log(def.named, named, ns.named, e, require('./c.cjs').named, require('./es').other);",
            ),
            (
                "c.cjs",
                "exports.named = 'n'; exports.file = typeof module;",
            ),
            ("es.ts", "export default 'd'; export const other = 'o';"),
        ],
        &[],
        "n n n d n o\n",
    );
}

#[test]
fn cycles_run_as_without_a_bundle() {
    let files = [
        (
            "main.ts",
            "import { a } from './a'; import { Base, make } from './base'; console.log(a(), new (make())().name(), Base.kind);",
        ),
        (
            "a.ts",
            "import { b } from './b'; export function a() { return 'a' + b(); }",
        ),
        (
            "b.ts",
            "import { a } from './a'; export function b() { return typeof a; }",
        ),
        (
            "base.ts",
            "import { Derived } from './derived'; export class Base { static kind = 'base'; name() { return 'base'; } } export const make = () => Derived;",
        ),
        (
            "derived.ts",
            "import * as base from './base'; export class Derived { name() { return 'derived of ' + base.Base.kind; } }",
        ),
    ];
    for options in [
        &[][..],
        &["--minify"],
        &["--splitting"],
        &["--format", "cjs"],
    ] {
        check(&files, options, "afunction derived of base base\n");
    }
}

#[test]
fn cycles_with_top_level_await_run() {
    check(
        &[
            (
                "main.ts",
                "import { value } from './a'; console.log(value);",
            ),
            (
                "a.ts",
                "import { half } from './b'; export const value = (await Promise.resolve(20)) + half();",
            ),
            (
                "b.ts",
                "import * as a from './a'; export const half = () => { try { return a.value; } catch { return 22; } };",
            ),
        ],
        &[],
        "42\n",
    );
}

#[test]
fn what_is_imported_when_needed_is_a_chunk_or_inside() {
    let files = [
        (
            "main.ts",
            "console.log('first'); const m = await import('./late'); console.log(m.late, m.default);",
        ),
        (
            "late.ts",
            "console.log('loading'); export const late = 'late'; export default 'd';",
        ),
    ];
    let expect = "first\nloading\nlate d\n";
    let project = check(&files, &[], expect);
    assert_eq!(project.list("out"), ["main.js"]);
    let project = check(&files, &["--splitting"], expect);
    let names = project.list("out");
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(
        names.iter().any(|name| name.starts_with("late-")),
        "{names:?}"
    );
}

#[test]
fn entry_points_share_chunks_when_asked_to() {
    let project = Project::new(&[
        ("a.ts", "import { n } from './shared'; console.log('a', n);"),
        ("b.ts", "import { n } from './shared'; console.log('b', n);"),
        ("shared.ts", "console.log('shared'); export const n = 1;"),
    ]);
    let line = ["a.ts", "b.ts", "--target", "bun", "--outdir"];
    project.build(&[&line[..], &["apart"]].concat());
    assert_eq!(project.list("apart"), ["a.js", "b.js"]);
    let naming = ["--chunk-naming", "parts/[name]-[hash].[ext]"];
    project.build(&[&line[..], &["shared", "--splitting"], &naming].concat());
    assert_eq!(project.list("shared"), ["a.js", "b.js", "parts"]);
    for folder in ["apart", "shared"] {
        project.runs(&format!("{folder}/a.js"), "shared\na 1\n");
        project.runs(&format!("{folder}/b.js"), "shared\nb 1\n");
    }
}

#[test]
fn imports_stay_out_when_asked_to() {
    let project = Project::new(&[
        (
            "main.ts",
            "import a from 'dep'; import b from 'dep/sub'; import c from './local'; import p from './pic.png'; import { join } from 'path'; console.log(a, b, c, p, join('x', 'y'));",
        ),
        ("local.ts", "export default 'local'"),
        (
            "node_modules/dep/package.json",
            "{\"name\":\"dep\",\"main\":\"index.js\"}",
        ),
        ("node_modules/dep/index.js", "export default 'dep'"),
        ("node_modules/dep/sub.js", "export default 'sub'"),
    ]);
    let line = [
        "main.ts",
        "--target",
        "bun",
        "--outfile",
        "out.js",
        "-e",
        "*.png",
    ];
    project.build(&line);
    let text = project.read("out.js");
    assert!(
        text.contains("\"dep\"") && text.contains("from \"./pic.png\""),
        "{text}"
    );
    for options in [&["--packages", "external"][..], &["--external", "dep"]] {
        project.build(&[&line[..], options].concat());
        let text = project.read("out.js");
        assert!(
            text.contains("from \"dep\"") && text.contains("from \"dep/sub\""),
            "{text}"
        );
        assert!(text.contains("\"local\""), "{text}");
    }
}

#[test]
fn constants_are_replaced_and_dead_code_goes() {
    let files = [
        (
            "main.ts",
            "if (process.env.NODE_ENV === 'production') console.log('prod'); else console.log('dev', DEBUG, process.env.PUBLIC_X, typeof process.env.SECRET_Y);",
        ),
        (".env", "PUBLIC_X=px\nSECRET_Y=sy\n"),
    ];
    let project = Project::new(&files);
    let line = ["main.ts", "--outfile", "out.js", "--define", "DEBUG:true"];
    project.build(&[&line[..], &["--env", "PUBLIC_*"]].concat());
    let text = project.read("out.js");
    assert!(
        text.contains("\"dev\", true, \"px\", typeof process.env.SECRET_Y"),
        "{text}"
    );
    project.build(&[&line[..], &["--env", "inline"]].concat());
    assert!(!project.read("out.js").contains("SECRET_Y"));
    project.build(&[&line[..], &["--production"]].concat());
    let text = project.read("out.js");
    assert!(text.contains("prod") && !text.contains("dev"), "{text}");
}

#[test]
fn features_are_answered_at_build_time() {
    let files = [
        (
            "main.ts",
            "import { feature } from 'bun:bundle'; import { heavy } from './heavy'; if (feature('HEAVY')) heavy(); else console.log('light');",
        ),
        (
            "heavy.ts",
            "export function heavy() { console.log('heavy'); }",
        ),
    ];
    let project = check(&files, &[], "light\n");
    let text = project.read("out/main.js");
    assert!(
        !text.contains("heavy") && !text.contains("bun:bundle"),
        "{text}"
    );
    let project = check(&files, &["--feature", "HEAVY"], "heavy\n");
    assert!(!project.read("out/main.js").contains("light"));
    let project = Project::new(&[(
        "main.ts",
        "import { feature } from 'bun:bundle';\nconst on = feature('X');",
    )]);
    let text = project.fails(&["main.ts"]);
    assert!(
        text.contains("main.ts:2:12") && text.contains("feature() may stand only"),
        "{text}"
    );
}

#[test]
fn data_and_assets_are_loaded() {
    let project = check(
        &[
            (
                "main.ts",
                "import toml from './a.toml'; import yaml from './b.yaml'; import json5 from './c.json5'; import { one } from './d.json'; import svg from './e.svg'; import raw from './f.js' with { type: 'text' }; import bin from './g.dat' with { type: 'binary' }; import { readFileSync } from 'fs';\nconsole.log(toml.t, yaml.y[1], json5.j, one, raw, bin[1], readFileSync(new URL(svg, import.meta.url), 'utf8'));",
            ),
            ("a.toml", "t = 1"),
            ("b.yaml", "y:\n  - 1\n  - two"),
            ("c.json5", "{ j: Infinity }"),
            ("d.json", "{\"one\":1,\"two\":\"unused\"}"),
            ("e.svg", "<svg/>"),
            ("f.js", "let = text"),
            ("g.dat", "ABC"),
        ],
        &[],
        "1 two Infinity 1 let = text 66 <svg/>\n",
    );
    let names = project.list("out");
    assert!(
        names.len() == 2 && names[0].starts_with("e-") && names[0].contains(".svg"),
        "{names:?}"
    );
    assert!(!project.read("out/main.js").contains("unused"));
}

#[test]
fn loaders_and_public_paths_are_chosen() {
    let project = Project::new(&[
        (
            "main.ts",
            "import a from './a.svg'; import b from './b.png'; console.log(a, b);",
        ),
        ("a.svg", "<svg/>"),
        ("b.png", "png"),
    ]);
    project.build(&[
        "main.ts",
        "--outdir",
        "out",
        "--loader",
        ".svg:dataurl",
        "--public-path",
        "https://cdn/",
        "--asset-naming",
        "files/[name].[ext]",
    ]);
    let text = project.read("out/main.js");
    assert!(text.contains("data:image/svg+xml,%3Csvg/%3E"), "{text}");
    assert!(text.contains("\"https://cdn/files/b.png\""), "{text}");
    assert_eq!(project.read("out/files/b.png"), "png");
    let text = project.fails(&["main.ts", "--loader", ".svg:nothing"]);
    assert!(text.contains("\"nothing\" is none of js, jsx"), "{text}");
}

#[test]
fn banners_jsx_and_aliases() {
    let project = Project::new(&[
        (
            "main.jsx",
            "import x from 'real'; export const a = <p id={x}>hi</p>;",
        ),
        ("fake.js", "export default 'fake'"),
    ]);
    project.build(&[
        "main.jsx",
        "--outfile",
        "out.js",
        "--banner",
        "/* top */",
        "--footer",
        "/* end */",
        "--jsx-runtime",
        "classic",
        "--jsx-factory",
        "h",
        "--alias",
        "real:./fake.js",
    ]);
    let text = project.read("out.js");
    assert!(text.starts_with("/* top */"), "{text}");
    assert!(text.trim_end().ends_with("/* end */"), "{text}");
    assert!(text.contains("h(\"p\""), "{text}");
    assert!(text.contains("\"fake\""), "{text}");
}

#[test]
fn the_metafile_has_the_shape_of_esbuilds() {
    let project = Project::new(&[
        (
            "main.ts",
            "import { b } from './b'; import 'node:fs'; console.log(b);",
        ),
        ("b.ts", "export const b = here();"),
    ]);
    project.build(&[
        "main.ts",
        "--outdir",
        "out",
        "--target",
        "node",
        "--metafile",
        "meta.json",
    ]);
    let meta: serde_json::Value = serde_json::from_str(&project.read("meta.json")).unwrap();
    assert_eq!(meta["outputs"]["main.js"]["entryPoint"], "main.ts");
    assert_eq!(meta["inputs"]["b.ts"]["bytes"], 24);
    assert_eq!(meta["inputs"]["main.ts"]["imports"][0]["path"], "b.ts");
    assert!(meta["outputs"]["main.js"]["inputs"]["b.ts"]["bytesInOutput"].as_u64() > Some(0));
}

#[test]
fn wrong_options_are_refused_by_name() {
    let project = Project::new(&[("a.ts", "1")]);
    for (options, expect) in [
        (
            &["--format", "umd"][..],
            "--format: \"umd\" is none of esm, cjs, iife",
        ),
        (
            &["--target", "deno"],
            "--target: \"deno\" is none of browser, bun, node",
        ),
        (
            &["--bytecode"],
            "\"--bytecode\" is not part of this version",
        ),
        (
            &["--splitting", "--format", "iife"],
            "splitting needs the format",
        ),
        (&["--nonsense"], "unknown option \"--nonsense\""),
    ] {
        let text = project.fails(&[&["a.ts"], options].concat());
        assert!(text.contains(expect), "{expect} in {text}");
    }
}

#[test]
fn what_nests_beyond_reason_is_refused() {
    let deep = |open: &str, close: &str| open.repeat(100_000) + "1" + &close.repeat(100_000);
    let project = Project::new(&[
        ("a.ts", &format!("x = {};", deep("(", ")"))),
        ("b.css", &deep(".a{", "}")),
        ("c.json", &deep("[", "]")),
        (
            "main.ts",
            "import './a'; import './b.css'; import c from './c.json'; use(c);",
        ),
    ]);
    let text = project.fails(&["main.ts", "--outdir", "out"]);
    assert!(text.contains("The source is nested too deeply"), "{text}");
    assert!(text.contains("nested deeper than 512 levels"), "{text}");
    let text = project.fails(&["b.css", "--outdir", "out"]);
    assert!(text.contains("nested deeper than 1000 levels"), "{text}");
    assert!(!project.exists("out"));
}

#[test]
fn calls_are_dropped() {
    let project = Project::new(&[(
        "main.ts",
        "console.log('gone'); debugger; assert(1, 'gone too'); keep(console.warn('and this'));",
    )]);
    let text = project.build(&[
        "main.ts",
        "--drop",
        "console",
        "--drop",
        "debugger",
        "--drop=assert",
    ]);
    assert_eq!(text.trim(), "keep(void 0);");
}

#[test]
fn annotations_stay_for_whoever_bundles_the_bundle() {
    let project = Project::new(&[(
        "main.ts",
        "export const a = /* @__PURE__ */ f(); function f() { return here(); }",
    )]);
    for (options, expect) in [
        (&[][..], true),
        (&["--emit-dce-annotations", "--minify-syntax"], true),
        (&["--minify-whitespace"], false),
    ] {
        let text = project.build(&[&["main.ts"], options].concat());
        assert_eq!(text.contains("@__PURE__"), expect, "{options:?}: {text}");
    }
    let text = project.fails(&["main.ts", "--emit-dce-annotations", "--minify"]);
    assert!(text.contains("where whitespace is left out"), "{text}");
}

#[test]
fn places_are_those_of_the_sources() {
    let project = Project::new(&[
        (
            "main.ts",
            "import './sub/e'; import c from './sub/c.cjs';\nconst rest = (path: string) => path.slice(path.indexOf('crust-build-')).replace(/^[^/]+/, '~');\nconsole.log(rest(__dirname), rest(__filename), c(rest));\nimport own from './own'; console.log(own);\nthrow new Error('here');",
        ),
        (
            "sub/e.ts",
            "function f(__dirname: string) { return __dirname; }\nif (f('x') !== 'x' || !__filename.endsWith('sub/e.ts')) throw 1;",
        ),
        (
            "sub/c.cjs",
            "'use strict'\nmodule.exports = (rest) => { let __filename = 'own'; return rest(__dirname) + __filename; };",
        ),
        (
            "own.ts",
            "import { dirname } from 'node:path'; const __dirname = dirname('/x/y'); export default __dirname;",
        ),
    ]);
    for options in [
        &["--format", "esm"][..],
        &["--format", "cjs"],
        &["--minify"],
    ] {
        let line = [
            "main.ts",
            "--outdir",
            "out",
            "--target",
            "bun",
            "--sourcemap",
        ];
        project.build(&[&line[..], options].concat());
        let output = project.crust(&["out/main.js"]);
        let text = crate::project::all(&output);
        assert!(text.starts_with("~ ~/main.ts ~/subown\n/x\n"), "{text}");
        // The map knows of what was put in.
        let (code, map) = style_maps::read(&project, "out/main.js");
        style_maps::check(&code, &map, "Error(", "../main.ts", "Error(");
    }
    // An executable is where it is.
    project.build(&["--compile", "own.ts"]);
    project.write("where.js", "console.log(__dirname, __filename)");
    project.build(&["--compile", "where.js"]);
    let output = project.command(project.0.join("where"), &[]);
    assert!(crate::project::all(&output).starts_with("/$bunfs/root /$bunfs/root/where"));
}

#[test]
fn data_is_required_as_its_value() {
    check(
        &[
            (
                "main.ts",
                "const all = [require('./a.txt'), require('./a.json'), require('./a.toml'), require('./a.yaml'), require('./a.png').replace(/^.*-\\w+/, 'a')];\nimport png from './a.png'; console.log(JSON.stringify(all), png === require('./a.png'));",
            ),
            ("a.txt", "text"),
            ("a.json", "{\"a\":1}"),
            ("a.toml", "a = 2"),
            ("a.yaml", "- 3"),
            ("a.png", "png"),
        ],
        &[],
        "[\"text\",{\"a\":1},{\"a\":2},[3],\"a.png\"] true\n",
    );
}
