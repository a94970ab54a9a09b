//! TOML 1.1 to values. The library parses; this decides what JavaScript gets, as Bun does.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue, Error};
use toml::value::Datetime;

use crate::json::{Mistake, Step};
use crate::value::{Object, Temporal, Value};

/// Integers beyond this cannot be told apart by a JavaScript number; Bun refuses them, and a
/// refused number is better than another one.
const SAFE_INTEGER: i128 = (1 << 53) - 1;

pub(crate) fn parse(text: &str) -> Result<Value, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| mistake(text, error)).collect());
    }
    object(table.get_ref()).map_err(|mistake| vec![mistake])
}

/// The bytes of the value that `path` leads to.
pub(crate) fn locate(text: &str, path: &[Step]) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let (first, rest) = path.split_first()?;
    let Step::Key(first) = first else {
        return None;
    };
    let mut value: &Spanned<DeValue<'_>> = table.get_ref().get(first.as_str())?;
    for step in rest {
        value = match step {
            Step::Key(key) => value.get_ref().get(key.as_str())?,
            Step::Index(index) => value.get_ref().get(*index)?,
        };
    }
    Some(value.span())
}

fn mistake(text: &str, error: &Error) -> Mistake {
    let at = error.span().unwrap_or(text.len()..text.len());
    Mistake {
        message: error.message().to_owned(),
        at,
    }
}

fn object(table: &DeTable<'_>) -> Result<Value, Mistake> {
    let mut members = Object::default();
    for (key, item) in table {
        members.insert(key.get_ref().to_string(), value(item)?);
    }
    Ok(Value::Object(members))
}

/// The library bounds the nesting of a document, and with it this recursion.
fn value(item: &Spanned<DeValue<'_>>) -> Result<Value, Mistake> {
    Ok(match item.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Float(number) => Value::Number(float(number.as_str())),
        DeValue::Integer(number) => Value::Number(integer(number, item.span())?),
        DeValue::Datetime(moment) => Value::Temporal(temporal(moment)),
        DeValue::Array(items) => Value::Array(items.iter().map(value).collect::<Result<_, _>>()?),
        DeValue::Table(table) => object(table)?,
    })
}

fn float(text: &str) -> f64 {
    let plain = text.replace('_', "");
    match plain.trim_start_matches(['+', '-']) {
        "inf" if plain.starts_with('-') => f64::NEG_INFINITY,
        "inf" => f64::INFINITY,
        _ => plain.parse().unwrap_or(f64::NAN),
    }
}

fn integer(number: &DeInteger<'_>, at: Range<usize>) -> Result<f64, Mistake> {
    let plain = number.as_str().replace('_', "");
    let parsed = i128::from_str_radix(&plain, number.radix()).ok();
    match parsed.filter(|number| number.abs() <= SAFE_INTEGER) {
        #[expect(clippy::cast_precision_loss, reason = "the integer is below 2^53")]
        Some(number) => Ok(number as f64),
        None => Err(Mistake {
            message: "a JavaScript number cannot hold this integer exactly; it must lie within \
                      2^53 - 1 of zero, or be written in quotes"
                .to_owned(),
            at,
        }),
    }
}

fn temporal(moment: &Datetime) -> Temporal {
    let text = moment.to_string();
    match (
        moment.date.is_some(),
        moment.time.is_some(),
        moment.offset.is_some(),
    ) {
        (_, _, true) => Temporal::Instant(text),
        (true, true, false) => Temporal::PlainDateTime(text),
        (true, false, false) => Temporal::PlainDate(text),
        (false, _, false) => Temporal::PlainTime(text),
    }
}
