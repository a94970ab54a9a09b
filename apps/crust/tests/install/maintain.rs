//! Trust, pruning, sharing versions, audits and fields of manifests.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "builds": { "versions": { "1.0.0": { "scripts": { "postinstall": "echo made > made; echo changed > index.js" } } } },
  "a": { "versions": { "1.0.0": { "dependencies": { "b": "^1.0.0" } } } },
  "b": { "versions": { "1.0.0": {}, "1.1.0": {}, "2.0.0": {} },
    "advisories": [{ "id": 7, "url": "http://127.0.0.1/GHSA-x", "title": "bad thing", "severity": "high", "vulnerable_versions": "<1.1.0" }] }
}"#;

#[test]
fn trust_runs_what_was_blocked() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"builds":"1.0.0","a":"1"}}"#,
    );
    project.ok("install");
    let text = project.ok("pm untrusted");
    contains(
        &text,
        "./node_modules/builds @1.0.0\n » [postinstall]: echo made",
    );
    project.fails("pm trust", "--all");
    project.fails("pm trust a", "ERR_INSTALL_NOTHING_TO_TRUST");
    project.ok("pm trust --all --dry-run");
    assert!(!project.has("node_modules/builds/made"));
    contains(
        &project.ok("pm trust builds"),
        " 1 script ran across 1 package",
    );
    assert!(project.has("node_modules/builds/made"));
    contains(
        &project.read("package.json"),
        "\"trustedDependencies\": [\n    \"builds\"\n  ]",
    );
    contains(
        &project.lock(),
        "\"trustedDependencies\": [\n    \"builds\",",
    );
    contains(&project.ok("pm untrusted"), "No package");
    contains(&project.ok("pm default-trusted"), " - esbuild\n");
    // The cache has the file as it was published.
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    let text = project.ok("install --ignore-scripts");
    assert!(!text.contains("fetched again"), "{text}");
    contains(
        &project.read("node_modules/builds/index.js"),
        "module.exports",
    );
}

#[test]
fn prune_takes_away_what_is_not_locked() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"1"},"devDependencies":{"builds":"1"}}"#,
    );
    project.ok("install");
    contains(&project.ok("prune"), "nothing to prune");
    project.write("node_modules/zzz/package.json", "{}");
    project.write("node_modules/@x/y/package.json", "{}");
    let ran = project.run("prune --check");
    assert_eq!(ran.code, Some(1), "{}", ran.text);
    contains(&ran.text, "- @x/y\n- zzz\n2 packages can be removed");
    contains(
        &project.ok("prune"),
        "2 packages removed (checked 5 installed packages)",
    );
    assert!(!project.has("node_modules/zzz") && !project.has("node_modules/@x"));
    contains(
        &project.ok("prune --production"),
        "- builds\n1 package removed",
    );
    assert!(project.has("node_modules/a") && project.has("node_modules/b"));
}

#[test]
fn what_only_workspaces_need_is_known_in_hoisted_workspaces() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","workspaces":["w/*"],"dependencies":{"b":"2.0.0"}}"#,
    );
    project.write(
        "w/one/package.json",
        r#"{"name":"one","dependencies":{"a":"1","b":"1.0.0","builds":"1"}}"#,
    );
    project.ok("install --linker hoisted");
    let tree = [
        "node_modules/one",
        "node_modules/a",
        "node_modules/a/node_modules/b",
        "node_modules/builds",
        "w/one/node_modules/b",
    ];
    for line in ["prune", "prune --production"] {
        contains(&project.ok(line), "nothing to prune");
        for path in tree {
            assert!(project.has(path), "{line}: {path}");
        }
    }
    contains(
        &project.ok("list --all"),
        "├── a@1.0.0\n│   └── b@1.0.0\n├── b@2.0.0\n├── builds@1.0.0\n└── one@workspace:w/one\n    └── b@1.0.0\n",
    );
    contains(&project.ok("pm untrusted"), "./node_modules/builds @1.0.0");
    contains(&project.ok("pm licenses"), "├── b@2.0.0\n├── b@1.0.0\n");
    contains(
        &project.ok("patch w/one/node_modules/b"),
        "w/one/node_modules/b",
    );
    project.write("w/one/node_modules/zzz/package.json", "{}");
    contains(
        &project.ok("prune"),
        "- w/one/node_modules/zzz\n1 package removed",
    );
}

#[test]
fn filters_and_kinds_choose_what_is_asked_about() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","workspaces":["w/*"]}"#);
    project.write(
        "w/one/package.json",
        r#"{"name":"one","optionalDependencies":{"b":"1.0.0"}}"#,
    );
    project.write(
        "w/two/package.json",
        r#"{"name":"two","dependencies":{"b":"2.0.0"}}"#,
    );
    project.ok("install --linker hoisted");
    contains(&project.run("audit").text, "b@1.0.0");
    contains(
        &project.ok("audit --omit optional"),
        "No vulnerabilities found",
    );
    project.fails("audit --omit nothing", "\"nothing\" is not");
    let text = project.ok("outdated --filter one --filter two");
    contains(
        &text,
        "| b (optional) | 1.0.0   | 1.0.0  | 2.0.0  | one       |",
    );
    assert!(!project.ok("outdated --filter two").contains("1.0.0"));
    project.fails("outdated --filter nope", "ERR_INSTALL_FILTER");
    contains(
        &project.ok("pm licenses --filter two"),
        "└── b@2.0.0\n\n1 package",
    );
    contains(&project.ok("pm licenses"), "2 packages across");
    project.fails("pm licenses --filter nope", "ERR_INSTALL_FILTER");
    project.write("w/one/node_modules/zzz/package.json", "{}");
    project.write("w/two/node_modules/zzz/package.json", "{}");
    contains(
        &project.ok("prune --filter two"),
        "- w/two/node_modules/zzz\n1 package removed",
    );
    assert!(project.has("w/one/node_modules/zzz"));
    project.fails("prune --filter nope", "ERR_INSTALL_FILTER");
    // The version that stays stands where it was put, below one that goes.
    assert_eq!(project.version("b"), "1.0.0");
    let text = project.ok("prune --omit optional");
    contains(&text, "- b\n- w/one/node_modules/zzz\n2 packages removed");
    contains(&project.read("w/two/node_modules/b/package.json"), "2.0.0");
    contains(&project.ok("prune --omit optional"), "nothing to prune");
    // And where it stands when nothing else was ever installed.
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    std::fs::remove_dir_all(project.path("w/two/node_modules")).unwrap();
    project.ok("install --linker hoisted --omit optional");
    assert_eq!(project.version("b"), "2.0.0");
    contains(&project.ok("prune --omit optional"), "nothing to prune");
}

#[test]
fn dedupe_lets_ranges_share_a_version() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"1","b":"1.0.0"}}"#,
    );
    project.ok("install");
    project.ok("dedupe --check");
    // The lockfile keeps the older version for a range that the newer one serves, too.
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"a":"1","b":"1.1.0"}}"#,
    );
    project.ok("install");
    assert_eq!(project.version("a/node_modules/b"), "1.0.0");
    let ran = project.run("dedupe --check");
    assert_eq!(ran.code, Some(1), "{}", ran.text);
    contains(&ran.text, "^ b 1.0.0, 1.1.0 -> 1.1.0");
    project.ok("dedupe");
    assert_eq!(project.version("b"), "1.1.0");
    assert!(!project.has("node_modules/a/node_modules/b"));
    project.ok("dedupe --check");
    project.ok("install --frozen-lockfile");
}

#[test]
fn audit_tells_and_mends() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"1","b":"1.0.0"}}"#,
    );
    project.ok("install");
    project.write("package.json", r#"{"name":"p","dependencies":{"a":"1"}}"#);
    project.ok("install");
    assert_eq!(project.version("b"), "1.0.0");
    let ran = project.run("audit");
    assert_eq!(ran.code, Some(1), "{}", ran.text);
    contains(
        &ran.text,
        "b@1.0.0\n  high: bad thing (<1.1.0) - http://127.0.0.1/GHSA-x\n",
    );
    contains(&ran.text, "1 vulnerability (1 high)");
    for line in [
        "audit --audit-level critical",
        "audit --ignore GHSA-x",
        "audit --ignore 7",
    ] {
        contains(&project.ok(line), "No vulnerabilities");
    }
    contains(&project.run("audit --json").text, "{\"b\":[{\"id\":7,");
    contains(&project.ok("audit fix"), "No vulnerabilities are left");
    assert_eq!(project.version("b"), "1.1.0");
}

#[test]
fn fields_and_versions_of_the_manifest() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n    \"name\": \"p\",\n    \"version\": \"1.0.0\"\n}\n",
    );
    project.ok("pm pkg set scripts.build=tsc files[0]=dist");
    project.ok("pm pkg set private=true --json");
    assert_eq!(
        project.read("package.json"),
        "{\n    \"name\": \"p\",\n    \"version\": \"1.0.0\",\n    \"scripts\": {\n        \"build\": \"tsc\"\n    },\n    \"files\": [\n        \"dist\"\n    ],\n    \"private\": true\n}\n"
    );
    assert_eq!(project.ok("pm pkg get scripts.build"), "\"tsc\"\n");
    assert_eq!(
        project.ok("pm pkg get name nope version"),
        "{\n  \"name\": \"p\",\n  \"version\": \"1.0.0\"\n}\n"
    );
    project.ok("pm pkg delete scripts files private");
    assert_eq!(
        project.read("package.json"),
        "{\n    \"name\": \"p\",\n    \"version\": \"1.0.0\"\n}\n"
    );
    project.fails("pm pkg set x", "name=value");
    assert_eq!(project.ok("pm version minor"), "v1.1.0\n");
    assert_eq!(
        project.ok("pm version prerelease --preid rc"),
        "v1.1.1-rc.0\n"
    );
    project.fails("pm version 1.1.1-rc.0", "already");
    project.fails("pm version nonsense", "neither a version");
    contains(
        &project.read("package.json"),
        "\"version\": \"1.1.1-rc.0\"\n",
    );
}
