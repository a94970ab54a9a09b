//! tsconfig: options, `extends` by TypeScript's rules, cycles, broken files, the nearest one.

use std::path::PathBuf;

use crust_manifest::{Jsx, Tsconfig, Tsconfigs};

use crate::dir::Dir;

#[test]
fn options() {
    let dir = Dir::new(&[(
        "tsconfig.json",
        r#"{ "compilerOptions": { // c
        "jsx": "react-jsx", "jsxFactory": "h", "jsxFragmentFactory": "F", "jsxImportSource": "preact",
        "experimentalDecorators": true, "emitDecoratorMetadata": true,
        "useDefineForClassFields": false, "verbatimModuleSyntax": true, "target": "ES2022",
        "strict": true, "baseUrl": "./src", "paths": {"@/*": ["./*", "/abs/*"], "z": ["../z.ts"]},
        }, }"#,
    )]);
    let tsconfig = Tsconfig::read(&dir.0.join("tsconfig.json"));
    assert!(tsconfig.problems.is_empty(), "{:?}", tsconfig.problems);
    let options = tsconfig.options;
    assert_eq!(options.jsx, Some(Jsx::ReactJsx));
    assert_eq!(options.jsx_factory.as_deref(), Some("h"));
    assert_eq!(options.jsx_fragment_factory.as_deref(), Some("F"));
    assert_eq!(options.jsx_import_source.as_deref(), Some("preact"));
    assert_eq!(options.experimental_decorators, Some(true));
    assert_eq!(options.emit_decorator_metadata, Some(true));
    assert_eq!(options.use_define_for_class_fields, Some(false));
    assert_eq!(options.verbatim_module_syntax, Some(true));
    assert_eq!(options.isolated_modules, None);
    assert_eq!(options.target.as_deref(), Some("es2022"));
    assert_eq!(options.base_url, Some(dir.0.join("src")));
    assert_eq!(options.paths[0].pattern, "@/*");
    assert_eq!(
        options.paths[0].targets,
        [dir.0.join("src/*"), PathBuf::from("/abs/*")]
    );
    assert_eq!(options.paths[1].targets, [dir.0.join("z.ts")]);
}

#[test]
fn extends() {
    let dir = Dir::new(&[
        (
            "base.json",
            r#"{"compilerOptions":{"jsx":"react","target":"es5","paths":{"b":["./b.ts"]}}}"#,
        ),
        (
            "more.json",
            r#"{"compilerOptions":{"jsx":"preserve","baseUrl":"${configDir}/src"}}"#,
        ),
        ("one/tsconfig.json", r#"{"extends":"../base"}"#),
        (
            "two/tsconfig.json",
            r#"{"extends":["../base.json","../more.json"],
            "compilerOptions":{"target":"esnext"}}"#,
        ),
        ("pkg/tsconfig.json", r#"{"extends":"@tsc/base"}"#),
        (
            "sub/tsconfig.json",
            r#"{"extends":"@tsc/base/strict.json"}"#,
        ),
        (
            "exp/tsconfig.json",
            r#"{"extends":["exp/x","exp/y/deep","exp"]}"#,
        ),
        ("dir/tsconfig.json", r#"{"extends":"../one"}"#),
        (
            "node_modules/@tsc/base/tsconfig.json",
            r#"{"compilerOptions":{"jsx":"react-jsxdev"}}"#,
        ),
        (
            "node_modules/@tsc/base/strict.json",
            r#"{"compilerOptions":{"strict":true}}"#,
        ),
        (
            "node_modules/exp/package.json",
            r#"{"exports":{".":{"default":"./main.json"},
            "./x":"./lib/x.json","./y/*":"./lib/*.json"}}"#,
        ),
        (
            "node_modules/exp/main.json",
            r#"{"compilerOptions":{"module":"ESNext"}}"#,
        ),
        (
            "node_modules/exp/lib/x.json",
            r#"{"compilerOptions":{"target":"es2020"}}"#,
        ),
        (
            "node_modules/exp/lib/deep.json",
            r#"{"compilerOptions":{"jsxFactory":"deep"}}"#,
        ),
    ]);
    let read = |name: &str| {
        let tsconfig = Tsconfig::read(&dir.0.join(name).join("tsconfig.json"));
        assert!(
            tsconfig.problems.is_empty(),
            "{name}: {:?}",
            tsconfig.problems
        );
        tsconfig
    };
    let one = read("one");
    assert_eq!(one.options.jsx, Some(Jsx::React));
    assert_eq!(one.options.paths[0].targets, [dir.0.join("b.ts")]);
    assert_eq!(
        one.files,
        [dir.0.join("one/tsconfig.json"), dir.0.join("base.json")]
    );
    let two = read("two").options;
    assert_eq!(
        (two.jsx, two.target.as_deref()),
        (Some(Jsx::Preserve), Some("esnext"))
    );
    assert_eq!(two.base_url, Some(dir.0.join("two/src")));
    assert_eq!(two.paths[0].targets, [dir.0.join("two/src/b.ts")]);
    assert_eq!(read("pkg").options.jsx, Some(Jsx::ReactJsxDev));
    assert_eq!(read("sub").options.strict, Some(true));
    assert_eq!(read("dir").options.target.as_deref(), Some("es5"));
    let exp = read("exp").options;
    assert_eq!(exp.module.as_deref(), Some("esnext"));
    assert_eq!(exp.target.as_deref(), Some("es2020"));
    assert_eq!(exp.jsx_factory.as_deref(), Some("deep"));
}

#[test]
fn what_is_wrong_has_its_place() {
    let own = r#""compilerOptions":{"jsx":"react"}"#;
    let dir = Dir::new(&[
        (
            "a/tsconfig.json",
            &format!("{{\n\"extends\": \"./gone\", {own}}}"),
        ),
        (
            "b/tsconfig.json",
            &format!("{{\"extends\":\"./x.json\", {own}}}"),
        ),
        ("b/x.json", "{\"extends\":\"./tsconfig.json\"}"),
        (
            "c/tsconfig.json",
            "{\"compilerOptions\":{\"jsx\":\"react\"}",
        ),
        (
            "d/tsconfig.json",
            &format!("{{\"extends\":[\"not-installed\", 5], {own}}}"),
        ),
        (
            "e/tsconfig.json",
            "{\"compilerOptions\":{\"jsx\":\"vue\",\n\"strict\":\"yes\"}}",
        ),
        ("f/tsconfig.json", "[]"),
    ]);
    let check = |name: &str, jsx: Option<Jsx>, places: &[(u32, u32)]| {
        let tsconfig = Tsconfig::read(&dir.0.join(name).join("tsconfig.json"));
        assert_eq!(tsconfig.options.jsx, jsx, "{name}");
        let found: Vec<(u32, u32)> = tsconfig
            .problems
            .iter()
            .map(|problem| (problem.line, problem.column))
            .collect();
        assert_eq!(found, places, "{name}: {:?}", tsconfig.problems);
    };
    check("a", Some(Jsx::React), &[(2, 12)]);
    check("b", Some(Jsx::React), &[(1, 12)]);
    check("c", None, &[(1, 35)]);
    check("d", Some(Jsx::React), &[(1, 30), (1, 12)]);
    check("e", None, &[(1, 27), (2, 10)]);
    check("f", None, &[(1, 1)]);
}

#[test]
fn many_extended_files_are_read_once() {
    let mut files = Vec::new();
    for number in 0..30 {
        let next = number + 1;
        files.push((
            format!("t{number}.json"),
            format!(r#"{{"extends":["./t{next}","./t{next}","./t{next}"]}}"#),
        ));
    }
    files.push((
        "t30.json".to_owned(),
        r#"{"compilerOptions":{"jsx":"react"}}"#.to_owned(),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let dir = Dir::new(&files);
    let tsconfig = Tsconfig::read(&dir.0.join("t0.json"));
    assert_eq!(tsconfig.options.jsx, Some(Jsx::React));
    assert_eq!(tsconfig.files.len(), 31);
}

#[test]
fn nearest() {
    let dir = Dir::new(&[
        ("tsconfig.json", r#"{"compilerOptions":{"target":"root"}}"#),
        ("a/jsconfig.json", r#"{"compilerOptions":{"target":"js"}}"#),
        ("a/b/c/x", ""),
        (
            "both/jsconfig.json",
            r#"{"compilerOptions":{"target":"js"}}"#,
        ),
        ("both/tsconfig.json", "{ broken"),
        (
            "node_modules/p/tsconfig.json",
            r#"{"compilerOptions":{"target":"package"}}"#,
        ),
    ]);
    let tsconfigs = Tsconfigs::new(None);
    for _ in 0..2 {
        for (at, target) in [
            ("", Some("root")),
            ("a/b/c", Some("js")),
            ("a", Some("js")),
            ("node_modules/p", Some("root")),
            ("both", None),
            ("not/there", Some("root")),
        ] {
            let found = tsconfigs.nearest(&dir.0.join(at)).unwrap();
            assert_eq!(found.options.target.as_deref(), target, "{at}");
        }
    }
    assert_eq!(tsconfigs.problems().len(), 1);
    let fixed = Tsconfigs::new(Some(dir.0.join("a/jsconfig.json")));
    let found = fixed.nearest(&dir.0.join("both")).unwrap();
    assert_eq!(found.options.target.as_deref(), Some("js"));
    tsconfigs.clear();
    assert!(tsconfigs.problems().is_empty());
}
