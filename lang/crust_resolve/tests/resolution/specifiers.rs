//! Relative, absolute and URL specifiers. Expected values were agreed with Bun.

use crate::tree::Tree;
use crust_resolve::{PackageType, ReferrerKind, ResolveOptions, ResolvedKind, Resolver};

#[test]
fn extensions_are_probed_in_order() {
    let order = ["tsx", "jsx", "mts", "ts", "mjs", "js", "cts", "cjs", "json"];
    for first in 0..order.len() {
        let tree = Tree::new(&[]);
        for extension in &order[first..] {
            tree.write(&format!("a.{extension}"), "");
            tree.write(&format!("d/index.{extension}"), "");
        }
        let found = format!("a.{}", order[first]);
        let index = format!("d/index.{}", order[first]);
        tree.check(
            &Tree::resolver(),
            "",
            &[("./a", &found), ("./d", &index), ("./d/", &index)],
        );
    }
}

#[test]
fn javascript_names_stand_for_typescript() {
    let files = [
        "a.ts",
        "b.tsx",
        "c.mts",
        "d.cts",
        "e.tsx",
        "f.jsx",
        "g.js/index.js",
        "h.json.ts",
        "i.mts",
        "both.js",
        "both.ts",
        "only.js",
        "t.tsx",
    ];
    let tree = Tree::new(&files.map(|file| (file, "")));
    tree.check(
        &Tree::resolver(),
        "",
        &[
            ("./a.js", "a.ts"),
            ("./b.js", "b.tsx"),
            ("./c.mjs", "c.mts"),
            ("./d.cjs", "d.cts"),
            ("./e.jsx", "e.tsx"),
            ("./g.js", "g.js/index.js"),
            ("./h.json", "h.json.ts"),
            ("./i.js", "i.mts"),
            ("./both.js", "both.js"),
            ("./both", "both.ts"),
            ("./f.js", "ERR_MODULE_NOT_FOUND did you mean \"./f.jsx\"?"),
            (
                "./only.ts",
                "ERR_MODULE_NOT_FOUND did you mean \"./only.js\"?",
            ),
            ("./t.ts", "ERR_MODULE_NOT_FOUND did you mean \"./t.tsx\"?"),
            ("./d.js", "ERR_MODULE_NOT_FOUND did you mean \"./d.cts\"?"),
        ],
    );
}

#[test]
fn directories_and_files() {
    let tree = Tree::new(&[
        ("fd.ts", ""),
        ("fd/index.ts", ""),
        (
            "pkg/package.json",
            r#"{"main":"lib.ts","exports":"./exp.ts"}"#,
        ),
        ("pkg/lib.ts", ""),
        ("pkg/exp.ts", ""),
        ("index.ts", ""),
        ("sub/x.ts", ""),
    ]);
    tree.check(
        &Tree::resolver(),
        "sub",
        &[
            ("../fd", "fd.ts"),
            ("../fd/", "fd/index.ts"),
            ("../pkg", "pkg/lib.ts"),
            ("../pkg/", "pkg/lib.ts"),
            ("..", "index.ts"),
            ("../", "index.ts"),
            ("../.", "index.ts"),
            (".", "ERR_MODULE_NOT_FOUND"),
            ("./", "ERR_MODULE_NOT_FOUND"),
            ("../sub//x.ts", "sub/x.ts"),
            ("", "ERR_MODULE_NOT_FOUND"),
        ],
    );
}

#[test]
fn queries_and_odd_names() {
    let tree = Tree::new(&[
        ("lib/x.ts", ""),
        ("sp ace/a b.ts", ""),
        ("q/h#x.ts", ""),
        ("q/pc%20t.ts", ""),
        ("q/what?.ts", ""),
        ("ünï/日本.ts", ""),
    ]);
    let root = tree.root.display().to_string();
    let table = [
        ("./lib/x.ts?x=1".to_owned(), "lib/x.ts?x=1"),
        ("./lib/x?x=1".to_owned(), "lib/x.ts?x=1"),
        ("./lib/x.ts?a#b".to_owned(), "lib/x.ts?a#b"),
        ("./q/h#x.ts".to_owned(), "q/h#x.ts"),
        ("./q/pc%20t.ts".to_owned(), "q/pc%20t.ts"),
        ("./sp ace/a b.ts".to_owned(), "sp ace/a b.ts"),
        ("./sp%20ace/a%20b.ts".to_owned(), "ERR_MODULE_NOT_FOUND"),
        ("./ünï/日本".to_owned(), "ünï/日本.ts"),
        (format!("{root}/lib/x"), "lib/x.ts"),
        (format!("{root}/sp ace/../lib/x.ts"), "lib/x.ts"),
        (format!("{root}/q/what?.ts"), "q/what?.ts"),
        (format!("{root}/lib/x.ts?y"), "lib/x.ts?y"),
        (format!("file://{root}/lib/x"), "lib/x.ts"),
        (format!("file://{root}/lib/x.ts?x#y"), "lib/x.ts?x#y"),
        (format!("file://{root}/sp%20ace/a%20b.ts"), "sp ace/a b.ts"),
        (format!("file://{root}/q/what%3F.ts"), "q/what?.ts"),
        ("file://host/x".to_owned(), "ERR_INVALID_FILE_URL_PATH"),
        (
            "http://a.b/c.js".to_owned(),
            "ERR_UNSUPPORTED_ESM_URL_SCHEME",
        ),
    ];
    let table: Vec<(&str, &str)> = table
        .iter()
        .map(|(specifier, expected)| (specifier.as_str(), *expected))
        .collect();
    tree.check(&Tree::resolver(), "", &table);
}

#[test]
fn builtins_and_data() {
    let tree = Tree::new(&[
        ("node_modules/fs/index.js", ""),
        ("node_modules/ws/index.js", ""),
    ]);
    tree.check(
        &Tree::resolver(),
        "",
        &[
            ("fs", "node:fs"),
            ("node:fs/promises", "node:fs/promises"),
            ("bun", "bun"),
            ("bun:sqlite", "bun:sqlite"),
            ("ws", "node_modules/ws/index.js"),
            ("node:nope", "ERR_UNKNOWN_BUILTIN_MODULE"),
            ("bun:nope", "ERR_UNKNOWN_BUILTIN_MODULE"),
            (
                "node:FS",
                "ERR_UNKNOWN_BUILTIN_MODULE did you mean \"node:fs\"?",
            ),
            ("data:text/javascript,1", "data:text/javascript,1"),
        ],
    );
    let options = ResolveOptions {
        replaced_packages: vec!["ws".to_owned()],
        ..ResolveOptions::default()
    };
    tree.check(&Resolver::new(options), "", &[("ws", "ws")]);
}

#[test]
fn symbolic_links() {
    let tree = Tree::new(&[
        ("real/r.ts", ""),
        ("dep/package.json", r#"{"exports":"./e.ts"}"#),
    ]);
    tree.write("dep/e.ts", "");
    tree.link("real/r.ts", "link.ts");
    tree.link("real", "linked");
    tree.link("../dep", "node_modules/dep");
    tree.check(
        &Tree::resolver(),
        "",
        &[
            ("./link", "real/r.ts"),
            ("./linked/r", "real/r.ts"),
            ("dep", "dep/e.ts"),
        ],
    );
    let options = ResolveOptions {
        preserve_symlinks: true,
        ..ResolveOptions::default()
    };
    tree.check(
        &Resolver::new(options),
        "",
        &[
            ("./link", "link.ts"),
            ("./linked/r", "linked/r.ts"),
            ("dep", "node_modules/dep/e.ts"),
        ],
    );
}

#[test]
fn entry_points() {
    let tree = Tree::new(&[
        ("n.ts", ""),
        ("dir/index.ts", ""),
        ("noext", ""),
        ("q.weird", ""),
        ("what?.ts", ""),
        ("package.json", r#"{"type":"module"}"#),
    ]);
    let resolver = Tree::resolver();
    let absolute = tree.path("n").display().to_string();
    let url = format!("file://{}", tree.path("n.ts").display());
    for (typed, expected) in [
        ("n", "n.ts"),
        ("./n", "n.ts"),
        ("n.js", "n.ts"),
        ("dir", "dir/index.ts"),
        ("dir/", "dir/index.ts"),
        ("noext", "noext"),
        ("q.weird", "q.weird"),
        ("what?.ts", "what?.ts"),
        (&absolute, "n.ts"),
        (&url, "n.ts"),
        ("dir/../n.ts", "n.ts"),
    ] {
        let resolved = resolver.resolve_entry(typed, &tree.root).unwrap();
        assert_eq!(tree.show(&resolved), expected, "{typed}");
        assert_eq!(resolved.kind, ResolvedKind::File);
        assert_eq!(resolved.package_type, Some(PackageType::Module));
    }
    let error = resolver.resolve_entry("m.ts", &tree.root).unwrap_err();
    assert_eq!(error.hint, None);
    let error = resolver.resolve_entry("noxet", &tree.root).unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("did you mean \"./noext\"?"));
}

#[test]
fn several_threads_share_one_resolver() {
    let tree = Tree::new(&[("package.json", "{}")]);
    for number in 0..50 {
        tree.write(&format!("src/m{number}.ts"), "");
    }
    let resolver = Tree::resolver();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..50 {
                    let found = tree.ask(
                        &resolver,
                        &format!("./m{number}"),
                        "src",
                        ReferrerKind::Import,
                    );
                    assert_eq!(found, format!("src/m{number}.ts"));
                }
            });
        }
    });
}

#[test]
fn files_that_appear_later_are_found() {
    let tree = Tree::new(&[("a.ts", "")]);
    let resolver = Tree::resolver();
    for name in ["./b", "./c", "./d", "pkg"] {
        let found = tree.ask(&resolver, name, "", ReferrerKind::Require);
        assert!(found.starts_with("MODULE_NOT_FOUND"), "{found}");
    }
    for name in ["b.ts", "sub/c.js", "node_modules/pkg/index.js"] {
        tree.write(name, "");
    }
    tree.check(
        &resolver,
        "",
        &[
            ("./b", "b.ts"),
            ("./sub/c", "sub/c.js"),
            ("pkg", "node_modules/pkg/index.js"),
            ("./a", "a.ts"),
        ],
    );
    tree.write("a.tsx", "");
    tree.check(&resolver, "", &[("./a", "a.ts")]);
    resolver.clear();
    tree.check(&resolver, "", &[("./a", "a.tsx")]);
}
