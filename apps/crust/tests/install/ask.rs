//! Commands that only tell: `list`, `why`, `outdated`, `info`, `pm hash` and their like.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": {
    "1.2.0": { "dependencies": { "b": "^1.1.0" }, "license": "MIT" },
    "2.0.0": { "dependencies": { "b": "^2.0.0" }, "license": "MIT", "description": "the a", "bin": { "a-tool": "index.js" } } },
    "tags": { "old": "1.2.0" } },
  "b": { "versions": { "1.2.0": { "license": "ISC" }, "2.0.0": { "license": { "type": "ISC" } } } },
  "@s/c": { "versions": { "1.0.0": { "peerDependencies": { "b": "^1.0.0" } }, "1.1.0": {} } }
}"#;

fn project(registry: &Registry) -> Project {
    let project = Project::new(
        registry,
        r#"{"name":"p","dependencies":{"a":"^1.0.0","alias":"npm:a@2.0.0"},"devDependencies":{"@s/c":"1.0.0"}}"#,
    );
    project.ok("install");
    project
}

#[test]
fn list_and_why() {
    let registry = Registry::of(PACKAGES);
    let project = project(&registry);
    let text = project.ok("list");
    contains(
        &text,
        "node_modules (5 installed)\n├── @s/c@1.0.0\n├── a@1.2.0\n└── alias@2.0.0\n",
    );
    let text = project.ok("pm ls --all");
    contains(&text, "├── alias@2.0.0\n│   └── b@2.0.0\n└── b@1.2.0\n");
    contains(&project.ok("ls b"), "├── b@1.2.0\n└── b@2.0.0\n");
    assert!(!project.ok("list --all --production").contains("@s/c"));
    let text = project.ok("why b");
    contains(
        &text,
        "b@1.2.0\n  ├─ a@1.2.0 (requires ^1.1.0)\n  │  └─ p (requires ^1.0.0)\n  └─ peer @s/c@1.0.0 (requires ^1.0.0)\n     └─ dev p (requires 1.0.0)\n",
    );
    contains(
        &text,
        "b@2.0.0\n  └─ a@2.0.0 (requires ^2.0.0)\n     └─ p (requires alias@npm:a@2.0.0)\n",
    );
    assert!(!project.ok("why b --top").contains("dev p"));
    project.fails("why nope", "ERR_INSTALL_NOT_LISTED");
    let text = project.ok("pm licenses");
    contains(&text, "ISC (2)\n├── b@1.2.0\n└── b@2.0.0\n");
    contains(&text, "Unknown (1)\n└── @s/c@1.0.0 (dev)\n");
    // Bun's digest of these packages.
    let text = project.ok("pm hash-string");
    contains(
        &text,
        "--\n@s/c@1.0.0\na@1.2.0\na@2.0.0\nb@1.2.0\nb@2.0.0\n-- END",
    );
    assert_eq!(
        project.ok("pm hash").trim(),
        "AA18CE5C848DA9A0-25645008f9ab0d60-CC09DD4A5871BB83-7bacaf4f09165dc0"
    );
}

#[test]
fn outdated_and_info() {
    let registry = Registry::of(PACKAGES);
    let project = project(&registry);
    let text = project.ok("outdated");
    contains(&text, "| Package    | Current | Update | Latest |\n");
    contains(&text, "| a          | 1.2.0   | 1.2.0  | 2.0.0  |\n");
    contains(&text, "| @s/c (dev) | 1.0.0   | 1.0.0  | 1.1.0  |\n");
    assert!(!project.ok("outdated a").contains("@s/c"));
    contains(
        &project.ok("info a"),
        "a@2.0.0 | MIT | deps: 1 | versions: 2\nthe a\nbin: a-tool\n",
    );
    assert_eq!(project.ok("info a version"), "2.0.0\n");
    assert_eq!(project.ok("view a@old dependencies.b"), "^1.1.0\n");
    assert_eq!(
        project.ok("pm view a dist-tags --json"),
        "{\n  \"latest\": \"2.0.0\",\n  \"old\": \"1.2.0\"\n}\n"
    );
    project.fails("info a nope", "no field");
    project.fails("info nope", "ERR_INSTALL_NOT_FOUND");
    project.fails("info a@9", "ERR_INSTALL_NO_VERSION");
}

#[test]
fn who_and_where() {
    let registry = Registry::of(PACKAGES);
    registry.require("secret");
    let mut project = project(&registry);
    project.fails("whoami", "no credentials");
    project
        .variables
        .push(("BUN_CONFIG_TOKEN".into(), "wrong".into()));
    project.fails("pm whoami", "ERR_INSTALL_STATUS");
    project
        .variables
        .push(("BUN_CONFIG_TOKEN".into(), "secret".into()));
    assert_eq!(project.ok("whoami"), "tester\n");
    contains(&project.ok("pm bin"), "/project/node_modules/.bin\n");
    contains(&project.ok("pm cache"), "/cache\n");
    contains(
        &project.ok("pm cache rm --dry-run"),
        "Would remove 5 packages",
    );
    contains(&project.ok("pm cache rm"), "Removed 5 packages");
    contains(&project.ok("pm cache size"), "0B in 0 packages");
    contains(
        &project.ok("pm fetch"),
        "5 packages downloaded, 0 already in the cache",
    );
    contains(&project.ok("pm fetch"), "0 packages downloaded, 5 already");
    project.fails("pm nope", "unknown command");
    project.fails("pm scan", "not part of this version");
}
