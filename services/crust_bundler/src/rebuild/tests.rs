//! Building again gives what building anew would, and reads only what changed.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::Sourcemap;

/// A program in a folder of its own, which goes away with the value.
struct Program {
    root: PathBuf,
    rebuild: Rebuild,
}

fn write(root: &Path, path: &str, text: &str) -> PathBuf {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// The files of a build: their paths and contents.
fn files(build: &Build) -> Vec<(String, String)> {
    let artifacts = build.artifacts.iter();
    let mut files: Vec<_> = artifacts
        .map(|artifact| {
            let text = String::from_utf8_lossy(&artifact.bytes).into_owned();
            (artifact.path.clone(), without_references(text))
        })
        .collect();
    files.sort();
    files
}

/// Source maps tell of the marks of assets, which are numbered in the order of their files.
fn without_references(text: String) -> String {
    match text.split_once("__CRUST_ASSET__#") {
        Some((before, after)) => {
            let end = after.find('\\').unwrap_or(0);
            before.to_owned() + &without_references(after[end..].to_owned())
        }
        None => text,
    }
}

impl Program {
    fn new(files: &[(&str, &str)], change: impl FnOnce(&mut BuildOptions)) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-rebuild-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&root);
        for (path, text) in files {
            write(&root, path, text);
        }
        let root = root.canonicalize().unwrap();
        let mut options = BuildOptions {
            directory: root.clone(),
            entrypoints: vec!["./main.ts".to_owned()],
            metafile: true,
            ..BuildOptions::default()
        };
        change(&mut options);
        let mut rebuild = Rebuild::new(options).unwrap();
        rebuild.build(&BTreeSet::new()).unwrap();
        Self { root, rebuild }
    }

    /// Changes files, and compares what comes out with a build of its own.
    #[track_caller]
    fn changes(&mut self, changes: &[(&str, &str)], whole: bool) -> Vec<(String, String)> {
        let before = self.rebuild.whole_builds();
        let changed = changes
            .iter()
            .map(|(path, text)| write(&self.root, path, text));
        let again = self.rebuild.build(&changed.collect()).unwrap();
        let anew = build(self.rebuild.options.clone(), None).unwrap();
        assert_eq!(files(&again), files(&anew), "{changes:?}");
        assert_eq!(again.modules, anew.modules, "{changes:?}");
        assert_eq!(again.metafile, anew.metafile, "{changes:?}");
        let was_whole = self.rebuild.whole_builds() > before;
        assert_eq!(was_whole, whole, "{changes:?}");
        files(&again)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

const FILES: &[(&str, &str)] = &[
    (
        "main.ts",
        "import { a } from './a'; import './style.css'; import m from './x.module.css'; import text from './t.js' with { type: 'text' }; import pic from './p.svg'; console.log(a, m, text, pic); import('./late');",
    ),
    ("a.ts", "import { b } from './b'; export const a = b + 1;"),
    ("b.ts", "export const b = 1; export const other = 'other';"),
    (
        "late.ts",
        "import { b } from './b'; console.log('late', b);",
    ),
    ("style.css", "@import './inner.css'; .s { color: red }"),
    ("inner.css", ".i { color: blue }"),
    ("x.module.css", ".x { margin: 0 }"),
    ("t.js", "not code"),
    ("p.svg", "<svg/>"),
    (
        "second.ts",
        "import { other } from './b'; console.log(other);",
    ),
    (
        "page.html",
        "<link rel=stylesheet href=./style.css><img src=./p.svg><script type=module src=./second.ts></script>",
    ),
];

fn everything(options: &mut BuildOptions) {
    for entry in ["./second.ts", "./page.html", "./style.css"] {
        options.entrypoints.push(entry.to_owned());
    }
    options.naming.entry = "[dir]/[name]-[hash].[ext]".to_owned();
}

#[test]
fn what_changed_is_read_again_and_nothing_else() {
    for splitting in [false, true] {
        let mut program = Program::new(FILES, |options| {
            everything(options);
            options.splitting = splitting;
            options.sourcemap = Sourcemap::Linked;
        });
        program.changes(&[], false);
        program.changes(
            &[("b.ts", "export const b = 20; export const other = 'new';")],
            false,
        );
        program.changes(&[("late.ts", "console.log('later');")], false);
        program.changes(
            &[("style.css", "@import './inner.css'; .s { color: green }")],
            false,
        );
        program.changes(&[("inner.css", ".i { color: pink }")], false);
        program.changes(
            &[("x.module.css", ".x { margin: 1px } .y { margin: 0 }")],
            false,
        );
        program.changes(&[("t.js", "still not code")], false);
        program.changes(&[("p.svg", "<svg id='a'/>")], false);
        let both = [("a.ts", "export const a = 7;"), ("t.js", "x")];
        program.changes(&both, false);
        // What is no longer named, and what was named before.
        program.changes(
            &[
                ("main.ts", "import text from './t.js'; console.log(text);"),
                ("t.js", "export default 1"),
            ],
            true,
        );
        // The text was code, which it is no longer: a mistake until it is seen how it is imported now.
        program.changes(&[FILES[0], FILES[7]], true);
        program.changes(
            &[("page.html", "<script type=module src=./second.ts></script>")],
            true,
        );
    }
}

#[test]
fn modules_come_and_go() {
    let mut program = Program::new(FILES, |options| options.minify = crate::Minify::ALL);
    write(&program.root, "new.ts", "export const fresh = 'fresh';");
    let files = program.changes(
        &[(
            "a.ts",
            "import { fresh } from './new'; export const a = fresh;",
        )],
        false,
    );
    assert!(files.iter().any(|(_, text)| text.contains("fresh")));
    program.changes(&[("new.ts", "export const fresh = 'fresher';")], false);
    program.changes(
        &[("a.ts", "export const a = await Promise.resolve(1);")],
        false,
    );
    program.changes(&[("a.ts", "export const a = 1;")], false);
}

#[test]
fn mistakes_are_told_and_mended() {
    let mut program = Program::new(FILES, |_| {});
    let told = |program: &mut Program, path: &str, text: &str| {
        let changed = BTreeSet::from([write(&program.root, path, text)]);
        let failure = program.rebuild.build(&changed).err().unwrap();
        let problems = failure.problems.into_iter();
        let messages: Vec<String> = problems.map(|problem| problem.message).collect();
        (messages, failure.missing)
    };
    let (messages, _) = told(&mut program, "b.ts", "export const b = ;");
    assert_eq!(messages.len(), 1, "{messages:?}");
    // The other mistake is still there.
    let (messages, missing) = told(&mut program, "late.ts", "import './gone';");
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(missing, [program.root.join("gone")]);
    write(&program.root, "gone.ts", "console.log('here')");
    program.changes(&[FILES[2]], true);
    program.changes(&[("gone.ts", "console.log('there')")], false);
    std::fs::remove_file(program.root.join("gone.ts")).unwrap();
    let gone = BTreeSet::from([program.root.join("gone.ts")]);
    assert!(program.rebuild.build(&gone).is_err());
}

#[test]
fn what_is_used_otherwise_changes_too() {
    let mut program = Program::new(FILES, |options| options.splitting = true);
    // An export that nothing used, an entry point that was none, a cycle.
    program.changes(
        &[(
            "late.ts",
            "import { other } from './b'; console.log(other);",
        )],
        false,
    );
    program.changes(
        &[(
            "b.ts",
            "import { a } from './a'; export const b = 1; export const other = () => a;",
        )],
        false,
    );
    program.changes(
        &[(
            "main.ts",
            "import { a } from './a'; console.log(a); import('./late'); import('./second');",
        )],
        true,
    );
    program.changes(
        &[(
            "second.ts",
            "export default 2; console.log(require('./a').a);",
        )],
        false,
    );
    program.changes(&[("b.ts", "exports.b = 1; exports.other = 2;")], false);
    program.changes(&[FILES[2]], false);
}

#[test]
fn what_is_imported_late_by_what_goes_is_gone() {
    let files = [
        ("main.ts", "import './a'; console.log(1)"),
        ("a.ts", "import './b'; console.log('a')"),
        ("b.ts", "import('./late')"),
        ("late.ts", "console.log('late')"),
    ];
    let mut program = Program::new(&files, |options| options.splitting = true);
    let outputs = program.changes(&[("a.ts", "console.log('a')")], true);
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    // What had none may get one, and what is imported so may change.
    let outputs = program.changes(&[("a.ts", "console.log('a'); import('./late')")], false);
    assert_eq!(outputs.len(), 2, "{outputs:?}");
    program.changes(&[("late.ts", "console.log('later')")], false);
    program.changes(&[("a.ts", "import('./late')")], true);
}

#[test]
fn files_that_are_named_by_url_are_read_again() {
    let mut program = Program::new(
        &[
            (
                "main.ts",
                "console.log(new URL('./p.svg', import.meta.url).href)",
            ),
            ("p.svg", "<svg/>"),
        ],
        |_| {},
    );
    program.changes(&[("p.svg", "<svg id='b'/>")], true);
    program.changes(
        &[(
            "main.ts",
            "console.log('and', new URL('./p.svg', import.meta.url).href)",
        )],
        false,
    );
}

/// rolldown names what it makes of data otherwise when it does so again; it is the same each time from then on.
#[test]
fn data_is_the_same_however_often_it_is_built() {
    let mut program = Program::new(
        &[
            (
                "main.ts",
                "import all, { n } from './d.json'; import './a'; console.log(all, n);",
            ),
            ("d.json", "{\"n\": 1, \"m\": 2}"),
            ("a.ts", "console.log(1)"),
        ],
        |_| {},
    );
    let mut outputs = BTreeSet::new();
    for round in 0..6 {
        let (path, text) = if round % 2 == 0 {
            ("a.ts", "console.log(1) ")
        } else {
            ("d.json", "{\"n\": 1, \"m\": 2} ")
        };
        let changed = BTreeSet::from([write(&program.root, path, text)]);
        let build = program.rebuild.build(&changed).unwrap();
        outputs.insert(files(&build).remove(0).1);
    }
    assert_eq!(program.rebuild.whole_builds(), 1);
    assert!(outputs.len() <= 2, "{outputs:#?}");
    assert!(
        outputs.iter().all(|text| text.contains("m: 2")),
        "{outputs:#?}"
    );
}

#[test]
fn what_a_worker_uses_is_read_again() {
    let files = [
        ("main.ts", "new Worker(new URL('./w.ts', import.meta.url))"),
        ("w.ts", "import { x } from './x'; postMessage(x)"),
        ("x.ts", "export const x = 1"),
    ];
    let mut program = Program::new(&files, |_| {});
    let outputs = program.changes(&[("x.ts", "export const x = 2")], true);
    assert_eq!(outputs.len(), 2, "{outputs:?}");
    program.changes(&[("main.ts", "console.log(1)")], false);
}

#[test]
fn declarations_follow_modules_that_are_types_only() {
    let files: &[(&str, &str)] = &[
        (
            "main.ts",
            "import type { T } from './types'; export const t: T = 1 as never;",
        ),
        ("types.ts", "export type { T } from './more';"),
        ("more.d.ts", "export type T = 1;"),
    ];
    let mut program = Program::new(files, |options| options.declarations = true);
    let declared = |files: &[(String, String)]| {
        let found = files.iter().find(|(path, _)| path == "main.d.ts");
        found.map(|(_, text)| text.clone()).unwrap()
    };
    let text = |kind: &str| format!("type T = {kind};\ndeclare const t: T;\nexport {{ t }};\n");
    let files = program.changes(&[("more.d.ts", "export type T = 2;")], false);
    assert_eq!(declared(&files), text("2"));
    let files = program.changes(&[("types.ts", "export type T = 3;")], false);
    assert_eq!(declared(&files), text("3"));
    let watched = program.rebuild.build(&BTreeSet::new()).unwrap().watched;
    assert!(
        watched.contains(&program.root.join("types.ts")),
        "{watched:?}"
    );
}
