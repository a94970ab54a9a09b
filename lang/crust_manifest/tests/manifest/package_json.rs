//! `package.json`: typed fields, leniency, places of what is wrong.

use std::path::Path;

use crust_manifest::{PackageJson, PackageType, find_package_json};

use crate::dir::Dir;

fn parse(text: &str) -> PackageJson {
    PackageJson::parse(text, Path::new("p/package.json")).unwrap()
}

#[test]
fn fields() {
    let package = parse(
        r#"{ // a comment
        "name": "@scope/app", "version": "1.2.3", "type": "module", "main": "m.js",
        "scripts": {"build": "tsc", "a": "b"}, "bin": "cli.js", "private": true,
        "workspaces": {"packages": ["packages/*"]}, "engines": {"node": ">=20"},
        "dependencies": {"zod": "^3"}, "devDependencies": {}, "packageManager": "bun@1.4",
        "custom": [1],
        }"#,
    );
    assert_eq!(package.name.as_deref(), Some("@scope/app"));
    assert_eq!(package.version.as_deref(), Some("1.2.3"));
    assert_eq!(package.package_type, Some(PackageType::Module));
    assert_eq!(package.script("build"), Some("tsc"));
    assert_eq!(package.scripts[1].0, "a");
    assert_eq!(package.bin, [("app".to_owned(), "cli.js".to_owned())]);
    assert_eq!(package.workspaces, ["packages/*"]);
    assert_eq!(package.dependencies, [("zod".to_owned(), "^3".to_owned())]);
    assert!(package.private && package.object.contains_key("custom"));
    assert!(package.warnings.is_empty());
    assert_eq!(
        parse(r#"{"workspaces":["a"],"bin":{"x":"y.js"}}"#)
            .bin
            .len(),
        1
    );
    assert_eq!(parse("").name, None);
}

#[test]
fn wrong_types_are_warnings_with_places() {
    let text = "{\n  \"name\": 5,\n  \"type\": \"esm\",\n  \"scripts\": {\"a\": [1],\n    \"b\": \"c\"},\n  \"workspaces\": [\"a\",\n  7], \"exports\": 8, \"main\": {} }";
    let package = parse(text);
    assert_eq!(package.script("b"), Some("c"));
    assert_eq!(package.workspaces, ["a"]);
    let found: Vec<(u32, u32, &str)> = package
        .warnings
        .iter()
        .map(|warning| (warning.line, warning.column, warning.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                2,
                11,
                "\"name\" should be a string, not a number; it is ignored"
            ),
            (
                3,
                11,
                "\"type\" should be \"module\" or \"commonjs\", not \"esm\"; it is ignored"
            ),
            (
                7,
                29,
                "\"main\" should be a string, not an object; it is ignored"
            ),
            (
                4,
                20,
                "\"a\" should be a string, not an array; it is ignored"
            ),
            (
                7,
                3,
                "\"workspaces\" should hold strings only, not a number; it is ignored"
            ),
        ]
    );
    assert_eq!(package.warnings[0].file.as_deref(), Some("p/package.json"));
}

#[test]
fn broken_files_are_errors_with_places() {
    for (text, line, column) in [("{\"name\": }", 1, 10), ("{\n\"a\":1", 2, 6), ("[1]", 1, 1)] {
        let problems = PackageJson::parse(text, Path::new("package.json")).unwrap_err();
        assert_eq!(
            (problems[0].line, problems[0].column),
            (line, column),
            "{text:?}"
        );
    }
    let dir = Dir::new(&[("package.json", "{}"), ("a/b/x", "")]);
    assert_eq!(
        find_package_json(&dir.0.join("a/b")),
        Some(dir.0.join("package.json"))
    );
    let missing = PackageJson::read(&dir.0.join("a/package.json")).unwrap_err();
    assert!(missing[0].message.starts_with("this file cannot be read: "));
    std::fs::write(dir.0.join("package.json"), [0xff, 0xfe]).unwrap();
    assert!(PackageJson::read(&dir.0.join("package.json")).is_err());
}
