//! `add`, `remove` and `update`: what happens to manifests, lockfile and tree.

use std::collections::BTreeMap;

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": {
    "1.0.0": { "dependencies": { "b": "^1.0.0" } },
    "1.2.0": { "dependencies": { "b": "^1.1.0" } },
    "2.0.0": { "dependencies": { "b": "^2.0.0" }, "bin": { "a-tool": "index.js" } },
    "3.0.0-beta.1": {} }, "tags": { "next": "3.0.0-beta.1", "old": "1.0.0" } },
  "b": { "versions": { "1.0.0": {}, "1.1.0": {}, "1.2.0": {}, "2.0.0": {} } },
  "@s/c": { "versions": { "1.0.0": {}, "1.1.0": {} } }
}"#;

/// The lists of dependencies in a manifest, as compact JSON.
fn lists(project: &Project, path: &str) -> String {
    let text = project.read(path);
    let mut value: BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    for key in ["name", "version", "workspaces", "overrides"] {
        value.remove(key);
    }
    serde_json::to_string(&value).unwrap()
}

#[test]
fn add_writes_ranges_where_they_belong() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n\t\"name\": \"p\",\n\t\"dependencies\": {\n\t\t\"b\": \"1.0.0\"\n\t}\n}\n",
    );
    let text = project.ok("add a");
    contains(&text, "+ b@1.0.0 (v2.0.0 available)");
    contains(&text, "installed a@2.0.0 with binaries:\n - a-tool");
    contains(&text, "3 packages installed");
    assert_eq!(
        project.read("package.json"),
        "{\n\t\"name\": \"p\",\n\t\"dependencies\": {\n\t\t\"a\": \"^2.0.0\",\n\t\t\"b\": \"1.0.0\"\n\t}\n}\n"
    );
    assert_eq!(
        (project.version("a"), project.version("b")),
        ("2.0.0".into(), "1.0.0".into())
    );
    assert_eq!(project.version("a/node_modules/b"), "2.0.0");
    for (line, expected) in [
        (
            "add -d @s/c b@1.1.0",
            r#"{"dependencies":{"a":"^2.0.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"}}"#,
        ),
        (
            "add --optional a@^1",
            r#"{"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"^1"}}"#,
        ),
        (
            "add alias@npm:a@1 --exact",
            r#"{"dependencies":{"alias":"npm:a@1.2.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"^1"}}"#,
        ),
        (
            "install a@next",
            r#"{"dependencies":{"alias":"npm:a@1.2.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"^3.0.0-beta.1"}}"#,
        ),
        (
            "add a@npm:b",
            r#"{"dependencies":{"alias":"npm:a@1.2.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"npm:b@^1.1.0"}}"#,
        ),
        (
            "a --only-missing b @s/c",
            r#"{"dependencies":{"alias":"npm:a@1.2.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"npm:b@^1.1.0"}}"#,
        ),
        (
            "add --peer b",
            r#"{"dependencies":{"alias":"npm:a@1.2.0"},"devDependencies":{"@s/c":"^1.1.0","b":"1.1.0"},"optionalDependencies":{"a":"npm:b@^1.1.0"},"peerDependencies":{"b":"^2.0.0"}}"#,
        ),
    ] {
        project.ok(line);
        assert_eq!(lists(&project, "package.json"), expected, "{line}");
        // The lockfile says the same, so that a frozen installation has nothing to change.
        project.ok("install --frozen-lockfile");
    }
    assert_eq!(project.version("alias"), "1.2.0");
}

#[test]
fn a_range_that_is_widened_changes_nothing() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"b":"~1.0.0"}}"#);
    project.ok("install");
    project.write("package.json", r#"{"name":"p","dependencies":{"b":">=1"}}"#);
    project.ok("install");
    assert_eq!(project.version("b"), "1.0.0");
    project.ok("add b@*");
    assert_eq!(project.version("b"), "1.0.0");
    project.ok("add b");
    assert_eq!(project.version("b"), "2.0.0");
}

#[test]
fn what_fails_changes_nothing() {
    let registry = Registry::of(PACKAGES);
    let manifest = r#"{"name":"p","dependencies":{"b":"1.0.0"}}"#;
    let project = Project::new(&registry, manifest);
    project.ok("install");
    let lock = project.lock();
    for (line, code) in [
        ("add nosuch", "ERR_INSTALL_NOT_FOUND"),
        ("add a@^9", "ERR_INSTALL_NO_VERSION"),
        ("add a --frozen-lockfile", "ERR_INSTALL_FROZEN"),
        ("add ../../@x", "ERR_INSTALL"),
        ("update nosuch", "ERR_INSTALL_NOT_LISTED"),
        ("add", "no package to add"),
        ("remove", "no package to remove"),
        ("add a -d --optional", "goes into one list"),
    ] {
        project.fails(line, code);
    }
    project.ok("add a --no-save");
    assert_eq!(project.version("a"), "2.0.0");
    let text = project.ok("add @s/c --dry-run");
    contains(&text, "installed @s/c@1.1.0");
    assert!(!project.has("node_modules/@s"));
    assert_eq!(
        (project.read("package.json").as_str(), project.lock()),
        (manifest, lock)
    );
}

#[test]
fn remove_takes_out() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n  \"name\": \"p\",\n  \"dependencies\": {\n    \"b\": \"^1\"\n  },\n  \"devDependencies\": {\n    \"a\": \"^1\",\n    \"@s/c\": \"*\"\n  }\n}\n",
    );
    project.ok("install");
    let text = project.ok("rm a zzz");
    contains(&text, "- a\n1 package removed");
    assert!(!project.has("node_modules/a") && project.has("node_modules/@s/c"));
    assert_eq!(
        lists(&project, "package.json"),
        r#"{"dependencies":{"b":"^1"},"devDependencies":{"@s/c":"*"}}"#
    );
    let text = project.ok("uninstall b @s/c");
    contains(&text, "Deleted empty lockfile");
    assert_eq!(project.read("package.json"), "{\n  \"name\": \"p\"\n}\n");
    assert!(!project.has("bun.lock") && !project.has("node_modules/b"));
}

#[test]
fn update_keeps_the_kind_of_ranges() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"~1.0.0","b":"1.0.0","x":"npm:b@^1.0.0","y":"npm:b@1.x"},"devDependencies":{"@s/c":"^1.0.0"}}"#,
    );
    project.ok("install");
    registry.change(|packages| {
        packages.add("b", "1.3.0", serde_json::Map::new());
        packages.add("@s/c", "1.2.0", serde_json::Map::new());
    });
    project.ok("install");
    // The version that is there anyway serves the range.
    assert_eq!(project.version("x"), "1.0.0");
    let text = project.ok("update @s/* --no-cache --dry-run");
    contains(&text, "^ @s/c 1.1.0 -> 1.2.0");
    contains(&text, "1 package would be updated");
    let text = project.ok("update --no-cache");
    contains(&text, "^ x 1.0.0 -> 1.3.0");
    assert_eq!(
        lists(&project, "package.json"),
        r#"{"dependencies":{"a":"~1.0.0","b":"1.0.0","x":"npm:b@^1.3.0","y":"npm:b@1.x"},"devDependencies":{"@s/c":"^1.2.0"}}"#
    );
    // What dependencies depend on is updated too.
    assert_eq!(project.version("a/node_modules/b"), "1.3.0");
    project.ok("update a --latest");
    project.ok("update --latest --dev");
    assert_eq!(
        lists(&project, "package.json"),
        r#"{"dependencies":{"a":"~2.0.0","b":"1.0.0","x":"npm:b@^1.3.0","y":"npm:b@1.x"},"devDependencies":{"@s/c":"^1.2.0"}}"#
    );
    project.ok("up --latest !b");
    assert_eq!(
        lists(&project, "package.json"),
        r#"{"dependencies":{"a":"~2.0.0","b":"1.0.0","x":"npm:b@^2.0.0","y":"npm:b@^2.0.0"},"devDependencies":{"@s/c":"^1.2.0"}}"#
    );
    project.ok("update b@1.1.0");
    assert_eq!(project.version("b"), "1.1.0");
    project.ok("install --frozen-lockfile");
}

#[test]
fn workspaces_and_catalogs() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n  \"name\": \"p\",\n  \"workspaces\": {\n    \"packages\": [\"w/*\"],\n    \"catalog\": {\n      \"b\": \"^1.0.0\"\n    }\n  },\n  \"dependencies\": {\n    \"b\": \"catalog:\"\n  }\n}\n",
    );
    project.write("w/one/package.json", "{\n  \"name\": \"one\"\n}\n");
    project.write(
        "w/two/package.json",
        "{\n  \"name\": \"two\",\n  \"version\": \"1.0.0\"\n}\n",
    );
    project.ok("install");
    let ran = project.run_in("w/one", "add two a@1");
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    contains(&ran.text, "installed two@workspace:w/two");
    assert_eq!(
        lists(&project, "w/one/package.json"),
        r#"{"dependencies":{"a":"1","two":"workspace:*"}}"#
    );
    assert!(project.path("w/one/node_modules/two").is_symlink());
    project.ok("update");
    contains(
        &project.read("package.json"),
        "    \"catalog\": {\n      \"b\": \"^1.2.0\"\n    }",
    );
    project.ok("update --latest b");
    contains(&project.read("package.json"), "\"b\": \"^2.0.0\"");
    contains(&project.read("package.json"), "\"b\": \"catalog:\"");
    assert_eq!(project.version("b"), "2.0.0");
    project.ok("add --catalog @s/c");
    contains(
        &project.read("package.json"),
        "    \"catalog\": {\n      \"@s/c\": \"^1.1.0\",\n      \"b\": \"^2.0.0\"\n    }",
    );
    contains(&project.read("package.json"), "\"@s/c\": \"catalog:\"");
    project.ok("install --frozen-lockfile");
}
