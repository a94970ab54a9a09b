//! Command lines that cannot be meant, and manifests that cannot be read as they are.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{ "b": { "versions": { "1.0.0": {} } } }"#;

#[test]
fn words_that_mean_nothing_are_refused() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","version":"1.0.0"}"#);
    for line in [
        "pack",
        "pm pack",
        "dedupe",
        "prune",
        "ci",
        "whoami",
        "pm whoami",
        "pm bin",
        "pm hash",
        "pm fetch",
        "pm migrate",
        "pm licenses",
        "pm untrusted",
        "pm default-trusted",
    ] {
        let text = project.fails(&format!("{line} extra"), "takes no \"extra\"");
        contains(&text, line.trim_start_matches("pm "));
    }
    assert!(!project.has("p-1.0.0.tgz"));
}

#[test]
fn help_says_everything_once() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    for command in [
        "install",
        "add",
        "remove",
        "update",
        "ci",
        "link",
        "unlink",
        "patch",
        "patch-commit",
        "init",
        "outdated",
        "list",
        "why",
        "info",
        "audit",
        "dedupe",
        "prune",
        "pack",
        "publish",
        "whoami",
        "pm",
        "x",
    ] {
        let text = project.ok(&format!("help {command}"));
        let mut options: Vec<&str> = text
            .lines()
            .filter(|line| line.trim_start().starts_with('-'))
            .filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")))
            .collect();
        options.sort_unstable();
        let all = options.len();
        options.dedup();
        assert_eq!(options.len(), all, "{command}:\n{text}");
        assert!(options.contains(&"--help"), "{command}:\n{text}");
    }
}

#[test]
fn filters_that_mean_no_package_change_nothing() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","workspaces":["w"]}"#);
    project.write(
        "w/package.json",
        r#"{"name":"w","dependencies":{"b":"1.0.0"}}"#,
    );
    for line in ["add b", "remove b", "update"] {
        project.fails(&format!("{line} --filter nope"), "ERR_INSTALL_FILTER");
    }
    // As in Bun, the rest is only told of this.
    contains(&project.ok("install --filter nope"), "\"nope\"");
    project.ok("remove b --filter w --filter nope");
    assert!(!project.read("w/package.json").contains("\"b\""));
}

#[test]
fn add_makes_a_manifest_where_there_is_none() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    std::fs::remove_file(project.path("package.json")).unwrap();
    project.fails("install", "ERR_INSTALL_NO_MANIFEST");
    project.fails("remove b", "ERR_INSTALL_NO_MANIFEST");
    project.fails("add nope", "ERR_INSTALL_NOT_FOUND");
    project.fails("add b --dry-run", "ERR_INSTALL_NO_MANIFEST");
    assert!(!project.has("package.json"));
    project.ok("add b");
    assert_eq!(
        project.read("package.json"),
        "{\n  \"dependencies\": {\n    \"b\": \"^1.0.0\"\n  }\n}\n"
    );
    assert!(project.has("node_modules/b"));
}

#[test]
fn fields_of_the_wrong_type_are_refused() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    for (field, said) in [
        (
            r#""dependencies":"x""#,
            "\"dependencies\" should be an object",
        ),
        (
            r#""devDependencies":[]"#,
            "\"devDependencies\" should be an object",
        ),
        (
            r#""peerDependencies":{"b":5}"#,
            "the range of \"b\" should be a string",
        ),
        (r#""overrides":[]"#, "\"overrides\" should be an object"),
        (
            r#""workspaces":5"#,
            "\"workspaces\" should be an array of strings",
        ),
        (
            r#""workspaces":[5]"#,
            "\"workspaces\" should be an array of strings",
        ),
        (
            r#""workspaces":{"packages":5}"#,
            "\"workspaces.packages\" should be an array",
        ),
        (
            r#""trustedDependencies":{}"#,
            "\"trustedDependencies\" should be an array",
        ),
    ] {
        project.write("package.json", &format!("{{\"name\":\"p\",{field}}}"));
        contains(&project.fails("install", "ERR_INSTALL_MANIFEST"), said);
    }
    project.write("package.json", r#"{"name":"p","workspaces":["w"]}"#);
    project.write("w/package.json", r#"{"name":"w","dependencies":[]}"#);
    contains(
        &project.fails("install", "ERR_INSTALL_MANIFEST"),
        "w/package.json",
    );
    assert!(!project.has("bun.lock"));
}

#[test]
fn a_folder_to_be_patched_is_named_from_here() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"b":"1.0.0"}}"#);
    project.ok("install");
    contains(&project.ok("patch b"), "\n  node_modules/b\n");
    project.write("sub/x", "");
    let ran = project.run_in("sub", "patch b");
    let whole = std::fs::canonicalize(project.path("node_modules/b")).unwrap();
    contains(&ran.text, &format!("\n  {}\n", whole.display()));
    project.write("node_modules/b/index.js", "changed\n");
    let line = format!("patch --commit {}", whole.display());
    assert_eq!(project.run_in("sub", &line).code, Some(0));
    contains(&project.read("patches/b@1.0.0.patch"), "+changed");
}
