//! Declarations of modules that are no scripts: data by its value, everything else by how it is read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crust_manifest::{DataFormat, Value, parse_data};

use crate::loader::Loader;

/// Types of data are no deeper than this; what is below is `unknown`. Declarations of a generated file are of no use to
/// anybody long before.
const DEEPEST: usize = 32;
/// Different types in one array; more become `unknown`.
const MOST_MEMBERS: usize = 64;

/// The text of declarations of a module; `None` for scripts, and for data that does not parse, which the build itself
/// complains about.
pub(super) fn declarations_of(loader: Loader, path: &str, bytes: &[u8]) -> Option<String> {
    let format = match loader {
        Loader::Js | Loader::Jsx | Loader::Ts | Loader::Tsx => return None,
        Loader::Json => DataFormat::Json,
        Loader::Jsonc => DataFormat::Jsonc,
        Loader::Json5 => DataFormat::Json5,
        Loader::Toml => DataFormat::Toml,
        Loader::Yaml => DataFormat::Yaml,
        Loader::Text | Loader::Base64 | Loader::DataUrl | Loader::File | Loader::Html => {
            return Some(default_of("string"));
        }
        Loader::Binary => return Some(default_of("Uint8Array")),
        Loader::Css if crate::css::is_module(path) => {
            return Some(default_of("{ readonly [name: string]: string }"));
        }
        Loader::Css | Loader::Empty => return Some(default_of("{}")),
    };
    let text = String::from_utf8_lossy(bytes);
    let value = parse_data(&text, format, path).ok()?;
    let mut out = default_of(&type_of(&value, 0));
    for (key, value) in entries(&value) {
        if is_exportable(key) {
            // Writing to a string does not fail.
            let _ = writeln!(out, "export declare const {key}: {};", type_of(value, 0));
        }
    }
    Some(out)
}

fn default_of(written: &str) -> String {
    format!("declare const _default: {written};\nexport default _default;\n")
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = value.as_object();
    let entries = object.into_iter().flatten();
    entries.map(|(key, value)| (key.as_str(), value))
}

/// TypeScript's type of a value that may be changed.
fn type_of(value: &Value, depth: usize) -> String {
    let word = match value {
        _ if depth > DEEPEST => "unknown",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        // Its classes are not in every library of TypeScript.
        Value::Temporal(_) => "unknown",
        Value::Array(list) => return array_type(list, depth),
        Value::Object(_) => return object_type(value, &BTreeSet::new(), depth),
    };
    word.to_owned()
}

/// As TypeScript, every object of an array has the names of all of them.
fn array_type(list: &[Value], depth: usize) -> String {
    let names = list.iter().flat_map(entries).map(|(key, _)| key);
    let names: BTreeSet<&str> = names.collect();
    let members = list.iter().map(|value| match value {
        Value::Object(_) if depth < DEEPEST => object_type(value, &names, depth),
        value => type_of(value, depth + 1),
    });
    let members: BTreeSet<String> = members.collect();
    let count = members.len();
    let joined = members.into_iter().collect::<Vec<_>>().join(" | ");
    match count {
        0 => "never[]".to_owned(),
        1 => format!("{joined}[]"),
        2..=MOST_MEMBERS => format!("({joined})[]"),
        _ => "unknown[]".to_owned(),
    }
}

/// The type of an object, with names that others of its kind have.
fn object_type(value: &Value, names: &BTreeSet<&str>, depth: usize) -> String {
    let indent = "    ".repeat(depth + 1);
    let shown = |key: &str| {
        if is_name(key) {
            key.to_owned()
        } else {
            quoted(key)
        }
    };
    let mut out = String::from("{");
    let mut missing = names.clone();
    for (key, value) in entries(value) {
        missing.remove(key);
        let _ = write!(
            out,
            "\n{indent}{}: {};",
            shown(key),
            type_of(value, depth + 1)
        );
    }
    for key in missing {
        let _ = write!(out, "\n{indent}{}?: undefined;", shown(key));
    }
    if out.len() > 1 {
        let _ = write!(out, "\n{}", "    ".repeat(depth));
    }
    out.push('}');
    out
}

/// A string literal of any text.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            letter if u32::from(letter) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Whether a text can stand as a name, where reserved words can too.
pub(super) fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let starts = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || letter == '$';
    letters.next().is_some_and(starts)
        && letters.all(|letter| starts(letter) || letter.is_ascii_digit())
}

fn is_exportable(name: &str) -> bool {
    is_name(name) && !super::names::is_reserved(name) && name != "_default"
}
