//! TOML. What JavaScript gets agrees with Bun, which gives `Temporal` objects for dates and times
//! and refuses integers that a number cannot hold.

use crust_manifest::DataFormat::Toml;
use crust_manifest::load_data;

use crate::dir::check;

#[test]
fn values() {
    check(
        Toml,
        &[
            ("", "{}"),
            ("b=1\na='x'", "{\"b\":1,\"a\":\"x\"}"),
            (
                "j=0xff\nk=1_000\nl=1e3\nm=0o17\nn=0b11\no=+1",
                "{\"j\":255,\"k\":1000,\"l\":1000,\"m\":15,\"n\":3,\"o\":1}",
            ),
            (
                "g=inf\nh=nan\ni=-inf",
                "js ({\"g\":Infinity,\"h\":NaN,\"i\":-Infinity})",
            ),
            (
                "[t]\nx=[1,'a']\n[[q]]\nz=1\n[[q]]\nz=2\n[a.b.c]\nd=1",
                "{\"t\":{\"x\":[1,\"a\"]},\"q\":[{\"z\":1},{\"z\":2}],\"a\":{\"b\":{\"c\":{\"d\":1}}}}",
            ),
            (
                "a.b=1\na.c=2\n\"q k\"=3",
                "{\"a\":{\"b\":1,\"c\":2},\"q k\":3}",
            ),
            (
                "s='''\nx\ny'''\nm=\"\"\"a\\\n  b\"\"\"",
                "{\"s\":\"x\\ny\",\"m\":\"ab\"}",
            ),
            ("a={b=1,\n c={d=2},}", "{\"a\":{\"b\":1,\"c\":{\"d\":2}}}"),
            ("__proto__=1", "{\"__proto__\":1}"),
            ("a = \"\\x41\\e\"", "{\"a\":\"A\\u001b\"}"),
            ("f=1.0\ng=-0.0", "{\"f\":1,\"g\":-0}"),
            ("\u{feff}a=1\r\n[b]\r\nc=1", "{\"a\":1,\"b\":{\"c\":1}}"),
            (
                "c=1979-05-27T07:32:00Z",
                "js ({\"c\":Temporal.Instant.from(\"1979-05-27T07:32:00Z\")})",
            ),
            (
                "c=1979-05-27 07:32:00.123456789-07:00",
                "js ({\"c\":Temporal.Instant.from(\"1979-05-27T07:32:00.123456789-07:00\")})",
            ),
            (
                "f=1979-05-27T07:32:00",
                "js ({\"f\":Temporal.PlainDateTime.from(\"1979-05-27T07:32:00\")})",
            ),
            (
                "d=1979-05-27",
                "js ({\"d\":Temporal.PlainDate.from(\"1979-05-27\")})",
            ),
            (
                "e=07:32:00",
                "js ({\"e\":Temporal.PlainTime.from(\"07:32:00\")})",
            ),
            ("x=9007199254740991", "{\"x\":9007199254740991}"),
        ],
    );
}

#[test]
fn errors_have_places() {
    for (text, line, column) in [
        ("a=\nb=1", 1, 3),
        ("a=1\na=2", 2, 1),
        ("a = tru", 1, 5),
        ("[a]\n[a]", 2, 2),
        ("=1", 1, 1),
        ("x=1\ny=9007199254740993", 2, 3),
    ] {
        let problems = load_data(text, Toml, "f.toml").unwrap_err();
        let first = &problems[0];
        assert_eq!(
            (first.line, first.column),
            (line, column),
            "{text:?}: {first:?}"
        );
        assert_eq!(first.file.as_deref(), Some("f.toml"));
        assert!(!first.excerpt.is_empty());
    }
    assert_eq!(
        load_data("a=\nb=\nc=1\n=2", Toml, "f").unwrap_err().len(),
        3
    );
}
