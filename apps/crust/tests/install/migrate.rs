//! Lockfiles with merge conflicts, and those of other package managers.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "a": { "versions": {
    "1.0.0": { "dependencies": { "b": "^1.0.0" } },
    "1.2.0": { "dependencies": { "b": "^1.0.0" } } } },
  "b": { "versions": { "1.0.0": {}, "1.1.0": {} } },
  "c": { "versions": { "1.0.0": {}, "1.1.0": {} } }
}"#;

#[test]
fn merge_conflicts_are_resolved() {
    let registry = Registry::of(PACKAGES);
    let lock = |dependencies: &str| {
        let project = Project::new(
            &registry,
            &format!(r#"{{"name":"p","dependencies":{{{dependencies}}}}}"#),
        );
        project.ok("install --lockfile-only");
        project.lock()
    };
    let (ours, theirs) = (lock(r#""a":"1.0.0""#), lock(r#""c":"1.0.0""#));
    let section = |text: &str| {
        text.split("  \"packages\": {\n")
            .nth(1)
            .unwrap()
            .replace("  }\n}\n", "")
    };
    let conflicted = format!(
        "{{\n  \"lockfileVersion\": 2,\n  \"configVersion\": 1,\n  \"workspaces\": {{\n    \"\": {{\n      \"name\": \"p\",\n      \"dependencies\": {{\n<<<<<<< HEAD\n        \"a\": \"1.0.0\",\n=======\n        \"c\": \"1.0.0\",\n>>>>>>> other\n      }},\n    }},\n  }},\n  \"packages\": {{\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> other\n  }}\n}}\n",
        section(&ours),
        section(&theirs)
    );
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"a":"^1.0.0","c":"^1.0.0"}}"#,
    );
    project.write("bun.lock", &conflicted);
    project.fails("install --frozen-lockfile", "ERR_INSTALL_FROZEN");
    contains(&project.ok("install"), "had merge conflicts");
    // Both sides' versions are kept.
    assert_eq!(
        (project.version("a"), project.version("c")),
        ("1.0.0".into(), "1.0.0".into())
    );
    assert!(!project.lock().contains("<<<<<<<"));
    project.ok("ci");
    project.write("bun.lock", "<<<<<<< HEAD\n{\n=======\n[\n>>>>>>> x\n");
    project.write(
        "package.json",
        r#"{"name":"p","dependencies":{"a":"^1.0.0"}}"#,
    );
    project.fails("install", "ERR_INSTALL_LOCKFILE");
}

/// Lockfiles of Bun 1.1.30 and 1.4.4, made with a registry whose packages have other digests.
static LOCKB: [&[u8]; 2] = [
    include_bytes!("../../../../services/crust_installer/src/migrate/fixtures/format2.lockb"),
    include_bytes!("../../../../services/crust_installer/src/migrate/fixtures/format3.lockb"),
];

#[test]
fn the_binary_lockfile_of_bun_is_migrated() {
    let registry = Registry::of(
        r#"{
      "a": { "versions": { "1.0.0": { "dependencies": { "b": "^1.0.0" } }, "1.0.9": { "dependencies": { "b": "^1.0.0" } } } },
      "b": { "versions": { "1.0.0": {}, "1.9.0": {}, "2.0.0-beta.1": {} } },
      "c": { "versions": { "1.0.0": {}, "1.9.0": {} } },
      "@scope/quite-long-name": { "versions": { "1.0.0": { "dependencies": { "b": "2.0.0-beta.1" } }, "1.9.0": {} } }
    }"#,
    );
    for (bytes, config_version) in LOCKB.into_iter().zip([0, 1]) {
        let project = Project::new(
            &registry,
            r#"{"name":"p","workspaces":["w"],"dependencies":{"a":"^1.0.0","x":"npm:b@^1.0.0","@scope/quite-long-name":"latest"},"devDependencies":{"c":"*"}}"#,
        );
        project.write(
            "w/package.json",
            r#"{"name":"w","dependencies":{"a":"~1.0.0"}}"#,
        );
        std::fs::write(project.path("bun.lockb"), bytes).unwrap();
        contains(
            &project.ok("pm migrate"),
            "versions are taken from bun.lockb",
        );
        let lock = project.lock();
        contains(&lock, &format!("\"configVersion\": {config_version},"));
        for package in [
            "a@1.0.0",
            "b@1.0.0",
            "c@1.0.0",
            "b@2.0.0-beta.1",
            "@scope/quite-long-name@1.0.0",
        ] {
            contains(&lock, &format!("\"{package}\""));
        }
        assert!(!lock.contains("1.9.0") && !lock.contains("1.0.9"), "{lock}");
        // It is Bun's file, and stays.
        assert_eq!(std::fs::read(project.path("bun.lockb")).unwrap(), bytes);
        // Its digests hold against the registry.
        project.fails("install", "ERR_INSTALL_INTEGRITY");
        std::fs::remove_file(project.path("bun.lock")).unwrap();
        std::fs::write(project.path("bun.lockb"), &bytes[..900]).unwrap();
        project.fails("install", "ERR_INSTALL_LOCKFILE");
        assert!(!project.has("bun.lock"));
    }
}

#[test]
fn versions_of_other_lockfiles_are_kept() {
    let registry = Registry::of(PACKAGES);
    let manifest = r#"{"name":"p","dependencies":{"a":"^1.0.0"}}"#;
    let integrity = {
        let project = Project::new(&registry, r#"{"name":"p","dependencies":{"a":"1.0.0"}}"#);
        project.ok("install --lockfile-only");
        let lock = project.lock();
        let found = lock
            .lines()
            .find(|line| line.contains("\"a@1.0.0\""))
            .unwrap();
        found
            .split("sha512-")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    let npm = |digest: &str| {
        format!(
            r#"{{"name":"p","lockfileVersion":3,"packages":{{"":{{"dependencies":{{"a":"^1.0.0"}}}},
               "node_modules/a":{{"version":"1.0.0","integrity":"sha512-{digest}","dependencies":{{"b":"^1.0.0"}}}},
               "node_modules/b":{{"version":"1.0.0"}}}}}}"#
        )
    };
    let yarn =
        "# yarn lockfile v1\n\na@^1.0.0:\n  version \"1.0.0\"\n\nb@^1.0.0:\n  version \"1.0.0\"\n"
            .to_owned();
    let berry = "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n\n\"b@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"b@npm:1.0.0\"\n".to_owned();
    let pnpm = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-".to_owned() + &integrity + "}\n  b@1.0.0:\n    resolution: {}\n";
    for (file, text) in [
        ("package-lock.json", npm(&integrity)),
        ("yarn.lock", yarn),
        ("yarn.lock", berry),
        ("pnpm-lock.yaml", pnpm),
    ] {
        // As in Bun, the layout stays what it was.
        let config_version = u8::from(file.starts_with("pnpm"));
        let project = Project::new(&registry, manifest);
        project.write(file, &text);
        contains(
            &project.ok("install"),
            &format!("versions are taken from {file}"),
        );
        assert_eq!(
            (project.version("a"), project.version("b")),
            ("1.0.0".into(), "1.0.0".into()),
            "{file}"
        );
        let line = format!("\"configVersion\": {config_version},");
        contains(&project.lock(), &line);
        // From now on bun.lock counts.
        project.ok("ci");
        project.fails("pm migrate", "already");
    }
    // What the other lockfile says of a tarball holds against the registry.
    let project = Project::new(&registry, manifest);
    project.write("package-lock.json", &npm("AAAA"));
    project.fails("install", "ERR_INSTALL_INTEGRITY");
    project.write("package-lock.json", "{");
    project.fails("install", "ERR_INSTALL_LOCKFILE");
    let project = Project::new(&registry, manifest);
    project.write("package-lock.json", &npm(&integrity));
    project.ok("pm migrate");
    assert!(project.has("bun.lock") && !project.has("node_modules"));
    contains(&project.lock(), "\"b@1.0.0\"");
    // Ours stays until there is a new one.
    let lock = project.lock().replace("1.0.0", "1.1.0");
    project.write("bun.lock", &lock);
    project.ok("pm migrate --force --dry-run");
    assert_eq!(project.lock(), lock);
    project.write("package-lock.json", "{");
    project.fails("pm migrate --force", "ERR_INSTALL_LOCKFILE");
    assert_eq!(project.lock(), lock);
    std::fs::remove_file(project.path("package-lock.json")).unwrap();
    project.fails("pm migrate --force", "ERR_INSTALL_NOTHING_TO_MIGRATE");
    assert_eq!(project.lock(), lock);
    project.write("package-lock.json", &npm(&integrity));
    project.ok("pm migrate --force");
    contains(&project.lock(), "\"b@1.0.0\"");
}
