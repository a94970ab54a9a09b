//! Source maps of style sheets: what is named in the output leads to where it was written.

use serde_json::Value;

use crate::project::Project;

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The numbers of a segment of a map's `mappings`.
fn numbers(segment: &str) -> Vec<i64> {
    let (mut found, mut value, mut shift) = (Vec::new(), 0, 0);
    for letter in segment.chars() {
        let digit = i64::try_from(LETTERS.find(letter).unwrap()).unwrap();
        value += (digit & 31) << shift;
        if digit & 32 != 0 {
            shift += 5;
            continue;
        }
        found.push(if value & 1 == 1 {
            -(value >> 1)
        } else {
            value >> 1
        });
        (value, shift) = (0, 0);
    }
    found
}

/// Places of the output with those of the sources: line, column, source, line, column.
fn places(map: &Value) -> Vec<(usize, usize, String, usize, usize)> {
    let mut found = Vec::new();
    let mut state = [0_i64; 3];
    let lines = map["mappings"].as_str().unwrap().split(';');
    for (line, segments) in lines.enumerate() {
        let mut column = 0;
        for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
            let numbers = numbers(segment);
            column += numbers[0];
            for (state, number) in state.iter_mut().zip(&numbers[1..]) {
                *state += number;
            }
            let [source, from_line, from_column] = state.map(|it| usize::try_from(it).unwrap());
            let source = map["sources"][source].as_str().unwrap().to_owned();
            let column = usize::try_from(column).unwrap();
            found.push((line, column, source, from_line, from_column));
        }
    }
    found
}

/// The byte at which a line has so many UTF-16 units before it.
fn byte(line: &str, units: usize) -> usize {
    let mut count = 0;
    let mut letters = line.char_indices();
    let found = letters.find(|(_, letter)| {
        count += letter.len_utf16();
        count > units
    });
    found.map_or(line.len(), |(at, _)| at)
}

/// Where `text` of the output leads: the source, and what is written there.
#[track_caller]
pub(crate) fn check(css: &str, map: &Value, text: &str, source: &str, written: &str) {
    let at = css.find(text).unwrap_or_else(|| panic!("{text} in {css}"));
    let line = css[..at].matches('\n').count();
    let start = css[..at].rfind('\n').map_or(0, |at| at + 1);
    let column = css[start..at].encode_utf16().count();
    let places = places(map);
    let place = places
        .iter()
        .find(|place| (place.0, place.1) == (line, column));
    let (_, _, name, from_line, from_column) =
        place.unwrap_or_else(|| panic!("{text}: {places:?}"));
    assert_eq!(name, source, "of {text}");
    let index = map["sources"].as_array().unwrap();
    let index = index.iter().position(|it| it == source).unwrap();
    let content = map["sourcesContent"][index].as_str().unwrap();
    let from = content.lines().nth(*from_line).unwrap();
    let from = &from[byte(from, *from_column)..];
    assert!(from.starts_with(written), "{text} leads to {from}");
}

pub(crate) fn read(project: &Project, path: &str) -> (String, Value) {
    let map = project.read(&format!("{path}.map"));
    (project.read(path), serde_json::from_str(&map).unwrap())
}

const FILES: &[(&str, &str)] = &[
    (
        "src/main.ts",
        "import './a.css'; import styles from './m.module.css'; export default styles.btn;",
    ),
    (
        "src/a.css",
        "@import 'https://fonts.example/f.css';\n@import './sub/b.css';\r\n.a, .é {\n  color: red; content: '→é😀'; background: url(./pic.svg); user-select: none;\n  & .n { inset: 0 }\n}\n",
    ),
    (
        "src/sub/b.css",
        "body { margin: 0px }\n@media (width > 300px) { .b { --x: {y:z}; font-size: 2px } }\n@keyframes k { from { top: 0 } 40% { left: 1px } }\n",
    ),
    ("src/m.module.css", "/* x */\n.btn { color: blue }"),
    ("src/pic.svg", "<svg/>"),
];

/// What must be found, minified or not.
fn check_all(css: &str, map: &Value, up: &str) {
    let one = |text: &str, file: &str, written: &str| {
        // Without white space it is the minified form.
        let is_minified = !css.contains("\n  ");
        let text = if is_minified {
            text.replace(": ", ":")
        } else {
            text.to_owned()
        };
        check(css, map, &text, &format!("{up}src/{file}"), written);
    };
    one("body", "sub/b.css", "body {");
    one("margin: 0", "sub/b.css", "margin: 0px");
    one("@media", "sub/b.css", "@media (width");
    one("--x: {y:z}", "sub/b.css", "--x: {");
    one("font-size: 2px", "sub/b.css", "font-size: 2px");
    one("40%", "sub/b.css", "40% {");
    one("left: 1px", "sub/b.css", "left: 1px");
    one(".a", "a.css", ".a, .é {");
    one("color: red", "a.css", "color: red;");
    one("content: ", "a.css", "content: '→");
    one("background: ", "a.css", "background: url");
    one("-webkit-user-select", "a.css", "user-select");
    one("bottom: 0", "a.css", "inset: 0");
    one(".btn_", "m.module.css", ".btn {");
    let blue = if css.contains("#00f") {
        "color: #00f"
    } else {
        "color: blue"
    };
    one(blue, "m.module.css", "color: blue");
}

#[test]
fn places_of_style_sheets_are_told() {
    let project = Project::new(FILES);
    project.build(&["src/main.ts", "--outdir", "out/deep", "--sourcemap=linked"]);
    let (css, map) = read(&project, "out/deep/main.css");
    assert!(
        css.ends_with("}\n/*# sourceMappingURL=main.css.map */\n"),
        "{css}"
    );
    assert_eq!(map["file"], "main.css");
    check_all(&css, &map, "../../");
    // Scripts tell their places from the same folder.
    let (_, script) = read(&project, "out/deep/main.js");
    let sources = script["sources"].as_array().unwrap();
    assert!(
        sources.iter().any(|it| it == "../../src/main.ts"),
        "{sources:?}"
    );

    project.build(&[
        "src/main.ts",
        "--outdir",
        "min",
        "--sourcemap=external",
        "--minify",
    ]);
    let (css, map) = read(&project, "min/main.css");
    assert!(!css.contains("sourceMappingURL"), "{css}");
    check_all(&css, &map, "../");

    project.build(&[
        "src/a.css",
        "--outdir",
        "in",
        "--sourcemap=inline",
        "--minify",
    ]);
    assert_eq!(project.list("in"), ["a.css"]);
    let css = project.read("in/a.css");
    let (_, data) = css
        .split_once("\n/*# sourceMappingURL=data:application/json;charset=utf-8;base64,")
        .unwrap();
    assert!(data.ends_with(" */\n"), "{data}");

    project.build(&["src/a.css", "--outdir", "none"]);
    assert!(!project.read("none/a.css").contains("sourceMappingURL"));
}

#[test]
fn maps_have_the_names_of_their_style_sheets() {
    let project = Project::new(FILES);
    project.write(
        "src/page.html",
        "<link rel=stylesheet href=./a.css><script src=./main.ts></script>",
    );
    let naming = ["--entry-naming", "[dir]/x/[name]-[hash].[ext]"];
    let line = ["src/a.css", "--outdir", "out", "--sourcemap"];
    project.build(&[&line[..], &naming].concat());
    let names = project.list("out/x");
    let [css, map] = names.as_slice() else {
        panic!("{names:?}");
    };
    assert_eq!(*map, format!("{css}.map"));
    let (text, map) = read(&project, &format!("out/x/{css}"));
    assert!(
        text.ends_with(&format!("=a{}.css.map */\n", &css[1..css.len() - 4])),
        "{text}"
    );
    check(&text, &map, "body", "../../src/sub/b.css", "body {");

    project.build(&["src/page.html", "--outdir", "page", "--sourcemap"]);
    let names = project.list("page");
    let css = names.iter().find(|name| name.contains(".css")).unwrap();
    let css = css.trim_end_matches(".map");
    let (text, map) = read(&project, &format!("page/{css}"));
    check_all(&text, &map, "../");
    let page = ["--compile", "--target=browser", "src/page.html"];
    project.build(&[&page[..], &["--sourcemap", "--outdir", "alone"]].concat());
    assert_eq!(project.list("alone"), ["page.html"]);
    let text = project.read("alone/page.html");
    assert!(text.contains("/*# sourceMappingURL=data:"), "{text}");
    assert!(text.contains("//# sourceMappingURL=data:"), "{text}");
    assert!(!text.contains(".map"), "{text}");
}

#[test]
fn maps_that_style_sheets_bring_are_followed() {
    // The places of ".x" and of "color": made by hand.
    let map = |name: &str| {
        format!(
            "{{\"version\":3,\"sources\":[\"{name}\"],\"sourcesContent\":[\"$c: red;\\n.x\\n  color: $c\\n\"],\"names\":[],\"mappings\":\"AACA,KACE\"}}"
        )
    };
    let encoded = |name: &str| map(name).replace('"', "%22").replace(' ', "%20");
    let inline = |name: &str| {
        let map = encoded(name);
        format!(".x {{ color: red }} /*# sourceMappingURL=data:application/json,{map} */")
    };
    let project = Project::new(&[
        (
            "all.css",
            "@import './gen/a.css'; @import './gen/b.css'; @import './gen/m.module.css'; @import './gen/c.css';",
        ),
        ("gen/a.css", &inline("a.sass")),
        (
            "gen/b.css",
            ".y { top: 1px }\n/*# sourceMappingURL=maps/b.map */",
        ),
        ("gen/maps/b.map", &map("../b.sass")),
        (
            "gen/m.module.css",
            &inline("m.sass").replace("color: red", "margin: 0"),
        ),
        (
            "gen/c.css",
            ".c { top: 0 }\n/*# sourceMappingURL=nowhere.map */",
        ),
    ]);
    let output = project.crust(&["build", "all.css", "--outdir", "out", "--sourcemap"]);
    let text = crate::project::all(&output);
    assert!(text.contains("cannot read nowhere.map"), "{text}");
    let (css, found) = read(&project, "out/all.css");
    let [a, b, m, c] = [
        "../gen/a.sass",
        "../gen/b.sass",
        "../gen/m.sass",
        "../gen/c.css",
    ];
    assert_eq!(found["sources"], serde_json::json!([a, b, m, c]), "{css}");
    check(&css, &found, ".x {", a, ".x");
    check(&css, &found, "color: red", a, "color: $c");
    check(&css, &found, ".y", b, ".x");
    check(&css, &found, "top: 1px", b, "color: $c");
    check(&css, &found, ".x_", m, ".x");
    check(&css, &found, "margin: 0", m, "color: $c");
    check(&css, &found, "top: 0", c, "top: 0");
}
