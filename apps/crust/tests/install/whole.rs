//! Installations that fail, are interrupted or meet each other: what was there stays usable.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crust_registry::{Fault, Registry, Rule, synthetic};

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": {
    "1.0.0": { "dependencies": { "b": "1.0.0" }, "bin": { "a-tool": "index.js" } },
    "2.0.0": { "dependencies": { "b": "2.0.0", "c": "1.0.0" } } } },
  "b": { "versions": { "1.0.0": {}, "2.0.0": {} } },
  "c": { "versions": { "1.0.0": {} } },
  "gone": { "versions": { "1.0.0": {} } }
}"#;

const OLD: &str = r#"{"name":"p","workspaces":["w"],"dependencies":{"a":"1.0.0","gone":"1.0.0"}}"#;
const NEW: &str = r#"{"name":"p","workspaces":["w"],"dependencies":{"a":"2.0.0"}}"#;

fn start(project: &Project, line: &str) -> Child {
    let mut command = project.command(&project.folder, line);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Waits until the registry was asked for a path with `part` in it.
fn wait_for(registry: &Registry, part: &str) {
    let started = Instant::now();
    while registry.count(part) == 0 {
        assert!(started.elapsed() < Duration::from_mins(1), "{part}");
        std::thread::yield_now();
    }
}

fn hidden(project: &Project) -> Vec<String> {
    let entries = std::fs::read_dir(project.path("node_modules")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".crust-")).collect()
}

#[test]
fn a_failed_installation_leaves_the_tree_that_was() {
    for linker in ["hoisted", "isolated"] {
        let registry = Registry::of(PACKAGES);
        let project = Project::new(&registry, OLD);
        project.write("w/package.json", r#"{"name":"w"}"#);
        let install = format!("install --linker {linker}");
        project.ok(&install);
        let lock = project.lock();
        for fault in [Fault::Status(404), Fault::Damaged] {
            // The last one that comes, while the others are there already.
            registry.fail(Rule::always("c-1.0.0.tgz", fault));
            project.write("package.json", NEW);
            let ran = project.run(&install);
            assert_eq!(ran.code, Some(1), "{}", ran.text);
            registry.heal();
            assert_eq!(project.version("a"), "1.0.0", "{linker}");
            assert_eq!(project.version("gone"), "1.0.0", "{linker}");
            assert!(
                project.path("node_modules/.bin/a-tool").exists(),
                "{linker}"
            );
            assert_eq!(hidden(&project), [".crust-stamp"], "{linker}");
            assert_eq!(project.lock(), lock);
            // What is there is what was asked for before: nothing is to be linked.
            project.write("package.json", OLD);
            contains(&project.ok(&install), "no changes");
        }
        project.write("package.json", NEW);
        project.ok(&install);
        assert_eq!(project.version("a"), "2.0.0");
        assert!(!project.has("node_modules/gone"));
        assert_eq!(hidden(&project), [".crust-stamp"], "{linker}");
    }
}

#[test]
fn a_failed_first_installation_leaves_nothing() {
    let registry = Registry::of(PACKAGES);
    registry.fail(Rule::always("b-1.0.0.tgz", Fault::Damaged));
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#);
    project.fails("install", "ERR_INSTALL_INTEGRITY");
    assert!(!project.has("node_modules/a") && !project.has("node_modules/.crust-stamp"));
}

#[test]
fn what_a_killed_installation_left_is_mended() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#);
    registry.fail(Rule::always(
        "b-1.0.0.tgz",
        Fault::Late(Duration::from_mins(1)),
    ));
    let mut killed = start(&project, "install");
    wait_for(&registry, "b-1.0.0.tgz");
    let started = Instant::now();
    while !project.has("node_modules/a/package.json") {
        assert!(started.elapsed() < Duration::from_mins(1));
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    project.write("node_modules/.crust-trash-0-0/x/package.json", "{}");
    registry.heal();
    // What it placed is known, also where it is not wanted any more.
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"c":"1.0.0"}}"#,
    );
    project.ok("install");
    assert!(!project.has("node_modules/a") && project.has("node_modules/c"));
    assert_eq!(hidden(&project), [".crust-stamp"]);
    // What had come before is not asked for again.
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#,
    );
    project.ok("install");
    assert_eq!(registry.count("a-1.0.0.tgz"), 1);
    assert_eq!(registry.count("b-1.0.0.tgz"), 2);
}

#[test]
fn an_interrupted_installation_ends_in_good_order() {
    for manifest in ["", r#"{"name":"p","dependencies":{"b":"2.0.0"}}"#] {
        let registry = Registry::of(PACKAGES);
        let project = Project::new(&registry, "{}");
        if !manifest.is_empty() {
            project.write("package.json", manifest);
            project.ok("install");
        }
        let lock = project.lock();
        project.write(
            "package.json",
            r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#,
        );
        registry.fail(Rule::always(
            "b-1.0.0.tgz",
            Fault::Late(Duration::from_mins(1)),
        ));
        let mut command = project.command(&project.folder, "install");
        let running = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let running = running.unwrap();
        wait_for(&registry, "b-1.0.0.tgz");
        let pid = rustix::process::Pid::from_raw(running.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        contains(
            &String::from_utf8_lossy(&output.stderr),
            "ERR_INSTALL_INTERRUPTED",
        );
        assert_eq!(project.lock(), lock);
        assert!(!project.has("node_modules/a"));
        if !manifest.is_empty() {
            assert_eq!(project.version("b"), "2.0.0");
            project.write("package.json", manifest);
            contains(&project.ok("install"), "no changes");
        }
    }
}

#[test]
fn connections_are_used_again() {
    let registry = Registry::start(synthetic::packages(60));
    let direct = serde_json::Value::Object(synthetic::direct(60));
    let manifest = serde_json::json!({ "name": "p", "dependencies": direct });
    let project = Project::new(&registry, &manifest.to_string());
    project.ok("install --network-concurrency 4");
    let (connections, requests) = (registry.connections(), registry.asked().len());
    assert!(requests > 60, "{requests}");
    // A few more than at a time: one may be made while another becomes free.
    assert!(
        connections <= 12,
        "{connections} connections for {requests} requests"
    );
}

#[test]
fn a_manifest_edited_meanwhile_is_seen_by_the_next_installation() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"b":"1.0.0"}}"#);
    registry.fail(Rule::times(
        "b-1.0.0.tgz",
        Fault::Late(Duration::from_millis(700)),
        1,
    ));
    let mut running = start(&project, "install");
    wait_for(&registry, "b-1.0.0.tgz");
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"b":"1.0.0","c":"1.0.0"}}"#,
    );
    assert!(running.wait().unwrap().success());
    project.ok("install");
    assert!(project.has("node_modules/c"));
    contains(&project.ok("install"), "no changes");
}

#[test]
fn two_at_once_do_not_undo_each_other() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p"}"#);
    registry.fail(Rule::times(
        "b-2.0.0.tgz",
        Fault::Late(Duration::from_millis(700)),
        1,
    ));
    let mut first = start(&project, "add b@2.0.0");
    wait_for(&registry, "b-2.0.0.tgz");
    let mut second = start(&project, "add c@1.0.0");
    assert!(first.wait().unwrap().success());
    assert!(second.wait().unwrap().success());
    for name in ["b", "c"] {
        contains(&project.read("package.json"), &format!("\"{name}\""));
        contains(&project.lock(), &format!("    \"{name}\": ["));
        assert!(
            project.has(&format!("node_modules/{name}/package.json")),
            "{name}"
        );
    }
}

#[test]
fn commands_are_linked_as_the_header_says() {
    for linker in ["hoisted", "isolated"] {
        let registry = Registry::of(PACKAGES);
        let project = Project::new(&registry, r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#);
        let install = format!("install --linker {linker}");
        project.ok(&install);
        assert!(project.path("node_modules/.bin/a-tool").exists());
        project.ok("config feature enable DISABLE_BINLINKING");
        project.ok(&install);
        assert!(!project.has("node_modules/.bin"), "{linker}");
        project.ok("config feature disable DISABLE_BINLINKING");
        project.ok(&install);
        assert!(project.path("node_modules/.bin/a-tool").exists());
    }
}

#[test]
fn a_fast_copy_of_what_is_gone_is_fetched_again() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p","dependencies":{"b":"1.0.0"}}"#);
    project.ok("install");
    project.ok("config feature enable FAST_INSTALL");
    let packages = project.path("../cache/crust-v1/packages");
    let stored = std::fs::read_dir(packages)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    std::fs::remove_file(stored.join("index.js")).unwrap();
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    contains(&project.ok("install --backend copyfile"), "fetched again");
    assert_eq!(
        project.read("node_modules/b/index.js"),
        "module.exports = \"b@1.0.0\";\n"
    );
}

#[test]
fn a_linked_manifest_stays_a_link() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    project.write("real/package.json", "{\n  \"name\": \"p\"\n}\n");
    std::fs::remove_file(project.path("package.json")).unwrap();
    std::os::unix::fs::symlink("real/package.json", project.path("package.json")).unwrap();
    project.ok("add b@1.0.0");
    project.ok("pm pkg set description=x");
    assert!(project.path("package.json").is_symlink());
    let text = project.read("real/package.json");
    contains(&text, "\"b\": \"1.0.0\"");
    contains(&text, "\"description\": \"x\"");
}
