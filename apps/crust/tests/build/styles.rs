//! Style sheets and pages.

use crate::project::Project;

#[test]
fn style_sheets_come_along() {
    let project = Project::new(&[
        (
            "main.ts",
            "import './a.css'; import styles from './m.module.css'; export default styles.btn;",
        ),
        (
            "a.css",
            "@import './base.css';\n@import 'https://fonts.example/f.css' screen;\n.a { color: red; &:hover { color: color-mix(in srgb, red, blue) } background: url(./pic.svg) }",
        ),
        ("base.css", "body { margin: 0px }"),
        (
            "m.module.css",
            ".btn { composes: ext from './o.module.css'; color: blue }",
        ),
        ("o.module.css", ".ext { padding: 1px }"),
        ("pic.svg", "<svg/>"),
    ]);
    project.build(&["main.ts", "--outdir", "out", "--minify-whitespace"]);
    assert_eq!(project.list("out"), ["main.css", "main.js"]);
    let css = project.read("out/main.css");
    assert!(
        css.starts_with("@import 'https://fonts.example/f.css' screen;body{margin:0}.a{"),
        "{css}"
    );
    assert!(css.contains(".a:hover{color:purple}"), "{css}");
    assert!(css.contains("data:image/svg+xml,%3Csvg/%3E"), "{css}");
    let (ext, button) = (css.find(".ext_").unwrap(), css.find(".btn_").unwrap());
    assert!(ext < button, "{css}");
    project.write(
        "use.mjs",
        "import btn from './out/main.js'; console.log(btn.replace(/_\\w+/g, '_'))",
    );
    project.runs("use.mjs", "ext_ btn_\n");
}

#[test]
fn style_sheets_that_are_wrong_are_refused() {
    let project = Project::new(&[
        (
            "a.css",
            "@import './b.css';\n@import './nope.css';\n.x { background: url(./none.png) }",
        ),
        ("b.css", "@import './a.css'; .b { color: green }"),
        ("bad.css", ".a { color: red; }\n@import ;\n}"),
    ]);
    let text = project.fails(&["a.css", "bad.css", "--outdir", "out"]);
    assert!(text.contains("Could not resolve: \"./nope.css\""), "{text}");
    assert!(text.contains("a.css:2:10"), "{text}");
    assert!(text.contains("bad.css:2:"), "{text}");
    assert!(!project.exists("out"));
    // A circle is no mistake: each style sheet comes once.
    project.write("a.css", "@import './b.css'; .a { color: red }");
    project.build(&["a.css", "--outdir", "out", "--minify"]);
    assert_eq!(project.read("out/a.css"), ".b{color:green}.a{color:red}\n");
}

#[test]
fn pages_are_bundled() {
    let project = Project::new(&[
        (
            "index.html",
            "<!DOCTYPE html><html><head><link rel=stylesheet href=./s.css><script type=module src=./a.ts></script></head><body><img src=big.png><script src=/b.js></script></body></html>",
        ),
        ("s.css", ".s { color: red }"),
        (
            "a.ts",
            "import './a.css'; const n: number = 1; console.log('a', n);",
        ),
        ("a.css", ".a { color: blue }"),
        ("b.js", "console.log('b');"),
        ("big.png", "png"),
    ]);
    project.build(&["index.html", "--outdir", "out"]);
    let names = project.list("out");
    assert_eq!(names.len(), 4, "{names:?}");
    let page = project.read("out/index.html");
    assert!(!page.contains("a.ts") && !page.contains("s.css"), "{page}");
    let link = |start: &str, end: &str| {
        let at = page.find(start).unwrap() + start.len();
        let rest = &page[at..];
        rest[..rest.find(end).unwrap()].to_owned()
    };
    let script = link("<script type=\"module\" crossorigin src=\"./", "\"");
    let sheet = link("crossorigin href=\"./", "\"");
    let picture = link("<img src=\"./", "\"");
    assert_eq!(project.read(&format!("out/{picture}")), "png");
    assert!(
        project.read(&format!("out/{sheet}")).find(".s ")
            < project.read(&format!("out/{sheet}")).find(".a ")
    );
    project.runs(&format!("out/{script}"), "a 1\nb\n");
    project.build(&[
        "--compile",
        "--target=browser",
        "index.html",
        "--outdir",
        "alone",
    ]);
    assert_eq!(project.list("alone"), ["index.html"]);
    let page = project.read("alone/index.html");
    assert!(
        page.contains("console.log(\"b\")") && page.contains("<style>"),
        "{page}"
    );
    assert!(page.contains("src=\"data:image/png,png\""), "{page}");
    project.write(
        "bad.html",
        "<script src=./no.js></script><img src=\"./no.png\">",
    );
    let text = project.fails(&["bad.html", "--outdir", "bad"]);
    assert!(
        text.contains("\"./no.js\"") && text.contains("\"./no.png\""),
        "{text}"
    );
    assert!(!project.exists("bad"));
}

#[test]
fn what_is_composed_must_be_there() {
    let use_it = "import s from './a.module.css'; console.log(Object.values(s).join('|').replace(/_[-\\w]{6}/g, ''));";
    let project = Project::new(&[
        ("main.ts", use_it),
        ("b.module.css", ".x { top: 0 }\n.y { composes: x }"),
        ("plain.css", ".x { top: 0 }"),
    ]);
    let line = ["main.ts", "--outdir", "out", "--target", "bun"];
    for (text, expect) in [
        (
            ".a { composes: nope from './b.module.css' }",
            "There is no class \"nope\" in \"./b.module.css\" to compose\n    at ",
        ),
        (
            ".a { composes: x from './plain.css' }",
            "a.module.css:1:16\nhint: only files whose names end in .module.css",
        ),
        (
            ".a {\n  composes: x from './c.module.css' }",
            "Could not resolve: \"./c.module.css\"\n    at ",
        ),
        (
            ".ab { top: 0 }\n.a { composes: ab b }",
            "There is no class \"b\" in this style sheet to compose\n    at ",
        ),
        (
            ".a { composes: a from './a.module.css' }",
            "\"a\" is composed in a circle",
        ),
    ] {
        project.write("a.module.css", text);
        let found = project.fails(&line);
        assert!(found.contains(expect), "{expect} in {found}");
        assert!(found.contains("a.module.css:"), "{found}");
        assert!(!project.exists("out"));
    }
    project.write("b.module.css", ".x { composes: a from './a.module.css' }");
    project.write("a.module.css", ".a { composes: x from './b.module.css' }");
    let found = project.fails(&line);
    assert!(found.contains("is composed in a circle"), "{found}");
    // What is composed of its own is there whole, and once.
    project.write("b.module.css", ".x { top: 0 } .y { composes: x }");
    project.write(
        "a.module.css",
        ".a { composes: b } .b { composes: c; composes: y from './b.module.css' } .c { composes: c } .d { composes: e } .e { composes: d g from global }",
    );
    project.build(&line);
    project.runs("out/main.js", "c x y b a|c x y b|c|d g e d|d g e\n");
}

#[test]
fn style_sheets_import_each_other_so_deep_and_no_deeper() {
    let count = 5_000;
    let files: Vec<(String, String)> = (0..count)
        .map(|number| {
            let next = number + 1;
            let text = format!("@import './{next}.css'; .a{number} {{ top: 0 }}");
            (format!("{number}.css"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let project = Project::new(&files);
    project.write("5000.css", ".last { top: 0 }");
    let text = project.fails(&["0.css", "--outdir", "out"]);
    assert!(
        text.contains("import each other more than 500 deep"),
        "{text}"
    );
    assert!(text.contains("/500.css:1:10"), "{text}");
    project.build(&["4600.css", "--outdir", "out", "--minify"]);
    let css = project.read("out/4600.css");
    assert!(css.starts_with(".last{top:0}.a4999{top:0}"), "{css}");
}

#[test]
fn files_without_an_end_are_not_read() {
    let project = Project::new(&[
        (
            "a.css",
            ".a {\n  background: url(../../../../../../../../dev/zero)\n}",
        ),
        (
            "b.html",
            "<img src=../../../../../../../../dev/zero><link rel=stylesheet href=c.css>",
        ),
        ("c.css", ".c { color: red } }"),
    ]);
    let text = project.fails(&["a.css", "--outdir", "out"]);
    assert!(
        text.contains("dev/zero\"") && text.contains("a.css:2:19"),
        "{text}"
    );
    // A page tells what is wrong with it and with its styles at once.
    let text = project.fails(&["b.html", "--outdir", "out"]);
    assert!(text.contains("b.html:1:10"), "{text}");
    assert!(text.contains("c.css:1:20"), "{text}");
    assert!(!project.exists("out"));
}

#[test]
fn chunks_have_style_sheets_of_their_own() {
    let project = Project::new(&[
        (
            "a.ts",
            "import './a.css'; import './both.css'; import('./late'); import('./plain');",
        ),
        (
            "late.ts",
            "import './late.css'; import './both.css'; console.log('late');",
        ),
        ("plain.ts", "console.log('plain');"),
        ("a.css", ".a { top: 0 }"),
        ("both.css", ".both { left: 0 }"),
        ("late.css", ".late { background: url(./big.png) }"),
        ("big.png", &"x".repeat(200_000)),
    ]);
    let line = ["a.ts", "--outdir", "out", "--splitting", "--sourcemap"];
    project.build(&[&line[..], &["--chunk-naming", "c/[name].[ext]"]].concat());
    assert_eq!(
        project.list("out/c"),
        [
            "late.css",
            "late.css.map",
            "late.js",
            "late.js.map",
            "plain.js",
            "plain.js.map"
        ]
    );
    let late = project.read("out/c/late.css");
    assert!(
        late.starts_with(".late {") && late.contains(".both {"),
        "{late}"
    );
    assert!(late.contains("url(\"../big-"), "{late}");
    let whole = project.read("out/a.css");
    assert!(
        whole.contains(".late {") && whole.contains("url(\"./big-"),
        "{whole}"
    );
    project.build(&["a.ts", "--outdir", "one"]);
    assert_eq!(project.list("one").len(), 3);
}
