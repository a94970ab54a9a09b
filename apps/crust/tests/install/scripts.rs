//! Lifecycle scripts: whose run, when, and what their failures do.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "needs": { "versions": { "1.0.0": { "dependencies": { "builds": "1.0.0" },
    "scripts": { "postinstall": "cat ../builds/made >> ../../log; echo needs >> ../../log" } } } },
  "builds": { "versions": { "1.0.0": { "scripts": {
    "preinstall": "echo pre > made", "install": "echo $npm_lifecycle_event >> made",
    "postinstall": "echo $npm_package_name@$npm_package_version >> made; echo changed > index.js" } } } },
  "fails": { "versions": { "1.0.0": { "bin": "index.js", "scripts": { "postinstall": "echo out; echo err >&2; exit 3" } } } },
  "tries": { "versions": { "1.0.0": { "optionalDependencies": { "fails": "1.0.0" } } } },
  "esbuild": { "versions": { "1.0.0": { "scripts": { "postinstall": "echo known > made" } } } },
  "gyp": { "versions": { "1.0.0": { "files": { "binding.gyp": "{}" }, "scripts": { "install": "echo own > made" } } } }
}"#;

#[test]
fn only_trusted_packages_run_scripts_in_order() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"needs":"1.0.0","esbuild":"1.0.0"}}"#,
    );
    let text = project.ok("install");
    contains(
        &text,
        "Blocked 4 postinstalls. Run `crust pm untrusted` for details.",
    );
    // Bun's own list trusts this one.
    assert_eq!(project.read("node_modules/esbuild/made"), "known\n");
    assert!(!project.has("node_modules/builds/made"));
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"needs":"1.0.0","esbuild":"1.0.0"},"trustedDependencies":["needs","builds"]}"#,
    );
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    let text = project.ok("install");
    // The list replaces the known names.
    contains(&text, "Blocked 1 postinstall.");
    assert!(!project.has("node_modules/esbuild/made"));
    assert_eq!(project.read("log"), "pre\ninstall\nbuilds@1.0.0\nneeds\n");
    contains(&project.lock(), "  \"trustedDependencies\": [\n");
    // What a script wrote is the project's, not the cache's.
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    let text = project.ok("install --ignore-scripts");
    assert!(!text.contains("fetched again"), "{text}");
    contains(
        &project.read("node_modules/builds/index.js"),
        "module.exports",
    );
}

#[test]
fn failures_show_the_output_and_are_tried_again() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"fails":"1.0.0"},"trustedDependencies":["fails"]}"#,
    );
    for _ in 0..2 {
        let text = project.fails("install", "ERR_INSTALL_SCRIPT");
        contains(&text, "out\nerr\n");
        contains(&text, "postinstall script from \"fails\" exited with 3");
        assert!(!project.has("bun.lock"));
    }
    project.ok("install --ignore-scripts");
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"tries":"1.0.0"},"trustedDependencies":["fails"]}"#,
    );
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.age("package.json");
    project.age("bun.lock");
    project.ok("install");
    assert!(project.has("node_modules/tries") && !project.has("node_modules/fails"));
    contains(&project.ok("install"), "no changes");
}

#[test]
fn scripts_of_the_project_run_in_every_installation() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","version":"2.0.0","workspaces":["w/*"],"scripts":{
            "preinstall":"echo root-pre >> log","postinstall":"echo root-post","prepare":"echo $npm_package_version >> log"}}"#,
    );
    project.write(
        "w/a/package.json",
        r#"{"name":"a","dependencies":{"z":"*"},"scripts":{"postinstall":"echo a >> ../../log"}}"#,
    );
    project.write(
        "w/z/package.json",
        r#"{"name":"z","scripts":{"postinstall":"echo z >> ../../log"}}"#,
    );
    let text = project.ok("install");
    contains(&text, "$ echo root-post\n");
    contains(&text, "root-post\n");
    assert_eq!(project.read("log"), "z\na\nroot-pre\n2.0.0\n");
    project.ok("install");
    assert_eq!(project.read("log"), "z\na\nroot-pre\n2.0.0\n".repeat(2));
    project.ok("install --ignore-scripts");
    project.ok("install --lockfile-only");
    assert_eq!(project.read("log"), "z\na\nroot-pre\n2.0.0\n".repeat(2));
    project.write(
        "package.json",
        r#"{"name":"p","scripts":{"postinstall":"exit 4"}}"#,
    );
    project.fails("install", "postinstall script from \"p\" exited with 4");
}

#[test]
fn trust_is_written_where_there_are_scripts() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p"}"#);
    project.ok("add builds tries --trust");
    contains(
        &project.read("package.json"),
        "\"trustedDependencies\": [\n    \"builds\"\n  ]",
    );
    assert!(project.has("node_modules/builds/made"));
    contains(
        &project.lock(),
        "  \"trustedDependencies\": [\n    \"builds\",\n  ],\n",
    );
    project.ok("install --frozen-lockfile");
}

#[test]
fn trust_that_comes_later_runs_scripts() {
    for linker in ["hoisted", "isolated"] {
        let registry = Registry::of(PACKAGES);
        let project = Project::new(
            &registry,
            r#"{"name":"p","dependencies":{"builds":"1.0.0","esbuild":"1.0.0"},"trustedDependencies":[]}"#,
        );
        let install = format!("install --linker {linker}");
        contains(&project.ok(&install), "Blocked 4 postinstalls");
        project.write(
            "package.json",
            r#"{"name":"p","dependencies":{"builds":"1.0.0","esbuild":"1.0.0"},"trustedDependencies":["builds"]}"#,
        );
        project.ok(&install);
        contains(&project.read("node_modules/builds/made"), "builds@1.0.0");
        assert!(!project.has("node_modules/esbuild/made"));
        // Once: the next installation has nothing to do.
        std::fs::remove_file(project.path("node_modules/builds/made")).unwrap();
        project.ok(&format!("{install} --frozen-lockfile"));
        project.write("package.json", &(project.read("package.json") + "\n"));
        project.ok(&install);
        assert!(!project.has("node_modules/builds/made"));
        // What the script wrote is the project's, not the cache's.
        std::fs::remove_dir_all(project.path("node_modules")).unwrap();
        project.ok(&format!("{install} --ignore-scripts"));
        contains(
            &project.read("node_modules/builds/index.js"),
            "module.exports",
        );
    }
}

#[test]
fn a_script_that_failed_is_run_again_by_the_same_line() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"fails":"1.0.0"}}"#,
    );
    for _ in 0..3 {
        project.fails("add fails --trust", "ERR_INSTALL_SCRIPT");
        assert!(!project.read("package.json").contains("trusted"));
    }
    // Also where it was there before anybody trusted it.
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"fails":"1.0.0"}}"#,
    );
    project.ok("install");
    for _ in 0..3 {
        project.fails("add fails --trust", "ERR_INSTALL_SCRIPT");
    }
    project.fails("pm trust fails", "ERR_INSTALL_SCRIPT");
    project.fails("pm trust fails", "ERR_INSTALL_SCRIPT");
    project.ok("install");
    contains(&project.ok("pm untrusted"), "./node_modules/fails @1.0.0");
}

#[test]
fn an_optional_package_that_fails_leaves_no_links() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"tries":"1.0.0"},"optionalDependencies":{"fails":"1.0.0"},"trustedDependencies":["fails"]}"#,
    );
    // What changed just now is looked at once more.
    project.age("package.json");
    project.ok("install --linker isolated");
    for path in [
        "node_modules/fails",
        "node_modules/.bun/fails@1.0.0",
        "node_modules/.bun/node_modules/fails",
        "node_modules/.bun/tries@1.0.0/node_modules/fails",
        "node_modules/.bin/fails",
    ] {
        assert!(!project.has(path), "{path}");
    }
    assert!(project.has("node_modules/tries"));
    contains(&project.ok("install --linker isolated"), "no changes");
}
