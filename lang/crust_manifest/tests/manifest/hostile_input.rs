//! Whatever stands in a file, the answer is a result, never a crash.

use std::path::Path;

use crust_manifest::{BunConfig, DataFormat, DataText, PackageJson, Tsconfig, load_data};
use proptest::prelude::*;

use crate::dir::Dir;

const FORMATS: [DataFormat; 5] = [
    DataFormat::Json,
    DataFormat::Jsonc,
    DataFormat::Json5,
    DataFormat::Toml,
    DataFormat::Yaml,
];

#[test]
fn deep_nesting_is_refused() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    let indented = (0..2000).fold(String::new(), |text, level| {
        text + &" ".repeat(level) + "a:\n"
    });
    let brackets = deep("[", "]");
    let (json, json5, toml, yaml) = (
        DataFormat::Json,
        DataFormat::Json5,
        DataFormat::Toml,
        DataFormat::Yaml,
    );
    for (format, text) in [
        (json, brackets.clone()),
        (DataFormat::Jsonc, brackets.clone()),
        (json5, brackets.clone()),
        (yaml, brackets.clone()),
        (json, deep("{\"a\":", "}")),
        (json5, deep("{a: ", "}")),
        (yaml, deep("{a: ", "}")),
        (toml, format!("a={brackets}")),
        (toml, format!("a={}", deep("{a=", "}"))),
        (toml, format!("[{}]", "a.".repeat(10_000) + "a")),
        (yaml, "- ".repeat(10_000) + "1"),
        (yaml, indented),
        (json, "[".repeat(10_000)),
        (json, "{\"a\":".repeat(10_000)),
    ] {
        assert!(
            load_data(&text, format, "f").is_err(),
            "{format:?} {}",
            &text[..20]
        );
        assert!(PackageJson::parse(&text, Path::new("p")).is_err());
    }
    let fine = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    assert!(load_data(&fine, DataFormat::Json, "f").is_ok());
    let fine = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(load_data(&fine, yaml, "f").is_ok());
}

#[test]
fn aliases_cannot_grow_without_bound() {
    let level = |at: usize, copies: usize| {
        let items = vec![format!("*a{}", at - 1); copies].join(",");
        format!("a{at}: &a{at} [{items}]\n")
    };
    let levels: String = (1..20).map(|at| level(at, 10)).collect();
    let text = format!("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n{levels}");
    let problems = load_data(&text, DataFormat::Yaml, "f").unwrap_err();
    assert!(
        problems[0].message.contains("more than 1000000 values"),
        "{problems:?}"
    );
    let levels: String = (1..2000).map(|at| level(at, 1)).collect();
    let nested = format!("a0: &a0 x\n{levels}");
    assert!(load_data(&nested, DataFormat::Yaml, "f").is_err());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(?s).{0,120}",
        "[\\[\\]{}\"':,0-9a-e.+eE\\\\ux/*\\n -]{0,120}",
        "[a-c=\\[\\].\"'#0-9:TZ{},\\n -]{0,120}",
        "[a-c:&*!<>|?%@`\"'\\[\\]{},#\\n -]{0,120}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_loads_or_fails(text in text()) {
        for format in FORMATS {
            match load_data(&text, format, "f") {
                Ok(DataText::Json(json)) => {
                    prop_assert!(load_data(&json, DataFormat::Json, "f").is_ok(), "{json}");
                }
                Ok(DataText::JavaScript(_)) => {}
                Err(problems) => {
                    prop_assert!(problems.iter().all(|problem| problem.line > 0), "{problems:?}");
                }
            }
        }
        let _ = PackageJson::parse(&text, Path::new("p"));
        let _ = BunConfig::parse(&text, Path::new("p"));
    }

    #[test]
    fn json_is_json5_and_yaml(text in "[\\[\\]{}\":,0-9a-e]{0,60}") {
        if let Ok(found) = load_data(&text, DataFormat::Json, "f") {
            prop_assert_eq!(&load_data(&text, DataFormat::Jsonc, "f").unwrap(), &found);
            prop_assert_eq!(&load_data(&text, DataFormat::Json5, "f").unwrap(), &found);
        }
    }

    #[test]
    fn any_bytes_in_a_tsconfig(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let dir = Dir::new(&[("tsconfig.json", "")]);
        std::fs::write(dir.0.join("tsconfig.json"), bytes).unwrap();
        let _ = Tsconfig::read(&dir.0.join("tsconfig.json"));
    }
}
