//! A value of a data file, and its text as JSON or as a JavaScript expression.

use std::fmt::Write as _;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// The members of an object in order; a repeated key keeps its place and takes the last value.
pub type Object = IndexMap<String, Value, FxBuildHasher>;

/// How deep a data file may nest. A person writes ten levels, a generator thirty; parsing, writing
/// and dropping a value recurse, and this bounds their stack to well under a megabyte.
pub(crate) const DEPTH_LIMIT: usize = 512;

/// What a data file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, which may be infinite or not a number in formats that can write it.
    Number(f64),
    /// A string. A lone surrogate becomes U+FFFD.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
    /// A date or time of TOML.
    Temporal(Temporal),
}

/// A date or time of TOML, in ISO 8601, by the `Temporal` class that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Temporal {
    /// Date, time and offset.
    Instant(String),
    /// Date and time.
    PlainDateTime(String),
    /// A date.
    PlainDate(String),
    /// A time.
    PlainTime(String),
}

impl Temporal {
    /// The name of the `Temporal` class, and the text its `from` takes.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Instant(text) => ("Instant", text),
            Self::PlainDateTime(text) => ("PlainDateTime", text),
            Self::PlainDate(text) => ("PlainDate", text),
            Self::PlainTime(text) => ("PlainTime", text),
        }
    }
}

impl Value {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// What it is, for messages: `a string`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Temporal(_) => "a date or time",
        }
    }

    /// The text for `JSON.parse`, or `None` where JSON cannot say it.
    pub fn to_json(&self) -> Option<String> {
        let mut text = String::new();
        self.write(&mut text, false).then_some(text)
    }

    /// The text of a JavaScript expression that gives the value.
    pub fn to_javascript(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, true);
        text
    }

    /// `false` when JSON was asked for and cannot say it.
    fn write(&self, out: &mut String, javascript: bool) -> bool {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) if number.is_finite() => write_number(out, *number),
            Self::Number(number) => {
                out.push_str(&number_key(*number));
                return javascript;
            }
            Self::String(text) => write_string(out, text),
            Self::Array(items) => {
                let mut separator = '[';
                for item in items {
                    out.push(separator);
                    separator = ',';
                    if !item.write(out, javascript) {
                        return false;
                    }
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Object(object) => return write_object(out, object, javascript),
            Self::Temporal(temporal) => {
                let (class, text) = temporal.parts();
                let _ = write!(out, "Temporal.{class}.from(\"{text}\")");
                return javascript;
            }
        }
        true
    }
}

fn write_object(out: &mut String, object: &Object, javascript: bool) -> bool {
    // An expression that starts with a brace is a block where a statement may stand.
    out.push_str(if javascript { "({" } else { "{" });
    for (at, (key, value)) in object.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        // Only a computed key makes `__proto__` an ordinary member of a literal.
        let computed = javascript && key == "__proto__";
        if computed {
            out.push('[');
        }
        write_string(out, key);
        out.push_str(if computed { "]:" } else { ":" });
        if !value.write(out, javascript) {
            return false;
        }
    }
    out.push_str(if javascript { "})" } else { "}" });
    true
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            _ => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

fn write_number(out: &mut String, number: f64) {
    let _ = if number.abs() >= 1e21 || (number != 0.0 && number.abs() < 1e-6) {
        write!(out, "{number:e}")
    } else {
        write!(out, "{number}")
    };
}

/// What JavaScript makes of a number used as a property key.
pub(crate) fn number_key(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let mut text = String::new();
    write_number(&mut text, number);
    match text.split_once('e') {
        Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let mut object = Object::default();
        object.insert("__proto__".to_owned(), Value::Number(-0.0));
        object.insert(
            "a\"\u{1}\u{2028}".to_owned(),
            Value::Array(vec![Value::Null]),
        );
        let value = Value::Object(object);
        assert_eq!(
            value.to_json().unwrap(),
            "{\"__proto__\":-0,\"a\\\"\\u0001\u{2028}\":[null]}"
        );
        assert_eq!(
            value.to_javascript(),
            "({[\"__proto__\"]:-0,\"a\\\"\\u0001\u{2028}\":[null]})"
        );
        let inside = Value::Array(vec![Value::Number(f64::NEG_INFINITY)]);
        assert_eq!(inside.to_json(), None);
        assert_eq!(inside.to_javascript(), "[-Infinity]");
        assert_eq!(Value::Array(Vec::new()).to_json().unwrap(), "[]");
    }

    #[test]
    fn numbers() {
        for (number, key, json) in [
            (1.0, "1", "1"),
            (0.5, "0.5", "0.5"),
            (1e21, "1e+21", "1e21"),
            (1.5e-7, "1.5e-7", "1.5e-7"),
            (-1e300, "-1e+300", "-1e300"),
            (
                123_456_789_012_345_680_000.0,
                "123456789012345680000",
                "123456789012345680000",
            ),
        ] {
            assert_eq!(number_key(number), key);
            assert_eq!(Value::Number(number).to_json().unwrap(), json);
        }
    }
}
