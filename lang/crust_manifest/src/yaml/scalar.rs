//! What one scalar of YAML is, by its style, tag and text: the core schema as Bun reads it.

use saphyr_parser::{ScalarStyle, Tag};

use crate::value::{Value, number_key};

/// A plain `<<` as a key merges.
pub(super) fn is_merge(content: &str, style: ScalarStyle, tag: Option<&Tag>) -> bool {
    content == "<<" && style == ScalarStyle::Plain && tag.is_none()
}

pub(super) fn resolve(content: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let text = || Value::String(content.to_owned());
    if style != ScalarStyle::Plain {
        return text();
    }
    match tag {
        None => plain(content),
        Some(tag) if tag.is_yaml_core_schema() => match tag.suffix.as_str() {
            "int" | "float" => number(content).map_or_else(text, Value::Number),
            "bool" => boolean(content).map_or_else(text, Value::Bool),
            "null" if is_null(content) => Value::Null,
            _ => text(),
        },
        Some(_) => text(),
    }
}

/// The property name that a key becomes: what JavaScript makes of the value.
pub(super) fn key(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_key(number),
        Value::Array(items) => {
            let names: Vec<String> = items
                .into_iter()
                .map(|item| {
                    if item == Value::Null {
                        String::new()
                    } else {
                        key(item)
                    }
                })
                .collect();
            names.join(",")
        }
        Value::Object(_) | Value::Temporal(_) => "[object Object]".to_owned(),
    }
}

fn plain(content: &str) -> Value {
    if is_null(content) {
        return Value::Null;
    }
    if let Some(flag) = boolean(content) {
        return Value::Bool(flag);
    }
    match number(content) {
        Some(number) => Value::Number(number),
        None => Value::String(content.to_owned()),
    }
}

fn is_null(content: &str) -> bool {
    matches!(content, "" | "~" | "null" | "Null" | "NULL")
}

fn boolean(content: &str) -> Option<bool> {
    match content {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn number(content: &str) -> Option<f64> {
    match content {
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let (sign, unsigned) = match content.as_bytes().first()? {
        b'-' => (-1.0, &content[1..]),
        b'+' => (1.0, &content[1..]),
        _ => (1.0, content),
    };
    let size = match unsigned {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        _ => match unsigned.get(..2) {
            Some("0x") => radix(&unsigned[2..], 16)?,
            Some("0o") => radix(&unsigned[2..], 8)?,
            _ => decimal(unsigned)?,
        },
    };
    Some(sign * size)
}

fn radix(digits: &str, radix: u32) -> Option<f64> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u64::from_str_radix(digits, radix).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "numbers of JavaScript round so")]
    Some(number as f64)
}

/// Digits with an optional fraction and exponent; one digit at least before the exponent.
fn decimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let power = exponent.is_none_or(|power| {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        !power.is_empty() && digits(power)
    });
    let any = !whole.is_empty() || !fraction.is_empty();
    if !any || !power || !digits(whole) || !digits(fraction) {
        return None;
    }
    text.parse().ok()
}
