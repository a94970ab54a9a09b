//! Packages: `exports`, `imports`, `main`, conditions, broken manifests. Agreed with Bun; where
//! Bun's answer is not followed, the case says so.

use crate::tree::Tree;
use crust_resolve::{PackageType, Reason, ReferrerKind, ResolveOptions, Resolver};

const NOT_EXPORTED: &str = "ERR_PACKAGE_PATH_NOT_EXPORTED";

#[test]
fn exports_imports_and_self() {
    let tree = Tree::new(&[
        (
            "package.json",
            r##"{"name":"self","exports":{".":"./main.ts","./sub/*":"./lib/*.ts"},
            "imports":{"#x":"./lib/x.ts","#d/*":"./lib/*.ts",
            "#cond":{"bun":"./lib/bun.ts","default":"./lib/x.ts"},"#fs":"node:fs","#dep":"ext/a"}}"##,
        ),
        ("main.ts", ""),
        ("lib/x.ts", ""),
        ("lib/y.ts", ""),
        ("lib/bun.ts", ""),
        (
            "node_modules/ext/package.json",
            r#"{"exports":{"./a":"./a.js","./p/*":"./p/*.js","./p/priv/*":null,"./dir/":"./dir/",
            "./feat/*.js":"./feat/*.js","./nul":null,"./json":"./d.json","./gone":"./gone.js"}}"#,
        ),
        ("node_modules/ext/a.js", ""),
        ("node_modules/ext/p/q.js", ""),
        ("node_modules/ext/p/priv/z.js", ""),
        ("node_modules/ext/dir/k.js", ""),
        ("node_modules/ext/feat/f.js", ""),
        ("node_modules/ext/d.json", "{}"),
        ("node_modules/exts/package.json", r#"{"exports":"./x.js"}"#),
        ("node_modules/exts/x.ts", ""),
        (
            "node_modules/up/package.json",
            r#"{"exports":"./../ext/a.js"}"#,
        ),
        ("node_modules/bad/package.json", r#"{"exports":"x.js"}"#),
        ("node_modules/bad/x.js", ""),
    ]);
    tree.check(
        &Tree::resolver(),
        "lib",
        &[
            ("self", "main.ts"),
            ("self/sub/y", "lib/y.ts"),
            ("self?q", "main.ts?q"),
            ("self/other", NOT_EXPORTED),
            ("#x", "lib/x.ts"),
            ("#d/y", "lib/y.ts"),
            ("#cond", "lib/bun.ts"),
            ("#dep", "node_modules/ext/a.js"),
            ("#fs", "node:fs"),
            ("#nope", "ERR_PACKAGE_IMPORT_NOT_DEFINED"),
            ("ext", NOT_EXPORTED),
            ("ext/a", "node_modules/ext/a.js"),
            ("ext/a?y=2", "node_modules/ext/a.js?y=2"),
            ("ext/a.js", "node_modules/ext/a.js"),
            ("ext/p/q", "node_modules/ext/p/q.js"),
            ("ext/p/priv/z", NOT_EXPORTED),
            ("ext/dir/k.js", "node_modules/ext/dir/k.js"),
            ("ext/feat/f.js", "node_modules/ext/feat/f.js"),
            ("ext/nul", NOT_EXPORTED),
            ("ext/json", "node_modules/ext/d.json"),
            ("ext/package.json", "node_modules/ext/package.json"),
            ("exts", "node_modules/exts/x.ts"),
            ("exts/x.js", NOT_EXPORTED),
            ("up", "ERR_INVALID_PACKAGE_CONFIG"),
            ("bad", "ERR_INVALID_PACKAGE_CONFIG"),
        ],
    );
}

#[test]
fn conditions() {
    let names = [
        ("bun", "hit", "hit"),
        ("node", "hit", "hit"),
        ("node-addons", "hit", "hit"),
        ("import", "hit", "default"),
        ("require", "default", "hit"),
        ("module-sync", "default", "default"),
        ("module", "default", "default"),
        ("browser", "default", "default"),
        ("production", "default", "default"),
        ("development", "default", "default"),
        ("types", "default", "default"),
        ("worker", "default", "default"),
    ];
    let tree = Tree::new(&[]);
    for (name, ..) in names {
        let home = format!("node_modules/c-{name}");
        let exports = format!(r#"{{"exports":{{"{name}":"./hit.js","default":"./default.js"}}}}"#);
        tree.write(&format!("{home}/package.json"), &exports);
        tree.write(&format!("{home}/hit.js"), "");
        tree.write(&format!("{home}/default.js"), "");
    }
    let resolver = Tree::resolver();
    for (name, import, require) in names {
        for (kind, expected) in [
            (ReferrerKind::Import, import),
            (ReferrerKind::Require, require),
        ] {
            let found = tree.ask(&resolver, &format!("c-{name}"), "", kind);
            assert_eq!(
                found,
                format!("node_modules/c-{name}/{expected}.js"),
                "{kind:?}"
            );
        }
    }
    let options = ResolveOptions {
        conditions: vec!["worker".to_owned()],
        ..ResolveOptions::default()
    };
    tree.check(
        &Resolver::new(options),
        "",
        &[("c-worker", "node_modules/c-worker/hit.js")],
    );
    let options = ResolveOptions {
        no_addons: true,
        ..ResolveOptions::default()
    };
    let addons = [("c-node-addons", "node_modules/c-node-addons/default.js")];
    tree.check(&Resolver::new(options), "", &addons);
}

#[test]
fn main_fields() {
    let cases: &[(&str, &str, &[&str], &str)] = &[
        (
            "both",
            r#"{"main":"./main.js","module":"./m.js"}"#,
            &["main.js", "m.js"],
            "main.js",
        ),
        ("esm", r#"{"module":"./m.js"}"#, &["m.js"], "m.js"),
        (
            "index",
            r#"{"module":"./m.js"}"#,
            &["m.js", "index.js"],
            "index.js",
        ),
        (
            "gone",
            r#"{"main":"./gone","module":"./m.mjs"}"#,
            &["m.mjs"],
            "m.mjs",
        ),
        ("none", r#"{"main":"nope.js"}"#, &["index.js"], "index.js"),
        (
            "dir",
            r#"{"main":"./dist"}"#,
            &["dist/index.js"],
            "dist/index.js",
        ),
        (
            "noext",
            r#"{"main":"dist/foo"}"#,
            &["dist/foo.ts"],
            "dist/foo.ts",
        ),
        ("ts", r#"{"main":"index.js"}"#, &["index.ts"], "index.ts"),
        ("dot", r#"{"main":"."}"#, &["index.js"], "index.js"),
        ("empty", r#"{"main":""}"#, &["index.js"], "index.js"),
        ("number", r#"{"main":5}"#, &["index.js"], "index.js"),
        (
            "browser",
            r#"{"main":"a.js","browser":{"./a.js":false}}"#,
            &["a.js"],
            "a.js",
        ),
        (
            "jsonc",
            "{/*c*/\"main\": \"m.js\",}",
            &["m.js", "index.js"],
            "m.js",
        ),
        (
            "broken",
            "{\"main\": \"m.js\",",
            &["m.js", "index.js"],
            "index.js",
        ),
        ("array", "[]", &["index.js"], "index.js"),
        ("void", "", &["index.js"], "index.js"),
    ];
    let tree = Tree::new(&[]);
    for (name, manifest, files, _) in cases {
        tree.write(&format!("node_modules/{name}/package.json"), manifest);
        for file in *files {
            tree.write(&format!("node_modules/{name}/{file}"), "");
        }
    }
    let resolver = Tree::resolver();
    for (name, _, _, expected) in cases {
        tree.check(
            &resolver,
            "",
            &[(name, &format!("node_modules/{name}/{expected}"))],
        );
        let slash = format!("{name}/");
        tree.check(
            &resolver,
            "",
            &[(&slash, &format!("node_modules/{name}/{expected}"))],
        );
    }
    let options = ResolveOptions {
        main_fields: vec!["module".to_owned()],
        ..ResolveOptions::default()
    };
    tree.check(
        &Resolver::new(options),
        "",
        &[("both", "node_modules/both/m.js")],
    );
}

#[test]
fn broken_manifests_are_reported() {
    let tree = Tree::new(&[
        ("node_modules/broken/package.json", "{\"main\": \"m.js\","),
        ("node_modules/broken/index.js", ""),
    ]);
    let resolver = Tree::resolver();
    tree.check(&resolver, "", &[("broken", "node_modules/broken/index.js")]);
    let broken: Vec<String> = resolver
        .problems()
        .iter()
        .map(|problem| {
            let root = tree.root.display().to_string();
            let file = problem.file.clone().unwrap_or_default();
            format!("{}:{}", file.replace(&root, "ROOT"), problem.line)
        })
        .collect();
    assert_eq!(broken, ["ROOT/node_modules/broken/package.json:1"]);
}

#[test]
fn the_walk_up_and_node_path() {
    let tree = Tree::new(&[
        ("node_modules/far/index.js", ""),
        ("a/node_modules/near/index.js", ""),
        ("a/node_modules/far/package.json", r#"{"type":"module"}"#),
        ("a/node_modules/far/index.ts", ""),
        ("a/b/c/x.ts", ""),
        ("node_modules/single.js", ""),
        (
            "node_modules/@s/p/package.json",
            r#"{"exports":{"import":"./i.mjs","require":"./r.cjs"}}"#,
        ),
        ("node_modules/@s/p/i.mjs", ""),
        ("node_modules/@s/p/r.cjs", ""),
        ("extra/m/index.js", ""),
        ("extra/one.ts", ""),
        ("extra/near/index.js", ""),
    ]);
    let resolver = Tree::resolver();
    tree.check(
        &resolver,
        "a/b/c",
        &[
            ("near", "a/node_modules/near/index.js"),
            ("far", "a/node_modules/far/index.ts"),
            ("single", "node_modules/single.js"),
            ("@s/p", "node_modules/@s/p/i.mjs"),
            ("@s", "ERR_MODULE_NOT_FOUND"),
            (
                "m",
                "ERR_MODULE_NOT_FOUND the package is not installed: crust add m",
            ),
            (
                "evnts",
                "ERR_MODULE_NOT_FOUND did you mean \"node:events\"?",
            ),
        ],
    );
    assert_eq!(
        tree.ask(&resolver, "@s/p", "a", ReferrerKind::Require),
        "node_modules/@s/p/r.cjs"
    );
    assert_eq!(
        tree.ask(&resolver, "./gone", "a", ReferrerKind::Require),
        "MODULE_NOT_FOUND"
    );
    let options = ResolveOptions {
        node_path: vec![tree.path("extra"), tree.path("missing")],
        ..ResolveOptions::default()
    };
    tree.check(
        &Resolver::new(options),
        "a/b",
        &[
            ("m", "extra/m/index.js"),
            ("one", "extra/one.ts"),
            ("near", "a/node_modules/near/index.js"),
        ],
    );
}

#[test]
fn package_type_is_the_nearest() {
    let tree = Tree::new(&[
        ("package.json", r#"{"type":"module"}"#),
        ("a.js", ""),
        ("cjs/package.json", r#"{"type":"commonjs"}"#),
        ("cjs/deep/a.js", ""),
        ("none/package.json", "{}"),
        ("none/a.js", ""),
        ("node_modules/p/package.json", r#"{"main":"esm/a.js"}"#),
        ("node_modules/p/esm/package.json", "{\"type\":\"module\",}"),
        ("node_modules/p/esm/a.js", ""),
        ("node_modules/q/index.js", ""),
    ]);
    let resolver = Tree::resolver();
    for (specifier, expected) in [
        ("./a.js", Some(PackageType::Module)),
        ("./cjs/deep/a.js", Some(PackageType::CommonJs)),
        ("./none/a.js", None),
        ("p", Some(PackageType::Module)),
        ("q", None),
    ] {
        let found = resolver
            .resolve(specifier, &tree.root, ReferrerKind::Import)
            .unwrap();
        assert_eq!(found.package_type, expected, "{specifier}");
    }
}

#[test]
fn errors_say_what_was_tried() {
    let tree = Tree::new(&[
        ("lib/util.ts", ""),
        ("node_modules/pkg/package.json", "{}"),
        ("node_modules/pkg/lib/thing.js", ""),
        ("node_modules/broken/package.json", "{\n  \"main\": }"),
    ]);
    let resolver = Tree::resolver();
    let fail = |specifier: &str, dir: &str| {
        resolver
            .resolve(specifier, &tree.path(dir), ReferrerKind::Import)
            .unwrap_err()
    };
    let error = fail("./uitl", "lib");
    assert_eq!(error.hint.as_deref(), Some("did you mean \"./util.ts\"?"));
    assert_eq!(error.tried[0], tree.path("lib/uitl"));
    assert_eq!(error.tried[1], tree.path("lib/uitl.tsx"));
    let text = error.to_string();
    assert!(
        text.starts_with("Cannot find module './uitl' imported from "),
        "{text}"
    );
    assert!(
        text.ends_with("\n  hint: did you mean \"./util.ts\"?"),
        "{text}"
    );

    assert_eq!(
        fail("lib/util", "").hint.as_deref(),
        Some("did you mean \"./lib/util\"?")
    );
    let error = fail("left-pad/x", "lib");
    assert_eq!(
        error.reason,
        Reason::PackageNotInstalled {
            package: "left-pad".to_owned()
        }
    );
    assert_eq!(error.tried[0], tree.path("lib/node_modules/left-pad"));
    assert_eq!(
        error.headline(Some("/a.ts")),
        "Cannot find package 'left-pad' imported from /a.ts"
    );

    let error = fail("pkg/lib/thng", "");
    assert_eq!(
        error.hint.as_deref(),
        Some("did you mean \"pkg/lib/thing.js\"?")
    );
    let error = fail("pkg", "");
    assert!(error.hint.unwrap().contains("is installed, but"));
    let error = fail("broken", "");
    let Reason::InvalidPackageJson(problem) = error.reason else {
        panic!("{:?}", error.reason)
    };
    assert_eq!(
        (problem.line, problem.file),
        (
            2,
            Some(
                tree.path("node_modules/broken/package.json")
                    .display()
                    .to_string()
            )
        )
    );
}
