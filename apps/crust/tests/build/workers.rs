//! Workers: the files that programs start them with are programs of their own.

use crate::project::{Project, all};

const FILES: &[(&str, &str)] = &[
    (
        "main.ts",
        "const worker = new Worker(new URL('./work/w.ts', import.meta.url), { type: 'module' });\nworker.onmessage = ({ data }) => { console.log(data); worker.terminate(); };\nworker.postMessage(20);",
    ),
    (
        "work/w.ts",
        "import { double } from '../double'; import text from './t.txt'; declare var self: Worker;\nself.onmessage = async ({ data }: MessageEvent<number>) => { const { late } = await import('./late'); self.postMessage([double(data), text, late].join()); };",
    ),
    (
        "double.ts",
        "export const double = (n: number): number => n * 2;",
    ),
    ("work/t.txt", "text"),
    ("work/late.ts", "export const late = 'late';"),
];

/// Stands for what starts a worker.
const HOST: &str = "globalThis.self = { postMessage: console.log }; await import(process.argv[2]); self.onmessage({ data: 20 });";

#[test]
fn workers_are_bundled() {
    for (options, folder) in [
        (&[][..], "out"),
        (&["--splitting", "--minify", "--format", "cjs"], "out"),
        (
            &["--asset-naming", "files/[name]-[hash].[ext]", "--sourcemap"],
            "out/files",
        ),
    ] {
        let project = Project::new(FILES);
        project.write("host.mjs", HOST);
        project.build(&[&["main.ts", "--outdir", "out", "--target", "bun"], options].concat());
        let names = project.list(folder);
        let is_worker =
            |name: &&String| name.starts_with("w-") && name.strip_suffix(".js").is_some();
        let worker = names.iter().find(is_worker).unwrap();
        let place = format!("{folder}/{worker}");
        assert!(
            project
                .read("out/main.js")
                .contains(place.strip_prefix("out/").unwrap())
        );
        assert_eq!(
            names.contains(&format!("{worker}.map")),
            options.contains(&"--sourcemap")
        );
        let output = project.crust(&["host.mjs", &format!("./{place}")]);
        assert_eq!(all(&output), "40,text,late\n");
    }
}

#[test]
fn what_a_script_exports_is_nobody_s_warning() {
    let project = Project::new(&[
        ("w.ts", "export const a = 1;"),
        ("main.ts", "new Worker(new URL('./w.ts', import.meta.url));"),
    ]);
    for line in [
        &["build", "main.ts", "--outdir", "out"][..],
        &["build", "w.ts", "--outdir", "out", "--format", "iife"],
    ] {
        let said = all(&project.crust(line));
        assert!(
            said.contains("Bundled") && !said.contains("warning"),
            "{said}"
        );
    }
}

#[test]
fn names_of_workers_change_with_what_they_use() {
    let project = Project::new(FILES);
    let names = |project: &Project| {
        project.build(&[
            "main.ts",
            "--outdir",
            "out",
            "--entry-naming",
            "[name]-[hash].[ext]",
        ]);
        let names = project.list("out");
        std::fs::remove_dir_all(project.0.join("out")).unwrap();
        names
    };
    let before = names(&project);
    project.write("double.ts", "export const double = (n: number) => n + n;");
    let after = names(&project);
    assert_eq!((before.len(), after.len()), (2, 2), "{before:?} {after:?}");
    // The program names the worker.
    assert!(
        after.iter().all(|name| !before.contains(name)),
        "{before:?} {after:?}"
    );
}

#[test]
fn mistakes_in_workers_are_told_with_all_others() {
    let project = Project::new(&[
        (
            "main.ts",
            "import './none';\nnew Worker(new URL('./w.ts', import.meta.url));\nnew Worker(new URL('./gone.ts', import.meta.url));\nnew Worker(new URL('./a.ts', import.meta.url));",
        ),
        ("w.ts", "import './nope';\nlet a = ;"),
        ("a.ts", "new Worker(new URL('./b.ts', import.meta.url))"),
        ("b.ts", "new Worker(new URL('./a.ts', import.meta.url))"),
    ]);
    let text = project.fails(&["main.ts", "--outdir", "out"]);
    for expect in [
        "\"./none\"",
        "w.ts:2:9",
        "\"./gone.ts\"",
        "main.ts:3:",
        "Workers that start each other",
    ] {
        assert!(text.contains(expect), "{expect} in {text}");
    }
    assert!(!project.exists("out"));
}
