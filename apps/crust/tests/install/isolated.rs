//! The isolated layout: packages in `node_modules/.bun`, and links to them.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r##"{
  "a": { "versions": { "1.2.0": { "dependencies": { "b": "^1.1.0" }, "bin": { "a-tool": "index.js" } } } },
  "b": { "versions": { "1.0.0": {}, "1.2.0": {}, "2.0.0": {} } },
  "@s/c": { "versions": { "1.1.0": { "peerDependencies": { "b": ">=1" } } } },
  "tool": { "versions": { "1.0.0": { "dependencies": { "b": "^1" }, "bin": { "tool": "cli.sh" }, "files": { "cli.sh": "#!/bin/sh\necho tool\n" } } } },
  "round": { "versions": { "1.0.0": { "dependencies": { "trip": "1" } } } },
  "trip": { "versions": { "1.0.0": { "dependencies": { "round": "1" }, "peerDependencies": { "b": "*" } } } },
  "builds": { "versions": { "1.0.0": { "scripts": { "postinstall": "tool > made" }, "dependencies": { "tool": "1" } } } }
}"##;

fn target(project: &Project, link: &str) -> String {
    let to = std::fs::read_link(project.path(link)).unwrap_or_default();
    to.to_string_lossy().into_owned()
}

/// Folders of the store of the package called `name`.
fn stored(project: &Project, name: &str) -> Vec<String> {
    let entries = std::fs::read_dir(project.path("node_modules/.bun")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|folder| folder.starts_with(&format!("{name}@")))
        .collect();
    names.sort();
    names
}

fn workspace(registry: &Registry) -> Project {
    let project = Project::new(
        registry,
        r#"{"name":"p","workspaces":["w/*"],"dependencies":{"b":"^1.0.0"}}"#,
    );
    project.write(
        "w/one/package.json",
        r#"{"name":"one","version":"1.0.0","dependencies":{"two":"*","a":"1.2.0","@s/c":"1"}}"#,
    );
    project.write(
        "w/two/package.json",
        r#"{"name":"two","dependencies":{"tool":"1","b":"2.0.0","@s/c":"1","fl":"file:./fl"}}"#,
    );
    project.write(
        "w/two/fl/package.json",
        r#"{"name":"fl","version":"1.0.0","dependencies":{"b":"1.0.0"}}"#,
    );
    project
}

#[test]
fn a_new_workspace_is_isolated_as_in_bun() {
    let registry = Registry::of(PACKAGES);
    let project = workspace(&registry);
    project.ok("install");
    for (link, to) in [
        ("node_modules/b", ".bun/b@1.2.0/node_modules/b"),
        (
            "node_modules/.bun/a@1.2.0/node_modules/b",
            "../../b@1.2.0/node_modules/b",
        ),
        (
            "node_modules/.bun/a@1.2.0/node_modules/.bin/a-tool",
            "../a/index.js",
        ),
        (
            "node_modules/.bun/fl@file+w+two+fl/node_modules/b",
            "../../b@1.0.0/node_modules/b",
        ),
        (
            "node_modules/.bun/node_modules/tool",
            "../tool@1.0.0/node_modules/tool",
        ),
        (
            "w/one/node_modules/a",
            "../../../node_modules/.bun/a@1.2.0/node_modules/a",
        ),
        ("w/one/node_modules/.bin/a-tool", "../a/index.js"),
        ("w/one/node_modules/two", "../../two"),
        (
            "w/two/node_modules/fl",
            "../../../node_modules/.bun/fl@file+w+two+fl/node_modules/fl",
        ),
    ] {
        assert_eq!(target(&project, link), to, "{link}");
    }
    assert!(!project.has("node_modules/a") && !project.has("node_modules/two"));
    // Each sees the peer of its own dependent.
    assert_eq!(stored(&project, "@s+c").len(), 2);
    let peer = |workspace: &str| {
        let package = project
            .path(&format!("w/{workspace}/node_modules/@s/c"))
            .canonicalize()
            .unwrap();
        std::fs::read_to_string(package.join("../../b/index.js")).unwrap()
    };
    assert_eq!(
        (peer("one").as_str(), peer("two").as_str()),
        (
            "module.exports = \"b@1.2.0\";\n",
            "module.exports = \"b@2.0.0\";\n"
        )
    );
    contains(&project.ok("install"), "no changes");
    project.ok("ci");
    // A package that is not needed any more goes, and its links.
    project.write(
        "w/one/package.json",
        r#"{"name":"one","version":"1.0.0","dependencies":{"@s/c":"1"}}"#,
    );
    project.ok("install");
    assert!(!project.has("w/one/node_modules/a") && stored(&project, "a").is_empty());
    assert!(!project.has("w/one/node_modules/.bin/a-tool"));
    contains(&project.ok("pm licenses"), "b@2.0.0");
}

#[test]
fn layouts_change_into_each_other() {
    let registry = Registry::of(PACKAGES);
    let project = workspace(&registry);
    project.ok("install --linker hoisted");
    assert_eq!(project.version("a"), "1.2.0");
    assert!(!project.has("node_modules/.bun"));
    let lock = project.lock();
    project.ok("install --linker isolated");
    assert!(!project.has("node_modules/a") && project.path("node_modules/b").is_symlink());
    project.ok("install --linker hoisted");
    assert!(!project.path("node_modules/b").is_symlink() && !project.has("node_modules/.bun"));
    assert_eq!(
        (project.version("b"), project.lock()),
        ("1.2.0".into(), lock.clone())
    );
    // An old lockfile means the old layout.
    project.write("bun.lock", &lock.replace("  \"configVersion\": 1,\n", ""));
    project.ok("install");
    assert!(!project.path("node_modules/b").is_symlink());
    project.fails("install --linker flat", "ERR_INSTALL_CONFIG");
}

#[test]
fn filters_leave_the_rest_alone() {
    let registry = Registry::of(PACKAGES);
    for linker in ["isolated", "hoisted"] {
        let project = workspace(&registry);
        project.ok(&format!("install --linker {linker} --filter two"));
        let has = |path: &str| project.has(path) || project.has(&path.replace("w/two/", ""));
        assert!(
            has("w/two/node_modules/tool")
                && !has("w/one/node_modules/a")
                && !project.has("node_modules/a"),
            "{linker}"
        );
        let lock = project.lock();
        // What it needs of the workspace comes along, and what is there stays.
        project.ok(&format!("install --linker {linker} --filter one"));
        assert!(has("w/two/node_modules/tool"), "{linker}");
        assert!(
            project.has("w/one/node_modules/a") || project.has("node_modules/a"),
            "{linker}"
        );
        project.ok(&format!("install --linker {linker} --frozen-lockfile"));
        assert_eq!(project.lock(), lock);
        contains(&project.ok("install --filter nope"), "meant by the filter");
        project.ok("add builds --ignore-scripts -F one -F two");
        for package in ["w/one", "w/two"] {
            contains(
                &project.read(&format!("{package}/package.json")),
                "\"builds\": \"^1.0.0\"",
            );
        }
        project.ok("remove builds --filter ./w/*");
        assert!(!project.read("w/one/package.json").contains("builds"));
    }
}

#[test]
fn circles_and_scripts() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"round":"1","b":"1.0.0","builds":"1"},"trustedDependencies":["builds"]}"#,
    );
    project.write("bunfig.toml", "[install]\nlinker = \"isolated\"\n");
    project.ok("install");
    let trip = stored(&project, "trip");
    assert_eq!((stored(&project, "round").len(), trip.len()), (1, 1));
    let inside = format!("node_modules/.bun/{}/node_modules", trip[0]);
    assert!(
        project.has(&format!("{inside}/round/package.json"))
            && project.has(&format!("{inside}/b/package.json"))
    );
    assert_eq!(project.read("node_modules/builds/made"), "tool\n");
    contains(&project.ok("install"), "no changes");
    project.write("index.js", "console.log(require('b'), require('round'));\n");
    contains(&project.ok("index.js"), "b@1.0.0 round@1.0.0");
}

#[test]
fn the_project_header_can_ask_for_the_hoisted_layout() {
    let registry = Registry::of(PACKAGES);
    for words in [
        "config feature enable DISABLE_ISOLATED_LINKER",
        "config set version 0 --downgrade",
    ] {
        let project = workspace(&registry);
        project.ok("config init");
        project.ok(words);
        project.ok("install");
        assert!(!project.path("node_modules/.bun").exists(), "{words}");
        assert!(project.path("node_modules/b/package.json").is_file());
        // The command line says more than the header.
        project.ok("install --linker isolated");
        assert!(project.path("node_modules/.bun").exists(), "{words}");
    }
}
