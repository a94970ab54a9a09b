//! YAML. What JavaScript gets agrees with Bun; merged members follow in the order of their source.

use crust_manifest::DataFormat::Yaml;
use crust_manifest::load_data;

use crate::dir::check;

#[test]
fn scalars() {
    let strings = [
        "yes",
        "no",
        "on",
        "off",
        "y",
        "N",
        "0b11",
        "1_000",
        "1:30",
        "2001-12-14",
        "1.2.3",
        "nULL",
        "0x",
        "1e",
        ".",
        "0o8",
        "tRUE",
        "1 2",
        "1,2",
        "--1",
        "++1",
        "-.nan",
        ".iNf",
        "e5",
        "...x",
        "0xFFFFFFFFFFFFFFFFFF",
        "2001-12-14t21:59:43.10-05:00",
    ];
    for text in strings {
        check(Yaml, &[(&format!("- {text}"), &format!("[\"{text}\"]"))]);
    }
    let numbers = [
        ("1", "1"),
        ("1.5", "1.5"),
        ("1e3", "1000"),
        ("0xff", "255"),
        ("0o17", "15"),
        ("017", "17"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "-0"),
        ("-0x1", "-1"),
        ("1.e1", "10"),
        ("00", "0"),
        ("+0o7", "7"),
        ("1E+5", "100000"),
        ("+.5", "0.5"),
        ("-1.5E-3", "-0.0015"),
        ("12e03", "12000"),
        ("08", "8"),
        ("-08.5", "-8.5"),
        ("99999999999999999999", "100000000000000000000"),
        ("true", "true"),
        ("TRUE", "true"),
        ("False", "false"),
        ("null", "null"),
        ("~", "null"),
        ("NULL", "null"),
        ("", "null"),
        ("\"1\"", "\"1\""),
        ("'true'", "\"true\""),
    ];
    for (text, expected) in numbers {
        check(Yaml, &[(&format!("- {text}"), &format!("[{expected}]"))]);
    }
    check(
        Yaml,
        &[
            (
                "[.inf, -.Inf, +.INF, .nan, 1e400]",
                "js [Infinity,-Infinity,Infinity,NaN,Infinity]",
            ),
            (
                "a: \"x\\ty\\u0041\"\nb: 'it''s'",
                "{\"a\":\"x\\tyA\",\"b\":\"it's\"}",
            ),
        ],
    );
}

#[test]
fn collections_and_documents() {
    check(
        Yaml,
        &[
            ("", "{}"),
            ("# only comment", "null"),
            ("just text", "\"just text\""),
            ("a: 1\n---\nb: 2\n", "[{\"a\":1},{\"b\":2}]"),
            ("---\na: 1\n---\n", "[{\"a\":1},null]"),
            ("---\n", "null"),
            ("---\n---", "[null,null]"),
            ("%YAML 1.2\n---\na: 1\n...\n", "{\"a\":1}"),
            ("- 1\n- - 2\n  - 3\n", "[1,[2,3]]"),
            ("a: 1\na: 2", "{\"a\":2}"),
            ("a: {b: 1, b: 2, c}", "{\"a\":{\"b\":2,\"c\":null}}"),
            ("[a, b: c, {d}, ]", "[\"a\",{\"b\":\"c\"},{\"d\":null}]"),
            (
                "a: |\n  l1\n  l2\nb: >\n  f1\n  f2\nc: |-\n  s\n",
                "{\"a\":\"l1\\nl2\\n\",\"b\":\"f1 f2\\n\",\"c\":\"s\"}",
            ),
            (
                "a: |2\n   x\n  y\nb: >+\n z\n\n",
                "{\"a\":\" x\\ny\\n\",\"b\":\"z\\n\\n\"}",
            ),
            (
                "a: \"multi\n  line\n\n  para\"\nb: plain\n  multi",
                "{\"a\":\"multi line\\npara\",\"b\":\"plain multi\"}",
            ),
            (
                "\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n",
                "{\"a\":1,\"b\":\"x\\ny\\n\"}",
            ),
            ("__proto__: 1", "{\"__proto__\":1}"),
        ],
    );
}

#[test]
fn keys_tags_anchors_merges() {
    check(
        Yaml,
        &[
            (
                "? [a, b]\n: v\n1: x\nnull: y\ntrue: z\n? {k: v}\n: w",
                "{\"a,b\":\"v\",\"1\":\"x\",\"null\":\"y\",\"true\":\"z\",\"[object Object]\":\"w\"}",
            ),
            (
                "3.5: c\n0x10: d\n1.0: e\n.inf: f",
                "{\"3.5\":\"c\",\"16\":\"d\",\"1\":\"e\",\"Infinity\":\"f\"}",
            ),
            (
                "a: !!str 1\nb: !!int \"5\"\nc: !foo bar\nd: !!binary aGk=\ne: !!set {a,b}\nf: !!float 1",
                "{\"a\":\"1\",\"b\":\"5\",\"c\":\"bar\",\"d\":\"aGk=\",\"e\":{\"a\":null,\"b\":null},\"f\":1}",
            ),
            (
                "- !!int 0x10\n- !!int abc\n- !!null x\n- !!bool yes\n- !!str null\n- !!str",
                "[16,\"abc\",\"x\",\"yes\",\"null\",\"\"]",
            ),
            ("- ! 5\n- !<tag:yaml.org,2002:str> 5", "[\"5\",\"5\"]"),
            (
                "base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  y: 3\ne:\n  <<: [*b, {z: 9, x: 0}]",
                "{\"base\":{\"x\":1,\"y\":2},\"d\":{\"y\":3,\"x\":1},\"e\":{\"x\":1,\"y\":2,\"z\":9}}",
            ),
            ("a: &x [1]\nb: *x", "{\"a\":[1],\"b\":[1]}"),
            (
                "a: &a\n  x: 1\nb: &a\n  x: 2\nc: *a",
                "{\"a\":{\"x\":1},\"b\":{\"x\":2},\"c\":{\"x\":2}}",
            ),
            ("&a a: &b b\n*b : *a", "{\"a\":\"b\",\"b\":\"a\"}"),
            ("a: &x 5\n<<: *x", "{\"a\":5,\"<<\":5}"),
            ("- <<\n- \"<<\": {a: 1}", "[\"<<\",{\"<<\":{\"a\":1}}]"),
            ("<<: {a: 1}\nb: 2", "{\"b\":2,\"a\":1}"),
        ],
    );
}

#[test]
fn errors_have_places() {
    for (text, line) in [
        ("a: &x [1]\nb: *x\nc: *nope", 3),
        ("a: [1\nb: 2", 2),
        ("a: b: c", 1),
        ("a: @x", 1),
        ("a: `x", 1),
        ("a: 1\nb: &x\n  b: *x", 3),
        ("x: &a 1\n---\ny: *a", 3),
    ] {
        let problems = load_data(text, Yaml, "f.yaml").unwrap_err();
        assert_eq!(problems[0].line, line, "{text:?}: {:?}", problems[0]);
        assert!(problems[0].column > 0);
    }
}
