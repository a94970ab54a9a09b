//! `x` with packages that are not installed, `link`, `unlink` and `init`.

use crust_registry::Registry;

use crate::project::{Project, contains};

const PACKAGES: &str = r##"{
  "tool": { "versions": {
    "1.0.0": { "bin": { "tool": "cli.sh" }, "dependencies": { "b": "1" }, "files": { "cli.sh": "#!/bin/sh\necho one $@\n" } },
    "2.0.0": { "bin": "cli.sh", "files": { "cli.sh": "#!/bin/sh\necho two $@\n" } } } },
  "many": { "versions": { "1.0.0": { "bin": { "other": "o.sh", "more": "o.sh" }, "files": { "o.sh": "#!/bin/sh\necho other\n" } } } },
  "b": { "versions": { "1.0.0": {} } },
  "@types/bun": { "versions": { "1.0.0": {} } }
}"##;

#[test]
fn x_downloads_what_is_missing() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, r#"{"name":"p"}"#);
    assert_eq!(project.ok("x tool a b"), "two a b\n");
    assert_eq!(project.ok("x tool@1 a"), "one a\n");
    assert_eq!(project.ok("x -p many other"), "other\n");
    let asked = registry.asked().len();
    assert_eq!(project.ok("x tool c"), "two c\n");
    assert_eq!(registry.asked().len(), asked);
    // What the project has comes first, where it is what was asked for.
    project.ok("add tool@1.0.0");
    assert_eq!(project.ok("x tool"), "one\n");
    assert_eq!(project.ok("x tool@^1"), "one\n");
    assert_eq!(project.ok("x tool@2"), "two\n");
    project.fails("x nope", "ERR_INSTALL_NOT_FOUND");
    let text = project.fails("x b", "package \"b\" has no command called \"b\"");
    contains(&text, "it has no commands at all");
    let text = project.fails("x many", "package \"many\" has no command called \"many\"");
    contains(&text, "its commands are other, more");
    project.fails("x --no-install none", "\"none\" is not installed");
    assert!(!project.has("node_modules/many") && !project.has("node_modules/none"));
}

#[test]
fn links_by_name() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(
        &registry,
        "{\n  \"name\": \"p\",\n  \"dependencies\": {\n    \"b\": \"1\"\n  }\n}\n",
    );
    project.write(
        "../lk/package.json",
        r#"{"name":"lk","version":"0.1.0","bin":{"lk":"x.js"}}"#,
    );
    project.write("../lk/x.js", "1\n");
    project.fails("link lk", "is not linked");
    contains(&project.run_in("../lk", "link").text, "Registered \"lk\"");
    let text = project.ok("link lk");
    contains(&text, "installed lk@link:lk with binaries:\n - lk");
    assert!(project.path("node_modules/lk").is_symlink() && project.has("node_modules/.bin/lk"));
    assert!(!project.read("package.json").contains("lk"));
    project.ok("link lk --save");
    contains(&project.read("package.json"), "\"lk\": \"link:lk\"");
    contains(
        &project.lock(),
        "    \"lk\": [\"lk@link:lk\", { \"bin\": { \"lk\": \"x.js\" } }],\n",
    );
    project.ok("install --frozen-lockfile");
    contains(
        &project.run_in("../lk", "unlink").text,
        "unlinked package \"lk\"",
    );
    contains(&project.run_in("../lk", "unlink").text, "nothing to do");
}

#[test]
fn init_writes_what_is_not_there() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    project.write("My App/README.md", "mine\n");
    let ran = project.run_in("My App", "init -y");
    assert_eq!(ran.code, Some(0), "{}", ran.text);
    contains(
        &ran.text,
        " + package.json\n + tsconfig.json\n + index.ts\n + .gitignore\n",
    );
    contains(&project.read("My App/package.json"), "\"name\": \"my-app\"");
    assert_eq!(project.read("My App/README.md"), "mine\n");
    assert!(project.has("My App/node_modules/@types/bun"));
    let ran = project.run_in("My App", "index.ts");
    assert_eq!(ran.text, "Hello from Crust!\n");
    project.ok("init -m inner");
    assert!(project.has("inner/tsconfig.json") && !project.has("inner/index.ts"));
}

#[test]
fn packages_of_the_user() {
    let registry = Registry::of(PACKAGES);
    let project = Project::new(&registry, "{}");
    let home = project.path("..").canonicalize().unwrap();
    contains(&project.ok("add -g tool@1.0.0"), "installed tool@1.0.0");
    let command = home.join(".local/bin/tool");
    let ran = std::process::Command::new(&command)
        .arg("x")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "one x\n");
    assert_eq!(project.read("package.json"), "{}");
    contains(&project.ok("list -g"), "└── tool@1.0.0\n");
    contains(&project.ok("pm bin -g"), "/.local/bin\n");
    // Another program of the name stays.
    std::fs::write(home.join(".local/bin/other"), "mine\n").unwrap();
    contains(
        &project.ok("install -g many"),
        "is another program, and stays",
    );
    assert_eq!(
        std::fs::read_to_string(home.join(".local/bin/other")).unwrap(),
        "mine\n"
    );
    project.ok("remove -g tool");
    assert!(command.symlink_metadata().is_err());
}
