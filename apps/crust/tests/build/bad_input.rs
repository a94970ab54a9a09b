//! Programs, options and disks that are not as they should be.

use std::os::unix::fs::FileExt as _;

use crate::project::{Project, all};

#[test]
fn a_program_that_is_named_twice_is_one() {
    let project = Project::new(&[("a.ts", "console.log(1)"), ("sub/b.ts", "console.log(2)")]);
    let text = project.build(&["a.ts", "./a.ts", "sub/../a.ts", "--outdir", "out"]);
    assert!(text.starts_with("Bundled 1 module"), "{text}");
    assert_eq!(project.list("out"), ["a.js"]);
    project.build(&["a.ts", "./a.ts", "--no-bundle", "--outdir", "plain"]);
    assert_eq!(project.list("plain"), ["a.js"]);
}

#[test]
fn sources_are_not_overwritten() {
    let files = [
        ("a.js", "import './b.js'; // mine"),
        ("b.js", "console.log(1)"),
    ];
    let project = Project::new(&files);
    std::os::unix::fs::symlink("a.js", project.0.join("link.js")).unwrap();
    for options in [
        &["a.js", "--outfile", "a.js"][..],
        &["a.js", "--outdir", "."],
        &["a.js", "--outfile", "b.js"],
        &["a.js", "--outfile", "link.js"],
        &["a.js", "--compile", "--outfile", "b.js"],
        &["a.js", "--outdir", "out", "--metafile", "b.js"],
    ] {
        let text = project.fails(options);
        assert!(text.contains("it is a source of this build"), "{text}");
        for (path, text) in files {
            assert_eq!(project.read(path), text);
        }
    }
    assert_eq!(project.list("."), ["a.js", "b.js", "link.js"]);
}

#[test]
fn the_metafile_comes_with_the_program_or_not_at_all() {
    let project = Project::new(&[("a.ts", "console.log(1)"), ("out/a.js/x", "in the way")]);
    project.fails(&["a.ts", "--outdir", "out", "--metafile", "meta.json"]);
    assert!(!project.exists("meta.json"));
    project.fails(&["a.ts", "--sourcemap", "--metafile", "meta.json"]);
    assert!(!project.exists("meta.json"));
    project.fails(&["a.ts", "--outdir", "other", "--metafile", "out"]);
    assert!(!project.exists("other"));
}

#[test]
fn what_is_not_utf8_is_read_as_programs_read_it() {
    let project = Project::new(&[(
        "main.ts",
        "import './b'; import c from './c.json'; console.log(c.c);",
    )]);
    for (path, bytes) in [
        ("b.ts", &b"console.log('\xff');"[..]),
        ("c.json", b"{\"c\": \"\xfe\"}"),
    ] {
        std::fs::write(project.0.join(path), bytes).unwrap();
    }
    project.build(&["main.ts", "--outdir", "out", "--target", "bun"]);
    project.runs("out/main.js", "\u{fffd}\n\u{fffd}\n");
    project.build(&["b.ts", "--no-bundle", "--outdir", "plain"]);
    project.runs("plain/b.js", "\u{fffd}\n");
}

#[test]
fn options_that_would_change_nothing_are_refused() {
    let project = Project::new(&[("a.ts", "1")]);
    for (options, expect) in [
        (
            &["--asset", "a.ts"][..],
            "--asset: means nothing without --compile",
        ),
        (
            &["--compile-exec-argv=--smol"],
            "means nothing without --compile",
        ),
        (
            &["--no-bundle", "--minify"],
            "--minify: does not go with --no-bundle",
        ),
        (
            &["--no-bundle", "--format", "cjs"],
            "--format: only esm goes",
        ),
        (
            &["--global-name", "x"],
            "--global-name: needs --format iife",
        ),
        (
            &["--compile", "--compile-exec-argv=--nonsense"],
            "unknown option \"--nonsense\"",
        ),
        (&["--root", "nowhere"], "nowhere\" is no folder"),
        (
            &["--define", "A:"],
            "define: the value of \"A\" is no expression",
        ),
    ] {
        let text = project.fails(&[&["a.ts", "--outdir", "out"], options].concat());
        assert!(text.contains(expect), "{expect} in {text}");
    }
    assert_eq!(project.list("."), ["a.ts"]);
}

#[test]
fn many_modules_in_one_take_time_for_each_once() {
    let count = 2000;
    let mut files: Vec<(String, String)> = (0..count)
        .map(|n| (format!("m/{n}.ts"), format!("export const v = {n};")))
        .collect();
    let lines: Vec<String> = (0..count)
        .map(|n| format!("import {{ v as v{n} }} from './m/{n}'; t += v{n};"))
        .collect();
    let lines = lines.join("\n");
    files.push((
        "main.ts".to_owned(),
        format!("let t = 0;\n{lines}console.log(t);"),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let project = Project::new(&files);
    let text = project.build(&["main.ts", "--outdir", "out"]);
    assert!(text.starts_with("Bundled 2001 modules"), "{text}");
    project.runs("out/main.js", "1999000\n");
}

/// The place of the program's bytes in an executable, from its last bytes.
fn payload_start(bytes: &[u8]) -> usize {
    let trailer = &bytes[bytes.len() - 48..];
    let number: [u8; 8] = trailer[..8].try_into().unwrap();
    usize::try_from(u64::from_le_bytes(number)).unwrap()
}

#[test]
fn no_bit_of_an_executable_can_be_flipped_unnoticed() {
    let project = Project::new(&[
        (
            "cli.ts",
            "import pic from './pic.svg'; import { readFileSync } from 'node:fs'; console.log('runs', readFileSync(pic, 'utf8'))",
        ),
        ("pic.svg", "<svg/>"),
    ]);
    project.build(&["--compile", "cli.ts"]);
    let program = project.0.join("cli");
    let whole = std::fs::read(&program).unwrap();
    let start = payload_start(&whole);
    let svg = start
        + whole[start..]
            .windows(6)
            .position(|part| part == b"<svg/>")
            .unwrap();
    // Opened anew each time: a file that is being written to cannot be run.
    let put = |at: usize, byte: u8| {
        let file = std::fs::File::options().write(true).open(&program);
        file.unwrap().write_all_at(&[byte], at as u64).unwrap();
    };
    // In the code, in the asset, in the index, in the trailer.
    for at in [
        start + 20,
        svg + 1,
        whole.len() - 60,
        whole.len() - 45,
        whole.len() - 20,
    ] {
        put(at, whole[at] ^ 4);
        let output = project.command(&program, &[]);
        put(at, whole[at]);
        let text = all(&output);
        assert_eq!(output.status.code(), Some(1), "{at}: {text}");
        assert!(!text.contains("runs"), "{at}: {text}");
    }
    let cut = std::fs::File::options().write(true).open(&program);
    cut.unwrap().set_len(start as u64 + 10).unwrap();
    let output = project.command(&program, &[]);
    assert!(all(&output).contains("ERR_PAYLOAD_DAMAGED"));
}

#[test]
fn imports_that_only_the_program_knows_are_refused_when_asked_to() {
    let files = [(
        "main.ts",
        "export const a = await import('./' + name);\nexport const b = (other: string) => require(other);\n",
    )];
    let project = Project::new(&files);
    let line = ["main.ts", "--target", "bun", "--outdir", "out"];
    for options in [&["--reject-unresolved"][..], &["--allow-unresolved", "./*"]] {
        let text = project.fails(&[&line, options].concat());
        for expect in [
            "import() leads where",
            "main.ts:1:31",
            "require() leads where",
            "main.ts:2:45",
            "2 errors",
        ] {
            assert!(text.contains(expect), "{expect} in {text}");
        }
        assert!(!project.exists("out"));
    }
    for options in [
        &[][..],
        &["--allow-unresolved", "*"],
        &["--allow-unresolved", "./*", "--allow-unresolved=<empty>"],
    ] {
        project.build(&[&line, options].concat());
    }
}

#[test]
fn devices_and_pipes_are_written_to_and_not_replaced() {
    let project = Project::new(&[("a.js", "console.log(1)"), ("real.js", "")]);
    let pipe = project.0.join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    project.build(&["a.js", "--outfile", "pipe"]);
    assert_eq!(reader.join().unwrap(), "console.log(1);\n");
    assert!(!std::fs::metadata(&pipe).unwrap().is_file());
    let text = project.fails(&["a.js", "--outfile", "/dev/full", "--metafile", "meta.json"]);
    assert!(text.contains("cannot write /dev/full"), "{text}");
    // A link leads to what is written.
    std::os::unix::fs::symlink("real.js", project.0.join("link.js")).unwrap();
    project.build(&["a.js", "--outfile", "link.js"]);
    assert_eq!(project.read("real.js"), "console.log(1);\n");
    let link = std::fs::symlink_metadata(project.0.join("link.js")).unwrap();
    assert!(link.is_symlink());
    assert_eq!(project.list("."), ["a.js", "link.js", "pipe", "real.js"]);
}

#[test]
fn json_is_read_as_programs_read_it() {
    let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
    let project = Project::new(&[
        (
            "main.ts",
            "import a from './a.json'; import b from './b.json'; console.log(JSON.stringify(a), JSON.stringify(b).length);",
        ),
        (
            "a.json",
            "{\"a\": \"\\ud800\", \"\\uDC00\": \"\\ud83d\\ude00\"}",
        ),
        ("b.json", &deep),
    ]);
    project.build(&["main.ts", "--outdir", "out", "--target", "bun"]);
    project.runs(
        "out/main.js",
        "{\"a\":\"\\ud800\",\"\\udc00\":\"😀\"} 801\n",
    );
    project.write("a.json", "}");
    project.write("b.json", "{\"a\": 1,\n \"b\" 2}");
    let text = project.fails(&["main.ts", "--outdir", "bad"]);
    assert!(
        text.contains("a.json:1:1\n") && text.contains("b.json:2:6\n"),
        "{text}"
    );
    assert!(!project.exists("bad"));
}

#[test]
fn hints_say_what_would_help() {
    let project = Project::new(&[
        (
            "main.ts",
            "import 'outside'; import 'closed/x'; import 'broken'; import '#no'; import 'node:fz'; import './mian'; import './main?raw';",
        ),
        ("package.json", "{}"),
        (
            "node_modules/outside/package.json",
            "{\"exports\": \"../../main.ts\"}",
        ),
        (
            "node_modules/closed/package.json",
            "{\"exports\": {\"./y\": \"./y.js\"}}",
        ),
        ("node_modules/broken/package.json", "{\"name\": "),
        ("src/app.ts", ""),
    ]);
    let text = project.fails(&["main.ts", "--outdir", "out"]);
    for expect in [
        "which is not a path inside the package",
        "closed/package.json does not export \"./x\"",
        "broken/package.json:1:",
        "no package.json at or above it defines \"imports\"",
        "there is no built-in module of this name",
        "did you mean \"./main.ts\"?",
        "a query in an import",
    ] {
        assert!(text.contains(expect), "{expect} in {text}");
    }
    let text = project.fails(&["src", "mian.ts", "src/apps.ts", "--outdir", "out"]);
    for expect in [
        "hint: it is a folder",
        "did you mean \"./main.ts\"?",
        "did you mean \"./src/app.ts\"?",
    ] {
        assert!(text.contains(expect), "{expect} in {text}");
    }
    assert!(!project.exists("out"));
}

#[test]
fn a_broken_tsconfig_has_a_place() {
    let project = Project::new(&[("a.ts", "console.log(1)")]);
    for (text, expect) in [
        ("{\n  \"compilerOptions\": {\n", "tsconfig.json:3:1"),
        (
            "{\"compilerOptions\": {\"paths\": 3}}",
            "tsconfig.json:1:31",
        ),
        ("{\"extends\": \"./tsconfig.json\"}", "/tsconfig.json\n"),
    ] {
        project.write("tsconfig.json", text);
        let found = project.fails(&["a.ts", "--outdir", "out"]);
        assert!(found.contains(expect), "{expect} in {found}");
        assert!(!project.exists("out"));
    }
}

#[test]
fn outputs_of_one_name_are_told_with_their_sources() {
    let project = Project::new(&[
        ("a.ts", "console.log(1)"),
        ("sub/a.ts", "console.log(2)"),
        ("b.ts", "import './c.css'; console.log(3)"),
        ("c.css", ".c { top: 0 }"),
        ("b.css", ".b { top: 0 }"),
    ]);
    let naming = ["--entry-naming", "[name].[ext]", "--outdir", "out"];
    let text = project.fails(&[&["a.ts", "sub/a.ts"][..], &naming].concat());
    assert!(text.contains("output path: a.js"), "{text}");
    assert!(text.contains("/a.ts\" and of \""), "{text}");
    let text = project.fails(&[&["b.ts", "b.css"][..], &naming].concat());
    assert!(text.contains("output path: b.css"), "{text}");
    assert!(text.contains("/b.ts\" and of \""), "{text}");
    assert!(!project.exists("out"));
}

/// Circles with top-level await, in one file with what imports them late: the bundle does what its sources do.
#[test]
fn circles_that_wait_come_to_an_end() {
    let circle = [
        (
            "main.mjs",
            "import { fa } from './a.mjs'; console.log(fa()); const x = await import('./d.mjs'); console.log(x.d, x.viaA());",
        ),
        (
            "a.mjs",
            "import { b, late } from './b.mjs'; export let a = 'a0'; a = await new Promise((r) => setTimeout(() => r('a1'), 1)); console.log('a', b, typeof late); export function fa() { return a }",
        ),
        (
            "b.mjs",
            "import { fa } from './a.mjs'; import { c } from './c.mjs'; export const b = await Promise.resolve('b' + c); export const late = () => fa(); console.log('b', b);",
        ),
        (
            "c.mjs",
            "import { late } from './b.mjs'; export const c = await 5; export const lateB = () => late();",
        ),
        (
            "d.mjs",
            "import { fa } from './a.mjs'; import { c } from './c.mjs'; await null; export const d = 'd' + c; export const viaA = () => fa();",
        ),
    ];
    // The second module of this circle does not wait by itself.
    let quiet = [
        (
            "main.mjs",
            "import './a.mjs'; console.log('main'); console.log((await import('./b.mjs')).b, (await import('./a.mjs')).a);",
        ),
        (
            "a.mjs",
            "import './b.mjs'; import './c.mjs'; console.log('a'); export const a = 'A';",
        ),
        (
            "b.mjs",
            "import './a.mjs'; console.log('b'); export const b = 'B';",
        ),
        (
            "c.mjs",
            "console.log('c'); await new Promise((r) => setTimeout(r, 1)); console.log('c later');",
        ),
    ];
    for files in [&circle[..], &quiet] {
        let project = Project::new(files);
        let expect = all(&project.crust(&["main.mjs"]));
        assert!(
            !expect.contains("rror") && expect.lines().count() >= 4,
            "{expect}"
        );
        for options in [&[][..], &["--minify"], &["--splitting"], &["--sourcemap"]] {
            let line = ["main.mjs", "--outdir", "out", "--target", "bun"];
            project.build(&[&line[..], options].concat());
            let found = all(&project.crust(&["out/main.js"]));
            // Modules that wait in the bundle only, because of the circle, say their lines later.
            assert_eq!(sorted(&found), sorted(&expect), "{found}");
            assert_eq!(found.lines().last(), expect.lines().last(), "{found}");
        }
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_plugin_that_never_answers_fails_the_build() {
    let project = Project::new(&[
        (
            "build.ts",
            "for (const method of ['onLoad', 'onResolve', 'slow']) {
  let go: () => void;
  const other = new Promise<void>((resolve) => { go = resolve; });
  const setup = (build: any) => {
    build.onResolve({ filter: /./ }, ({ path }: any) => method === 'onResolve' && path === './b' ? new Promise(() => {}) : undefined);
    build.onLoad({ filter: /late/ }, async ({ defer }: any) => { await defer(); });
    build.onLoad({ filter: /[ab]\\.ts$/ }, async ({ path }: any) => {
      if (method === 'onLoad' && path.endsWith('b.ts')) await new Promise(() => {});
      // These wait for something: a timer, and each other.
      if (method === 'slow' && path.endsWith('a.ts')) await other;
      if (method === 'slow' && path.endsWith('b.ts')) await Bun.sleep(4000), go();
    });
  };
  const output = await Bun.build({ entrypoints: ['./main.ts'], throw: false, plugins: [{ name: 'silent', setup }] });
  console.log(method, output.success, output.logs.map((log) => log.message).join());
}",
        ),
        ("main.ts", "import './late'; import './a'; import './b';"),
        ("late.ts", "console.log(1);"),
        ("a.ts", "console.log(2);"),
        ("b.ts", "console.log(3);"),
    ]);
    let output = project.crust(&["build.ts"]);
    let folder = project.0.display();
    let never = "that nothing can settle any more";
    assert_eq!(
        crate::project::all(&output),
        format!(
            "onLoad false onLoad of the plugin \"silent\" gave a promise for \"{folder}/b.ts\" {never}\nonResolve false onResolve of the plugin \"silent\" gave a promise for \"./b\" {never}\nslow true \n"
        )
    );
}
