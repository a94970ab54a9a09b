//! Whatever stands in a specifier or a manifest, the answer is a result, never a crash.

use crate::tree::Tree;
use crust_resolve::ReferrerKind;
use proptest::prelude::*;

fn deep(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(10_000), close.repeat(10_000))
}

#[test]
fn deep_manifests_are_refused() {
    let tree = Tree::new(&[
        (
            "node_modules/a/package.json",
            &format!("{{\"x\":{}}}", deep("[", "]")),
        ),
        (
            "node_modules/b/package.json",
            &format!("{{\"exports\":{}}}", deep("{\"x\":", "}")),
        ),
        ("node_modules/b/index.js", ""),
        (
            "tsconfig.json",
            &format!("{{\"compilerOptions\":{}}}", deep("[", "]")),
        ),
    ]);
    let resolver = Tree::resolver();
    for name in ["a", "b"] {
        let _ = tree.ask(&resolver, name, "", ReferrerKind::Import);
    }
    assert!(!resolver.problems().is_empty());
}

#[test]
fn long_and_odd_specifiers() {
    let tree = Tree::new(&[("package.json", "{}"), ("a.ts", "")]);
    let resolver = Tree::resolver();
    let odd = [
        "./".repeat(1_000_000),
        "a/".repeat(1_000_000),
        "../".repeat(500_000),
        "../".repeat(1000) + "x",
        "/".repeat(5000),
        "\0".to_owned(),
        "./a\0.ts".to_owned(),
        "#".to_owned(),
        "@".to_owned(),
        "@/".to_owned(),
        "?".to_owned(),
        "./?".to_owned(),
        "#?#?".to_owned(),
        " ".to_owned(),
        ".a".to_owned(),
        "...".to_owned(),
        "C:\\x".to_owned(),
        "file:".to_owned(),
        "file://".to_owned(),
        "file:///".to_owned(),
        "\u{202e}x".to_owned(),
    ];
    for specifier in odd {
        for kind in [ReferrerKind::Import, ReferrerKind::Require] {
            if let Err(error) = resolver.resolve(&specifier, &tree.root, kind) {
                assert!(!error.to_string().is_empty());
            }
        }
        let _ = resolver.resolve_entry(&specifier, &tree.root);
    }
    let long_query = format!("./a.ts?{}", "q".repeat(100_000));
    assert!(
        resolver
            .resolve(&long_query, &tree.root, ReferrerKind::Import)
            .is_ok()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_specifier(specifier in "\\PC{0,40}|[./#@?%:a-c*]{0,24}") {
        let tree = Tree::new(&[
            ("package.json", r##"{"name":"a","exports":{"./*":"./*"},"imports":{"#*":"./*"}}"##),
            ("tsconfig.json", r#"{"compilerOptions":{"paths":{"*":["./*"]}}}"#),
        ]);
        let resolver = Tree::resolver();
        if let Err(error) = resolver.resolve(&specifier, &tree.root, ReferrerKind::Import) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn any_manifest(bytes in proptest::collection::vec(any::<u8>(), 0..64),
                    exports in "[\\[\\]{}\":,a-c./*#]{0,40}") {
        let tree = Tree::new(&[("node_modules/b/index.js", ""), ("node_modules/c/index.js", "")]);
        std::fs::write(tree.path("node_modules/b/package.json"), bytes).unwrap();
        tree.write("node_modules/c/package.json", &format!("{{\"exports\":{exports}}}"));
        let resolver = Tree::resolver();
        for specifier in ["b", "b/x", "c", "c/a", "c/a/b.js"] {
            let _ = tree.ask(&resolver, specifier, "", ReferrerKind::Import);
        }
    }
}
