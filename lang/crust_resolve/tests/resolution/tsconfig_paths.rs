//! `paths` and `baseUrl` of the nearest tsconfig. Agreed with Bun, except: `extends` follows
//! TypeScript (arrays, packages, `${configDir}`), and a project's aliases stay out of `node_modules`.

use crate::tree::Tree;
use crust_resolve::{ResolveOptions, Resolver};

#[test]
fn paths_and_base_url() {
    let tree = Tree::new(&[
        (
            "tsconfig.json",
            r##"{ // comments and trailing commas
            "compilerOptions":{"baseUrl":".","paths":{"@/*":["./src/*"],"exact":["./src/exact.ts"],
            "multi/*":["./nope/*","./src/*"],"*":["./star/*"],"fs":["./src/fs.ts"],
            "lodash":["./src/lodash.ts"],"./rel":["./src/exact.ts"],"pre-*-post":["./src/*.ts"],
            "@/deep/*":["./src/deep2/*"],"#h/*":["./src/*"],}},}"##,
        ),
        ("src/a.ts", ""),
        ("src/exact.ts", ""),
        ("src/fs.ts", ""),
        ("src/lodash.ts", ""),
        ("src/deep/z.ts", ""),
        ("src/deep2/z.ts", ""),
        ("src/js.ts", ""),
        ("src/dir/index.ts", ""),
        ("star/st.ts", ""),
        ("base.ts", ""),
        ("sub/inner.ts", ""),
        ("node_modules/lodash/index.js", ""),
        ("node_modules/st/index.js", ""),
        ("node_modules/base/index.js", ""),
        ("node_modules/dep/index.js", ""),
        (
            "nested/tsconfig.json",
            r#"{"compilerOptions":{"paths":{"@/*":["./x/*"]}}}"#,
        ),
        ("nested/x/a.ts", ""),
    ]);
    let resolver = Tree::resolver();
    let mapped = [
        ("@/a", "src/a.ts"),
        ("@/a.js", "src/a.ts"),
        ("@/js.js", "src/js.ts"),
        ("@/dir", "src/dir/index.ts"),
        ("exact", "src/exact.ts"),
        ("multi/a", "src/a.ts"),
        ("fs", "node:fs"),
        ("lodash", "src/lodash.ts"),
        ("st", "star/st.ts"),
        ("base", "base.ts"),
        ("dep", "node_modules/dep/index.js"),
        ("pre-exact-post", "src/exact.ts"),
        ("@/deep/z", "src/deep2/z.ts"),
        ("#h/a", "src/a.ts"),
        ("sub/inner", "sub/inner.ts"),
        ("@/a?q", "src/a.ts?q"),
        ("./rel", "ERR_MODULE_NOT_FOUND"),
    ];
    tree.check(&resolver, "", &mapped);
    tree.check(&resolver, "sub", &mapped[..16]);
    tree.check(
        &resolver,
        "nested",
        &[
            ("@/a", "nested/x/a.ts"),
            ("base", "node_modules/base/index.js"),
        ],
    );
    tree.check(
        &resolver,
        "node_modules/dep",
        &[
            ("base", "node_modules/base/index.js"),
            ("lodash", "node_modules/lodash/index.js"),
        ],
    );
}

#[test]
fn extends() {
    let k = r#"{"compilerOptions":{"paths":{"k":["./k.ts"]}}"#;
    let with = |extends: &str| format!(r#"{k},"extends":{extends}}}"#);
    let tree = Tree::new(&[
        ("k.ts", ""),
        (
            "base.json",
            r#"{"compilerOptions":{"paths":{"b":["./k.ts"]}}}"#,
        ),
        ("plain/tsconfig.json", r#"{"extends":"../base"}"#),
        (
            "dir/tsconfig.json",
            r#"{"extends":["../base.json","./more.json"],"compilerOptions":{"jsx":"react"}}"#,
        ),
        (
            "dir/more.json",
            r#"{"compilerOptions":{"paths":{"m":["${configDir}/own.ts"]}}}"#,
        ),
        ("dir/own.ts", ""),
        ("pkg/tsconfig.json", r#"{"extends":"@tsc/base"}"#),
        (
            "node_modules/@tsc/base/tsconfig.json",
            r#"{"compilerOptions":{"paths":{"p":["${configDir}/own.ts"]}}}"#,
        ),
        (
            "node_modules/@tsc/base/package.json",
            r#"{"name":"@tsc/base"}"#,
        ),
        ("pkg/own.ts", ""),
        ("missing/tsconfig.json", &with("\"./nope.json\"")),
        ("missing/k.ts", ""),
        (
            "absent/tsconfig.json",
            &with("\"@not/installed/tsconfig.json\""),
        ),
        ("absent/k.ts", ""),
        ("cycle/tsconfig.json", &with("\"./b.json\"")),
        ("cycle/b.json", r#"{"extends":"./tsconfig.json"}"#),
        ("cycle/k.ts", ""),
        ("broken/tsconfig.json", k),
        ("broken/k.ts", ""),
        ("js/jsconfig.json", &format!("{k}}}")),
        ("js/k.ts", ""),
        ("both/jsconfig.json", &format!("{k}}}")),
        ("both/tsconfig.json", "{}"),
        ("both/k.ts", ""),
        (
            "include/tsconfig.json",
            &format!("{k},\"include\":[\"src\"],\"files\":[],\"exclude\":[\"**\"]}}"),
        ),
        ("include/k.ts", ""),
    ]);
    let resolver = Tree::resolver();
    let absent = "ERR_MODULE_NOT_FOUND the package is not installed: crust add k";
    let unmapped = "ERR_MODULE_NOT_FOUND did you mean \"./k\"?";
    tree.check(&resolver, "plain", &[("b", "k.ts")]);
    tree.check(&resolver, "dir", &[("m", "dir/own.ts")]);
    tree.check(&resolver, "pkg", &[("p", "pkg/own.ts")]);
    for dir in ["missing", "absent", "cycle", "js", "include"] {
        tree.check(&resolver, dir, &[("k", &format!("{dir}/k.ts"))]);
    }
    for dir in ["broken", "both"] {
        tree.check(&resolver, dir, &[("k", unmapped)]);
    }
    tree.check(&resolver, "dir", &[("k", absent)]);
    let problems = resolver.problems();
    let broken = problems
        .iter()
        .find(|problem| problem.file.as_deref() == tree.path("broken/tsconfig.json").to_str())
        .unwrap();
    assert_eq!(broken.line, 1);
    for dir in ["absent", "cycle"] {
        let path = tree.path(dir).join("tsconfig.json");
        assert!(
            problems
                .iter()
                .any(|problem| problem.file.as_deref() == path.to_str()),
            "{dir}: {problems:?}"
        );
    }
    let options = ResolveOptions {
        tsconfig_override: Some(tree.path("js/jsconfig.json")),
        ..ResolveOptions::default()
    };
    tree.check(&Resolver::new(options), "plain", &[("k", "js/k.ts")]);
}
