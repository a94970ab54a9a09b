//! What the root's manifest says about everybody's dependencies: overrides, extensions, ages.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": {
    "1.1.0": { "dependencies": { "b": "^1.0.0" } },
    "1.2.0": { "dependencies": { "b": "^1.1.0" } } } },
  "b": { "versions": { "1.0.0": {}, "1.1.0": {}, "1.2.0": { "time": "2999-01-01T00:00:00.000Z" }, "2.0.0": {} } },
  "tool": { "versions": { "1.0.0": { "dependencies": { "b": "^1" } } } },
  "d": { "versions": { "1.0.0": {}, "1.1.0": {} } }
}"#;

#[test]
fn overrides_reach_one_level_down() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"1.2.0","tool":"1","b":"^2"},
            "overrides":{"a":{"b":"1.1.0",".":"1.1.0"},"tool@^1":{"b":"1.0.0"},"b@>=2":"1.2.0","x":{"y":{"z":"1"}}}}"#,
    );
    let text = project.ok("install");
    contains(&text, "\"y\" has no effect");
    // As Bun writes it.
    contains(
        &project.lock(),
        "  \"overrides\": {\n    \"a\": {\n      \".\": \"1.1.0\",\n      \"b\": \"1.1.0\",\n    },\n    \"b@>=2\": {\n      \".\": \"1.2.0\",\n    },\n    \"tool@^1\": {\n      \"b\": \"1.0.0\",\n    },\n  },\n",
    );
    contains(&project.lock(), "\"lockfileVersion\": 3,");
    assert_eq!(
        (
            project.version("a"),
            project.version("a/node_modules/b"),
            project.version("tool/node_modules/b"),
            project.version("b")
        ),
        (
            "1.1.0".into(),
            "1.1.0".into(),
            "1.0.0".into(),
            "1.2.0".into()
        )
    );
    project.ok("install --frozen-lockfile");
    // Without them, what they changed is resolved anew.
    project.write("package.json", r#"{"name":"p","dependencies":{"a":"1.2.0","tool":"1","b":"^2"},"resolutions":{"**/tool/b":"1.1.0"}}"#);
    project.fails("install --frozen-lockfile", "ERR_INSTALL_FROZEN");
    project.ok("install");
    assert_eq!(
        (project.version("a"), project.version("b")),
        ("1.2.0".into(), "2.0.0".into())
    );
    assert_eq!(project.version("tool/node_modules/b"), "1.1.0");
}

#[test]
fn extensions_add_dependencies() {
    let registry = Registry::of(PACKAGES);
    let manifest = |range: &str| {
        format!(
            r#"{{"name":"p","dependencies":{{"a":"1.2.0","b":"2.0.0"}},"packageExtensions":{{"a@1":{{"dependencies":{{"d":"{range}"}},"peerDependencies":{{"e":"*"}},"peerDependenciesMeta":{{"e":{{"optional":true}}}}}}}}}}"#
        )
    };
    let project = Project::new(&registry, &manifest("1.0.0"));
    project.ok("install");
    contains(
        &project.lock(),
        "  \"packageExtensions\": {\n    \"a@1.2.0\": { \"dependencies\": [\"d\"], \"peerDependencies\": [\"e\"] },\n  },\n",
    );
    contains(
        &project.lock(),
        "{ \"dependencies\": { \"b\": \"^1.1.0\", \"d\": \"1.0.0\" }, \"peerDependencies\": { \"e\": \"*\" }, \"optionalPeers\": [\"e\"] }",
    );
    assert_eq!(project.version("d"), "1.0.0");
    project.ok("install --frozen-lockfile");
    project.write("package.json", &manifest("1.1.0"));
    project.fails("install --frozen-lockfile", "ERR_INSTALL_FROZEN");
    project.ok("install");
    assert_eq!(project.version("d"), "1.1.0");
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"a":"1.2.0","b":"2.0.0"}}"#,
    );
    project.ok("install");
    assert!(!project.has("node_modules/d") && !project.lock().contains("packageExtensions"));
}

#[test]
fn young_versions_are_passed_over() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"b":"^1.0.0"}}"#);
    project.ok("install --minimum-release-age 3d");
    assert_eq!(project.version("b"), "1.1.0");
    std::fs::remove_file(project.path("bun.lock")).unwrap();
    project.ok("install --minimum-release-age 3d --minimum-release-age-excludes x,b");
    assert_eq!(project.version("b"), "1.2.0");
    std::fs::remove_file(project.path("bun.lock")).unwrap();
    project.write("bunfig.toml", "[install]\nminimumReleaseAge = 86400\n");
    project.ok("install");
    assert_eq!(project.version("b"), "1.1.0");
    let text = project.fails("add b@1.2.0", "ERR_INSTALL_NO_VERSION");
    contains(&text, "are passed over");
    project.fails(
        "install --minimum-release-age soon",
        "neither seconds nor a time",
    );
}
