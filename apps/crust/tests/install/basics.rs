//! `crust install` alone: trees, repairs, registries, interruptions and bad answers.

use crust_registry::{Fault, Packages, Registry, Rule};

use crate::project::{Project, contains};

const DEP: &str = r#"{ "dep": { "versions": { "1.0.0": {} } } }"#;
const CONTENT: &str = "module.exports = \"dep@1.0.0\";\n";

fn project(registry: &Registry, range: &str) -> Project {
    let manifest = format!("{{\"name\":\"p\",\"dependencies\":{{\"dep\":\"{range}\"}}}}");
    Project::new(registry, &manifest)
}

#[test]
fn a_project_is_installed_once_and_repaired() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    contains(&project.ok("install"), "+ dep@1.0.0");
    let lock = project.lock();
    contains(&lock, "    \"dep\": [\"dep@1.0.0\", \"\", {}, \"sha512-");
    contains(&project.ok("install"), "(no changes)");
    // An edit through the hard link reaches the store; the next tree does not have it.
    project.write("node_modules/dep/index.js", "edited\n");
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.ok("ci");
    assert_eq!(project.read("node_modules/dep/index.js"), CONTENT);
    project.write("package.json", "{\"dependencies\":{}}");
    project.fails("install --frozen-lockfile", "ERR_INSTALL_FROZEN");
    assert_eq!(project.lock(), lock);
    contains(
        &project.ok("install"),
        "No packages! Deleted empty lockfile",
    );
    assert!(!project.has("bun.lock") && !project.has("node_modules/dep"));
}

#[test]
fn a_fast_installation_trusts_what_was_verified() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    project.ok("install");
    project.ok("config feature enable FAST_INSTALL");
    project.write("node_modules/dep/index.js", "edited\n");
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.ok("ci");
    assert_eq!(project.read("node_modules/dep/index.js"), "edited\n");
    project.ok("config feature disable FAST_INSTALL");
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.ok("ci");
    assert_eq!(project.read("node_modules/dep/index.js"), CONTENT);
}

#[test]
fn a_project_is_pinned_to_its_registry() {
    let (registry, other) = (Registry::of(DEP), Registry::of(DEP));
    let mut project = project(&registry, "^1");
    contains(&project.ok("install"), "Created crust.lockb [");
    let hash = project.ok("config get registry");
    project.registry = other.url();
    assert!(!project.ok("install --force").contains("crust.lockb"));
    // Only a private project minds.
    project.registry = registry.url();
    project.ok("config feature enable PRIVATE_REGISTRY");
    project.ok("ci");
    project.registry = other.url();
    for line in ["install --force", "ci --silent"] {
        let text = project.fails(line, "ERR_CONFIG_REGISTRY");
        contains(&text, "127.0.0.1");
        contains(&text, hash.trim());
    }
    project.ok("install --trust-registry");
    project.ok("ci");
    project.registry = registry.url();
    project.fails("ci", "ERR_CONFIG_REGISTRY");
    // What another program wrote there is not touched.
    project.write("crust.lockb", "#!/usr/bin/env bun\nbun-lockfile");
    project.registry = other.url();
    assert_eq!(project.run("install").code, Some(1));
}

#[test]
fn installations_at_once_leave_one_whole_tree() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| project.ok("install --force"));
        }
    });
    assert_eq!(project.read("node_modules/dep/index.js"), CONTENT);
    contains(&project.ok("ci"), "(no changes)");
}

#[test]
fn a_killed_installation_is_finished_by_the_next() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    for delay in [0, 2, 4, 8, 12, 16, 24, 32] {
        let mut child = project
            .command(&project.folder, "install --force --silent")
            .spawn()
            .unwrap();
        // Wherever it is by then; every moment must do.
        std::thread::sleep(std::time::Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        project.ok("install");
        assert_eq!(project.read("node_modules/dep/index.js"), CONTENT);
        std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    }
}

fn object(text: &str) -> serde_json::Map<String, serde_json::Value> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn bad_registries_are_errors_and_nothing_is_written() {
    let cases: [(&str, &str, Option<Rule>, &str); 13] = [
        (
            r#"{"dist":{"integrity":"sha512-AAAA"}}"#,
            "^1",
            None,
            "ERR_INSTALL_INTEGRITY",
        ),
        (
            r#"{"files":{"../../evil":"x"}}"#,
            "^1",
            None,
            "ERR_INSTALL_TARBALL",
        ),
        (
            r#"{"dependencies":{"../../evil":"npm:dep@1"}}"#,
            "^1",
            None,
            "ERR_INSTALL_SPECIFIER",
        ),
        ("{}", "^2", None, "ERR_INSTALL_NO_VERSION"),
        ("{}", "file:../x", None, "ERR_INSTALL_SPECIFIER"),
        ("{}", "npm:other@1", None, "ERR_INSTALL_NOT_FOUND"),
        (
            "{}",
            "^1",
            Some(Rule::always("/dep", Fault::Status(403))),
            "ERR_INSTALL_STATUS",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always("/dep", Fault::Status(503))),
            "ERR_INSTALL_STATUS",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always("/dep", Fault::Cut(20))),
            "ERR_INSTALL_NETWORK",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always("/dep", Fault::Body(b"{".to_vec()))),
            "ERR_INSTALL_PACKUMENT",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always(".tgz", Fault::Damaged)),
            "ERR_INSTALL_INTEGRITY",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always(".tgz", Fault::Short(40))),
            "ERR_INSTALL_INTEGRITY",
        ),
        (
            "{}",
            "^1",
            Some(Rule::always(".tgz", Fault::Status(404))),
            "ERR_INSTALL_NOT_FOUND",
        ),
    ];
    for (manifest, range, rule, code) in cases {
        let mut packages = Packages::default();
        packages.add("dep", "1.0.0", object(manifest));
        let registry = Registry::start(packages);
        if let Some(rule) = rule {
            registry.fail(rule);
        }
        let project = project(&registry, range);
        project.fails("install", code);
        assert!(!project.has("bun.lock"), "{code}");
        assert!(!project.has("node_modules/dep"), "{code}");
        assert!(!project.has("../evil") && !project.has("evil"), "{code}");
    }
}

#[test]
fn what_fails_once_is_asked_again() {
    let registry = Registry::of(DEP);
    for fault in [Fault::Status(500), Fault::Status(429), Fault::Cut(7)] {
        let project = project(&registry, "^1");
        registry.fail(Rule::times("/dep", fault.clone(), 1));
        registry.fail(Rule::times(".tgz", fault, 1));
        project.ok("install");
        registry.heal();
    }
}

#[test]
fn digests_are_not_compared_where_nobody_wants_it() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    project.ok("install --lockfile-only");
    let lock = project.lock();
    let at = lock.find("sha512-").unwrap() + "sha512-".len();
    let wrong = format!("{}AAAA{}", &lock[..at], &lock[at + 4..]);
    project.write("bun.lock", &wrong);
    project.fails("install", "ERR_INSTALL_INTEGRITY");
    project.ok("install --no-verify");
    assert_eq!(project.read("node_modules/dep/index.js"), CONTENT);
    // What came so is not taken for what was verified.
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.fails("install", "ERR_INSTALL_INTEGRITY");
    project.write("bun.lock", &lock);
    project.ok("install");
}

#[test]
fn another_file_of_settings() {
    let registry = Registry::of(DEP);
    let mut project = project(&registry, "^1");
    project.registry = String::new();
    project.write(
        "bunfig.toml",
        "[install]\nregistry = \"http://127.0.0.1:1/\"\n",
    );
    let other = format!(
        "[install]\nregistry = \"{}\"\nlinker = \"isolated\"\n",
        registry.url()
    );
    project.write("other.toml", &other);
    project.ok("install --config other.toml");
    assert!(project.has("node_modules/.bun"));
    contains(&project.ok("info dep version -c other.toml"), "1.0.0");
    contains(&project.ok("install -c=other.toml"), "no changes");
    project.fails("install --config nope.toml", "ERR_INSTALL_IO");
}

#[test]
fn events_are_json_lines() {
    let registry = Registry::of(DEP);
    let project = project(&registry, "^1");
    let ran = project.run("install --json");
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    let events: Vec<serde_json::Value> = ran
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&str> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    for name in [
        "resolving",
        "download-started",
        "downloaded",
        "linking",
        "linked",
        "saved-lockfile",
    ] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let summary = events.last().unwrap();
    assert_eq!(
        (
            &summary["event"],
            &summary["placed"],
            &summary["added"][0]["version"]
        ),
        (&"summary".into(), &1.into(), &"1.0.0".into())
    );
    std::fs::remove_dir_all(project.path("../cache")).unwrap();
    contains(
        &project.run("install --force --verbose").text,
        "downloaded dep",
    );
}

#[test]
fn slow_answers_are_waited_for_and_credentials_are_asked_for() {
    let registry = Registry::of(DEP);
    let slow = project(&registry, "^1");
    registry.fail(Rule::always(
        "dep",
        Fault::Late(std::time::Duration::from_millis(300)),
    ));
    slow.ok("install");
    registry.heal();
    registry.fail(Rule::always("/dep", Fault::Status(401)));
    let text = project(&registry, "^1").fails("install", "ERR_INSTALL_STATUS");
    contains(&text, "401 (the registry wants credentials)");
}

#[test]
fn workspaces_in_a_circle_are_installed() {
    let registry = Registry::of(DEP);
    let project = Project::new(&registry, r#"{"name":"p","workspaces":["w/*"]}"#);
    for (own, other) in [("a", "b"), ("b", "a")] {
        project.write(
            &format!("w/{own}/package.json"),
            &format!(r#"{{"name":"{own}","version":"1.0.0","dependencies":{{"{other}":"workspace:*","dep":"1"}},"scripts":{{"postinstall":"echo {own} >> ../../log"}}}}"#),
        );
    }
    for linker in ["isolated", "hoisted"] {
        project.ok(&format!("install --linker {linker}"));
        project.ok(&format!("install --linker {linker} --frozen-lockfile"));
    }
    assert_eq!(project.read("log").lines().count(), 8);
}

#[test]
fn the_message_says_who_asked_and_what_there_is() {
    let registry = Registry::of(
        r#"{ "dep": { "versions": { "1.0.0": { "dependencies": { "low": "^3" } } } }, "low": { "versions": { "1.0.0": {}, "2.0.0": {} } } }"#,
    );
    let text = project(&registry, "^1").fails("install", "ERR_INSTALL_NO_VERSION");
    contains(
        &text,
        "\"^3\" found for specifier \"low\", requested by dep@1.0.0 (latest is 2.0.0; greatest versions: 2.0.0, 1.0.0)",
    );
}
