//! The URL tests of the Web Platform Tests, against the natives as JS sees them.

use super::{parse, setters};
use proptest::prelude::*;
use serde_json::Value;
use std::fmt::Write;

const PARSE: &str = include_str!("../../tests/wpt/urltestdata.json");
const SETTERS: &str = include_str!("../../tests/wpt/setters_tests.json");
const NAMES: [&str; 9] = [
    "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash",
];

#[test]
fn parsing() {
    let cases: Vec<Value> = serde_json::from_str(PARSE).unwrap();
    let mut failures = String::new();
    for case in cases.iter().filter(|case| case.is_object()) {
        let (Some(input), base) = (case["input"].as_str(), case["base"].as_str()) else {
            continue;
        };
        let expected = if case["failure"].as_bool() == Some(true) {
            None
        } else {
            case["href"].as_str()
        };
        let actual = parse(input, base);
        if actual.as_deref() != expected {
            let _ = writeln!(
                failures,
                "{input:?} on {base:?}: {actual:?}, wanted {expected:?}"
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn setting() {
    let cases: Value = serde_json::from_str(SETTERS).unwrap();
    let mut failures = String::new();
    for (number, name) in (0..).zip(NAMES) {
        for case in cases[name].as_array().unwrap() {
            let (href, value) = (
                case["href"].as_str().unwrap(),
                case["new_value"].as_str().unwrap(),
            );
            let href = parse(href, None).unwrap();
            let actual = setters::set(&href, number, value).unwrap_or_else(|| href.clone());
            let Some(expected) = case["expected"]["href"].as_str() else {
                continue;
            };
            if actual != expected {
                let _ = writeln!(
                    failures,
                    "{href} {name}={value:?}: {actual}, wanted {expected}"
                );
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Text made of the pieces that URLs are decided by.
fn url_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("http:"),
        Just("file:"),
        Just("foo:"),
        Just("//"),
        Just("/"),
        Just("\\"),
        Just(".."),
        Just("."),
        Just("%2e"),
        Just("C:"),
        Just("C|"),
        Just("localhost"),
        Just("a.b"),
        Just("[::1]"),
        Just("@"),
        Just(":"),
        Just("80"),
        Just("?"),
        Just("#"),
        Just(" "),
        Just("^"),
        Just("é"),
        Just("xn--"),
        Just("%"),
        Just("\t"),
        Just("'"),
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn an_href_parses_to_itself(input in url_like(), base in proptest::option::of(url_like())) {
        if let Some(href) = parse(&input, base.as_deref()) {
            prop_assert_eq!(parse(&href, None), Some(href));
        }
    }

    #[test]
    fn setters_keep_hrefs_normal(input in url_like(), component in 0..9_u8, value in url_like()) {
        if let Some(href) = parse(&input, None)
            && let Some(changed) = setters::set(&href, component, &value)
        {
            prop_assert_eq!(parse(&changed, None), Some(changed));
        }
    }

    #[test]
    fn any_text_is_a_url_or_a_failure(input in ".*", base in ".*") {
        let _ = parse(&input, Some(&base));
    }
}
