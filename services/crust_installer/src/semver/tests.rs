//! Versions and ranges against what npm says of them.

use super::{Range, Version};

fn has(range: &str, version: &str) -> bool {
    let version = Version::parse(version).unwrap();
    Range::parse(range).unwrap().satisfies(&version)
}

#[test]
fn members() {
    for (range, version) in [
        ("", "1.0.0"),
        ("*", "3.1.4"),
        ("||", "1.3.4"),
        ("1.x", "1.9.9"),
        ("~> 1", "1.2.3"),
        ("~ 1.0.3", "1.0.12"),
        ("^0.1", "0.1.7"),
        ("^0.0.1", "0.0.1"),
        ("^ 1.2 ^ 1", "1.4.2"),
        (">= 1.2.3 <2", "1.9.0"),
        ("1.0.0 - 2", "2.9.9"),
        ("x - 1.x", "0.9.7"),
        ("<=0.7.x", "0.7.2"),
        ("^1.2.3-alpha", "1.2.3-beta"),
        ("^0.0.1-alpha", "0.0.1"),
        ("=1.2.3", "1.2.3+build"),
        ("0.1.20 || 1.2.4", "1.2.4"),
    ] {
        assert!(has(range, version), "{range} {version}");
    }
}

#[test]
fn strangers() {
    for (range, version) in [
        ("^1.2.3", "2.0.0-alpha"),
        ("^1.2.3", "1.2.3-beta"),
        ("<1.2.3", "1.2.3-beta"),
        (">1.2", "1.2.8"),
        (">1.2", "1.3.0-beta"),
        ("^0.0.1", "0.0.2"),
        ("~0.0.1", "0.1.0"),
        ("1.0.0 - 2", "3.0.0"),
        ("*", "1.0.0-rc"),
        ("<*", "1.0.0"),
        ("=0.7.x", "0.8.2"),
    ] {
        assert!(!has(range, version), "{range} {version}");
    }
}

#[test]
fn tags_are_no_ranges() {
    for text in [
        "latest",
        "next-11",
        "1.2.3.4",
        "01.2.3",
        "workspace:*",
        "^^1",
        "1.2.3-01",
    ] {
        assert!(Range::parse(text).is_none(), "{text}");
    }
}

#[test]
fn order() {
    let sorted = [
        "0.0.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-10",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-beta",
        "1.0.0",
        "1.0.1",
    ];
    for pair in sorted.windows(2) {
        assert!(
            Version::parse(pair[0]) < Version::parse(pair[1]),
            "{pair:?}"
        );
    }
    assert_eq!(Version::parse("1.0.0+a"), Version::parse("v1.0.0+b"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = Version::parse(&text);
        let _ = Range::parse(&text);
    }
}
