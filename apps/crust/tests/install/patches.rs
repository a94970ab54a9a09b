//! `patch`, `patch-commit` and `patchedDependencies`.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r#"{
  "b": { "versions": { "1.0.0": { "files": { "lib/x.js": "one\ntwo\n", "gone.js": "1\n" } } } },
  "@s/c": { "versions": { "1.0.0": {} } }
}"#;

#[test]
fn an_edited_package_becomes_a_patch() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n  \"name\": \"p\",\n  \"dependencies\": {\n    \"@s/c\": \"1.0.0\",\n    \"b\": \"1.0.0\"\n  }\n}\n",
    );
    project.ok("install");
    contains(&project.ok("patch b"), "patch --commit 'node_modules/b'");
    contains(
        &project.ok("patch-commit node_modules/b"),
        "Nothing was changed",
    );
    project.write("node_modules/b/lib/x.js", "one\nthree\n");
    project.write("node_modules/b/new.txt", "new\n");
    std::fs::remove_file(project.path("node_modules/b/gone.js")).unwrap();
    project.ok("patch --commit node_modules/b");
    contains(
        &project.read("package.json"),
        "  \"patchedDependencies\": {\n    \"b@1.0.0\": \"patches/b@1.0.0.patch\"\n  }\n",
    );
    contains(
        &project.lock(),
        "  \"patchedDependencies\": {\n    \"b@1.0.0\": \"patches/b@1.0.0.patch\",\n  },\n",
    );
    let patch = project.read("patches/b@1.0.0.patch");
    contains(&patch, "diff --git a/lib/x.js b/lib/x.js\nindex ");
    contains(
        &patch,
        "--- a/lib/x.js\n+++ b/lib/x.js\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n",
    );
    contains(&patch, "new file mode 100644\n");
    contains(&patch, "deleted file mode 100644\n");
    // The same from an empty cache.
    for folder in ["node_modules", "../cache"] {
        std::fs::remove_dir_all(project.path(folder)).unwrap();
    }
    project.ok("ci");
    assert_eq!(project.read("node_modules/b/lib/x.js"), "one\nthree\n");
    assert!(project.has("node_modules/b/new.txt") && !project.has("node_modules/b/gone.js"));
    // Without it, the package is as it was published; with another one, that counts.
    project.write("patches/b@1.0.0.patch", &patch.replace("+three", "+four"));
    project.ok("install");
    assert_eq!(project.read("node_modules/b/lib/x.js"), "one\nfour\n");
    project.ok("pm pkg delete patchedDependencies");
    project.ok("install");
    assert_eq!(project.read("node_modules/b/lib/x.js"), "one\ntwo\n");
    project.write("node_modules/@s/c/index.js", "1\n");
    project.ok("patch-commit @s/c --patches-dir p");
    assert!(project.has("p/@s%2Fc@1.0.0.patch"));
}

#[test]
fn bad_patches_change_nothing() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        r#"{"name":"p","dependencies":{"b":"1.0.0"},"patchedDependencies":{"b@1.0.0":"x.patch"}}"#,
    );
    project.fails("install", "ERR_INSTALL_IO");
    let head = "diff --git a/lib/x.js b/lib/x.js\n--- a/lib/x.js\n+++ b/lib/x.js\n";
    for text in [
        format!("{head}@@ -1,2 +1,2 @@\n other\n-two\n+three\n"),
        head.replace("lib/x.js", "../../evil") + "@@ -0,0 +1 @@\n+evil\n",
        "diff --git a/../../evil b/../../evil\nnew file mode 100644\n--- /dev/null\n+++ b/../../evil\n@@ -0,0 +1 @@\n+evil\n".to_owned(),
        "nonsense\n".to_owned(),
    ] {
        project.write("x.patch", &text);
        project.fails("install", "ERR_INSTALL_PATCH");
        assert!(!project.has("node_modules/b/package.json") && !project.has("bun.lock"), "{text}");
        assert!(!project.has("../cache/crust-v1/evil") && !project.has("evil"));
    }
    project.fails("patch nope", "ERR_INSTALL_NO_LOCKFILE");
}
