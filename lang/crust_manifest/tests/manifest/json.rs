//! JSON, JSONC and JSON5. What is accepted agrees with Bun, except that its JSONC has no
//! requirement beyond these and its JSON5 refuses hexadecimal numbers above 64 bits.

use crust_manifest::DataFormat::{Json, Json5, Jsonc};

use crate::dir::check;

#[test]
fn strict() {
    check(
        Json,
        &[
            ("5", "5"),
            ("\"s\"", "\"s\""),
            (" [1, 2] ", "[1,2]"),
            ("null", "null"),
            ("\u{feff}{\"a\":1}", "{\"a\":1}"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
            ("{\"__proto__\":{}}", "{\"__proto__\":{}}"),
            ("[-0,1.50,1E3,-1e-7]", "[-0,1.5,1000,-1e-7]"),
            ("\"\\ud83d\\ude00\\/\\u0041\"", "\"😀/A\""),
            ("\"\\ud800\"", "\"\u{fffd}\""),
            ("", "1:1 expected a value but found the end of the file"),
            ("{\"a\":1,}", "1:8 JSON does not allow a comma before this"),
            ("[1,]", "1:4 JSON does not allow a comma before this"),
            (
                "{/*c*/}",
                "1:2 expected a key in double quotes but found \"/\"",
            ),
            (
                "{\"a\":1}\n{\"b\":2}",
                "2:1 expected the end of the file but found \"{\"",
            ),
            (
                "{'a':1}",
                "1:2 expected a key in double quotes but found \"'\"",
            ),
            (
                "{a:1}",
                "1:2 expected a key in double quotes but found \"a\"",
            ),
            ("[\n1,\n  x]", "3:3 expected a value but found \"x\""),
            ("{\"a\":}", "1:6 expected a value but found \"}\""),
            ("undefined", "1:1 expected a value but found \"undefined\""),
            ("truex", "1:1 expected a value but found \"truex\""),
            ("[01]", "1:2 \"01\" is not a number"),
            ("[1.]", "1:2 \"1.\" is not a number"),
            ("[-]", "1:2 \"-\" is not a number"),
            ("[1e]", "1:2 \"1e\" is not a number"),
            ("[.5]", "1:2 expected a value but found \".\""),
            ("[+1]", "1:2 expected a value but found \"+\""),
            ("[1 2]", "1:4 expected \",\" or \"]\" but found \"2\""),
            ("\"a", "1:1 this string is never closed"),
            ("\"a\nb\"", "1:1 this string is never closed"),
            (
                "\"a\tb\"",
                "1:3 JSON does not allow a control character in a string; write it as an escape",
            ),
            ("\"\\x41\"", "1:2 \"\\x\" is not an escape"),
            ("\"\\u12\"", "1:2 expected four hexadecimal digits"),
            ("{\"é\": 😀}", "1:7 expected a value but found \"😀\""),
            ("[1e400]", "js [Infinity]"),
        ],
    );
}

#[test]
fn with_comments() {
    check(
        Jsonc,
        &[
            ("{// c\n\"a\":1,/*x*/}", "{\"a\":1}"),
            ("", "{}"),
            (" // only\n", "{}"),
            ("{'a':'it\\'s'}", "{\"a\":\"it's\"}"),
            ("[1,2,]", "[1,2]"),
            ("[,]", "1:2 expected a value but found \",\""),
            ("[1 2]", "1:4 expected \",\" or \"]\" but found \"2\""),
            (
                "{a:1}",
                "1:2 expected a key in double quotes but found \"a\"",
            ),
            ("{/*", "1:2 this comment is never closed"),
            ("[1/2]", "1:3 expected a value but found \"/\""),
        ],
    );
}

#[test]
fn json5() {
    check(
        Json5,
        &[
            (
                "{a:1,'b':0x1F,c:+1,d:.5,e:5.,h:'a\\\nb',i:\"\\x41\",$:1,} // x",
                "{\"a\":1,\"b\":31,\"c\":1,\"d\":0.5,\"e\":5,\"h\":\"ab\",\"i\":\"A\",\"$\":1}",
            ),
            (
                "{f:Infinity,g:-NaN,h:-Infinity}",
                "js ({\"f\":Infinity,\"g\":NaN,\"h\":-Infinity})",
            ),
            ("", "{}"),
            ("{\\u0061b:1, é:2}", "{\"ab\":1,\"é\":2}"),
            ("'\\v\\0\\q\\\u{2028}'", "\"\\u000b\\u0000q\""),
            ("\u{2028}\u{a0}[1]", "[1]"),
            ("{a:1,a:2,__proto__:3}", "{\"a\":2,\"__proto__\":3}"),
            ("-0x10", "-16"),
            ("1e-2", "0.01"),
            ("{a:}", "1:4 expected a value but found \"}\""),
            ("[1,,2]", "1:4 expected a value but found \",\""),
            ("\"a\nb\"", "1:1 this string is never closed"),
            ("{1:2}", "1:2 expected a key but found \"1\""),
            ("[010]", "1:2 \"010\" is not a number"),
            ("[0x]", "1:2 \"0x\" is not a number"),
            ("[.]", "1:2 \".\" is not a number"),
            ("[1-2]", "1:3 expected \",\" or \"]\" but found \"-\""),
        ],
    );
}
