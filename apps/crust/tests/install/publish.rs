//! `pack` and `publish`: which files, which manifest, and what a registry does with it.

use crust_registry::{Fault, Registry, Rule};

use crate::project::{Project, contains};

fn project(registry: &Registry) -> Project {
    let project = Project::new(
        registry,
        r#"{"name":"root","version":"1.0.0","private":true,"workspaces":{"packages":["w/*"],"catalog":{"b":"^1.0.0"}}}"#,
    );
    project.write("w/dep/package.json", r#"{"name":"dep","version":"2.1.0"}"#);
    project.write(
        "w/lib/package.json",
        "{\n  \"name\": \"@s/lib\",\n  \"version\": \"1.0.0\",\n  \"bin\": \"cli.js\",\n  \"files\": [\"dist\", \"!dist/*.map\"],\n  \"scripts\": {\n    \"prepack\": \"echo 1 > dist/made.js\"\n  },\n  \"dependencies\": {\n    \"dep\": \"workspace:^\",\n    \"b\": \"catalog:\"\n  }\n}\n",
    );
    for (path, text) in [
        ("README.md", "# lib\n"),
        ("LICENSE", "MIT\n"),
        ("cli.js", "#!/usr/bin/env node\n"),
        ("dist/a.js", "1\n"),
        ("dist/a.js.map", "{}\n"),
        ("dist/.DS_Store", ""),
        ("src/a.ts", "1\n"),
        ("node_modules/x/index.js", "1\n"),
        (".npmrc", "secret\n"),
    ] {
        project.write(&format!("w/lib/{path}"), text);
    }
    project
}

#[test]
fn a_package_is_packed_by_npms_rules() {
    let registry = Registry::of("{}");
    let project = project(&registry);
    let ran = project.run_in("w/lib", "pack");
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    let names: Vec<&str> = ran
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("packed ")?.split_whitespace().nth(1))
        .collect();
    assert_eq!(
        names,
        [
            "package.json",
            "LICENSE",
            "README.md",
            "cli.js",
            "dist/a.js",
            "dist/made.js"
        ]
    );
    contains(&ran.text, "\ns-lib-1.0.0.tgz\n");
    assert!(project.has("w/lib/s-lib-1.0.0.tgz"));
    let ran = project.run_in("w/lib", "pm pack --dry-run --quiet --filename x.tgz");
    assert_eq!(ran.text.lines().next(), Some("x.tgz"));
    assert!(!project.has("w/lib/x.tgz"));
    // Without `files`, ignore files say what stays at home.
    project.write("w/dep/.gitignore", "*.log\n/out\n");
    for path in ["index.js", "a.log", "out/x.js", "deep/out/y.js", "bun.lock"] {
        project.write(&format!("w/dep/{path}"), "1\n");
    }
    let ran = project.run_in("w/dep", "pack --dry-run");
    let packed: Vec<&str> = ran
        .text
        .lines()
        .filter(|line| line.starts_with("packed "))
        .collect();
    assert_eq!(
        packed,
        [
            "packed 32B package.json",
            "packed 2B deep/out/y.js",
            "packed 2B index.js"
        ]
    );
}

#[test]
fn a_package_is_published_and_installed() {
    let registry = Registry::of(
        r#"{ "b": { "versions": { "1.0.0": {} } }, "dep": { "versions": { "2.1.0": {} } } }"#,
    );
    registry.require("secret");
    let mut project = project(&registry);
    let ran = project.run_in("w/lib", "publish");
    contains(&ran.text, "no credentials");
    project
        .variables
        .push(("BUN_CONFIG_TOKEN".into(), "secret".into()));
    let ran = project.run_in("w/lib", "publish --dry-run");
    contains(&ran.text, " + @s/lib@1.0.0 (dry-run)");
    assert_eq!(
        registry
            .asked()
            .iter()
            .filter(|asked| asked.method == "PUT")
            .count(),
        0
    );
    let ran = project.run_in("w/lib", "publish --access public --tag next");
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    contains(&ran.text, "Tag: next\nAccess: public\n");
    let ran = project.run_in("w/lib", "publish");
    assert_eq!(ran.code, Some(1), "{}", ran.text);
    contains(&ran.text, "ERR_INSTALL_PUBLISH");
    let ran = project.run_in("w/lib", "publish --tolerate-republish");
    contains(&ran.text, "(published already)");
    project.fails("publish", "\"private\" is true");
    // A tarball is sent as it is, and runs nothing.
    assert_eq!(
        project
            .run_in("w/lib", "pack --destination .. --filename lib.tgz")
            .code,
        Some(0)
    );
    std::fs::remove_file(project.path("w/lib/dist/made.js")).unwrap();
    project.write("w/elsewhere/x", "");
    let ran = project.run_in(
        "w/elsewhere",
        "publish ../lib.tgz --tag packed --tolerate-republish",
    );
    contains(&ran.text, "@s/lib@1.0.0 (published already)");
    contains(&ran.text, "packed 20B cli.js");
    assert!(!project.has("w/lib/dist/made.js"));
    project.fails("publish w/lib", "a tarball is needed");
    project.fails("publish w/nope.tgz", "ERR_INSTALL_IO");
    project.fails("publish package.json", "ERR_INSTALL_TARBALL");
    project.fails("publish w/lib.tgz extra", "takes no \"extra\"");
    registry.fail(Rule::always("lib", Fault::Status(500)));
    let before = registry.count("lib");
    let ran = project.run_in("w/lib", "publish");
    assert_eq!(ran.code, Some(1), "{}", ran.text);
    // What may not be done twice is not tried twice.
    assert_eq!(registry.count("lib"), before + 1);
    registry.heal();
    let user = Project::new(&registry, r#"{"name":"u"}"#);
    user.ok("add @s/lib@next");
    contains(
        &user.read("node_modules/@s/lib/package.json"),
        "\"dep\": \"^2.1.0\"",
    );
    contains(
        &user.read("node_modules/@s/lib/package.json"),
        "\"b\": \"^1.0.0\"",
    );
    assert!(user.has("node_modules/.bin/lib") && user.has("node_modules/@s/lib/dist/made.js"));
    assert!(!user.has("node_modules/@s/lib/src"));
}
