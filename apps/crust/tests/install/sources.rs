//! Dependencies that no registry has: folders, links, tarballs and repositories.

use std::path::Path;
use std::process::Command;

use crust_registry::{Registry, gzip, tarball};

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": { "1.2.0": { "dependencies": { "b": "^1.1.0" } } } },
  "b": { "versions": { "1.0.0": {}, "1.2.0": {} } }
}"#;

fn git(folder: &Path, line: &str) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@localhost"])
        .args(line.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn folders_are_copied_and_links_are_links() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"l":"file:./l","k":"link:./l"}}"#,
    );
    project.write("l/package.json", r#"{"name":"lname","version":"0.1.0","bin":"x.js","dependencies":{"b":"1.0.0","inner":"file:../l2"}}"#);
    project.write("l/x.js", "1\n");
    project.write("l/node_modules/q/index.js", "1\n");
    project.write("l2/package.json", r#"{"name":"inner","version":"0.0.2"}"#);
    project.ok("install");
    let lock = project.lock();
    contains(
        &lock,
        "    \"k\": [\"lname@link:./l\", { \"bin\": \"x.js\" }],\n",
    );
    contains(
        &lock,
        "    \"l\": [\"lname@file:l\", { \"dependencies\": { \"b\": \"1.0.0\", \"inner\": \"file:../l2\" }, \"bin\": \"x.js\" }],\n",
    );
    contains(&lock, "    \"l/inner\": [\"inner@file:l2\", {}],\n");
    assert!(project.path("node_modules/k").is_symlink() && project.has("node_modules/.bin/l"));
    assert!(project.has("node_modules/l/node_modules/inner/package.json"));
    assert!(!project.has("node_modules/l/node_modules/q"));
    assert_eq!(project.version("b"), "1.0.0");
    contains(&project.ok("install"), "no changes");
    // A folder that changes is copied again, and the copy is the project's own.
    project.write("node_modules/l/x.js", "copy\n");
    assert_eq!(project.read("l/x.js"), "1\n");
    project.write("l/new.js", "2\n");
    project.ok("install --frozen-lockfile");
    assert_eq!(project.read("node_modules/l/new.js"), "2\n");
    project.write("l3/package.json", r#"{"name":"third","version":"1.0.0"}"#);
    contains(&project.ok("add ./l3"), "installed third@l3");
    contains(&project.read("package.json"), "\"third\": \"./l3\"");
    project.fails("add ./nothing", "has no package.json");
}

#[test]
fn tarballs_are_checked() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        &format!(
            r#"{{"name":"p","dependencies":{{"t":"file:./t.tgz","u":"{}b/-/b-1.2.0.tgz"}}}}"#,
            registry.url()
        ),
    );
    let manifest = |version: &str| {
        let text =
            format!(r#"{{"name":"tname","version":"{version}","dependencies":{{"a":"1"}}}}"#);
        vec![("package.json".to_owned(), text.into_bytes())]
    };
    std::fs::write(project.path("t.tgz"), tarball(&manifest("1.0.0"))).unwrap();
    project.ok("install");
    let lock = project.lock();
    contains(
        &lock,
        "    \"t\": [\"tname@./t.tgz\", { \"dependencies\": { \"a\": \"1\" } }, \"sha512-",
    );
    contains(
        &lock,
        &format!(
            "    \"u\": [\"b@{}b/-/b-1.2.0.tgz\", {{}}, \"sha512-",
            registry.url()
        ),
    );
    assert_eq!(
        (project.version("t"), project.version("a")),
        ("1.0.0".into(), "1.2.0".into())
    );
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.ok("ci");
    // Another tarball in the same place is not what the lockfile means.
    std::fs::write(project.path("t.tgz"), tarball(&manifest("1.0.1"))).unwrap();
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    std::fs::remove_dir_all(project.path("../cache")).unwrap();
    project.fails("ci", "ERR_INSTALL_INTEGRITY");
    std::fs::write(project.path("t.tgz"), gzip(b"no tarball")).unwrap();
    std::fs::remove_file(project.path("bun.lock")).unwrap();
    project.fails("install", "ERR_INSTALL_TARBALL");
}

#[test]
fn repositories_are_pinned_to_commits() {
    let registry = Registry::of(PACKAGES);
    let mut project = Project::new(&registry, r#"{"name":"p"}"#);
    let repository = project.path("../owner/repo.git");
    std::fs::create_dir_all(&repository).unwrap();
    git(&repository, "init -q -b main");
    std::fs::write(
        repository.join("package.json"),
        r#"{"name":"gname","version":"1.0.0","dependencies":{"b":"1.0.0"}}"#,
    )
    .unwrap();
    git(&repository, "add .");
    git(&repository, "commit -qm one");
    git(&repository, "tag v1.0.0");
    std::fs::write(
        repository.join("package.json"),
        r#"{"name":"gname","version":"1.1.0"}"#,
    )
    .unwrap();
    git(&repository, "commit -qam two");
    git(&repository, "tag v1.1.0");
    let url = format!(
        "git+file://{}",
        repository.canonicalize().unwrap().display()
    );
    let text = project.ok(&format!("add {url}#v1.0.0"));
    contains(&text, "installed gname@git+file://");
    assert_eq!(
        (project.version("gname"), project.version("b")),
        ("1.0.0".into(), "1.0.0".into())
    );
    contains(&project.lock(), "    \"gname\": [\"gname@git+file://");
    // A branch that moves changes nothing until somebody updates.
    project.ok(&format!("add g@{url}#main"));
    assert_eq!(project.version("g"), "1.1.0");
    std::fs::write(
        repository.join("package.json"),
        r#"{"name":"gname","version":"1.2.0"}"#,
    )
    .unwrap();
    git(&repository, "commit -qam three");
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    project.ok("ci");
    assert_eq!(project.version("g"), "1.1.0");
    project.ok("update g");
    assert_eq!(project.version("g"), "1.2.0");
    project.ok(&format!("add s@{url}#semver:^1.0.0"));
    assert_eq!(project.version("s"), "1.1.0");
    project.fails(&format!("add {url}#nothing"), "ERR_INSTALL_PROGRAM");
    project.fails(&format!("add {url}#--output=x"), "ERR_INSTALL_PROGRAM");
    project.fails("add git+ext::sh", "ERR_INSTALL");
    // Nobody built it before, so `prepare` runs where it is trusted.
    std::fs::write(
        repository.join("package.json"),
        r#"{"name":"gname","version":"2.0.0","scripts":{"prepare":"echo built > made"}}"#,
    )
    .unwrap();
    git(&repository, "commit -qam four");
    contains(
        &project.ok(&format!("add built@{url}#main")),
        "Blocked 1 postinstall",
    );
    project.ok("pm trust built");
    assert_eq!(project.read("node_modules/built/made"), "built\n");
    // GitHub, as git's own settings let us put a folder in its place.
    let base = format!(
        "file://{}/",
        project.path("..").canonicalize().unwrap().display()
    );
    for (name, value) in [
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", format!("url.{base}.insteadOf")),
        ("GIT_CONFIG_VALUE_0", "https://github.com/".to_owned()),
    ] {
        project.variables.push((name.to_owned(), value));
    }
    project.ok("add h@owner/repo#v1.0.0");
    assert_eq!(project.version("h"), "1.0.0");
    contains(&project.lock(), "\"gname@github:owner/repo#");
    std::fs::remove_dir_all(project.path("node_modules")).unwrap();
    std::fs::remove_dir_all(project.path("../cache")).unwrap();
    project.ok("ci");
    assert_eq!(project.version("h"), "1.0.0");
}
