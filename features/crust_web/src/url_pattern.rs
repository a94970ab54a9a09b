//! Natives of `crust:web/url_pattern`: compiling patterns and canonicalizing what is matched, by the
//! `urlpattern` crate. Matching itself happens in JS, with the engine's regular expressions.

use crust_core::{Call, Op, OpError, OpResult};
use serde::Serialize;
use urlpattern::quirks::{self, EcmaRegexp, StringOrInit, UrlPatternInit};
use urlpattern::{RegexSyntax, UrlPatternOptions};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("urlPatternParse", parse),
    Op::new("urlPatternInput", match_input),
];

/// `JSON.stringify` of a string or a `URLPatternInit`, and a base URL.
fn read_input(cx: &Call<'_>) -> Result<(StringOrInit<'static>, Option<String>), OpError> {
    let invalid = |_| OpError::type_error("a URL pattern must be a string or an object");
    let json = cx
        .string(0)
        .map_err(|_| OpError::type_error("a URL pattern must be a string or an object"))?;
    let base = cx
        .opt_string(1)
        .map_err(|_| OpError::type_error("a base URL must be a string"))?;
    let input = if json.starts_with('"') {
        StringOrInit::String(
            serde_json::from_str::<String>(&json)
                .map_err(invalid)?
                .into(),
        )
    } else {
        StringOrInit::Init(serde_json::from_str::<UrlPatternInit>(&json).map_err(invalid)?)
    };
    Ok((input, base))
}

fn to_json(value: &impl Serialize) -> Result<String, OpError> {
    serde_json::to_string(value).map_err(|error| OpError::error(error.to_string()))
}

/// `urlPatternParse(input, base, ignoreCase)`: the components as JSON; throws a `TypeError`.
fn parse<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (input, base) = read_input(cx)?;
    let options = UrlPatternOptions {
        regex_syntax: RegexSyntax::EcmaScript,
        ignore_case: cx.boolean(2),
    };
    let pattern = quirks::process_construct_pattern_input(input, base.as_deref())
        .and_then(|init| quirks::parse_pattern::<EcmaRegexp>(init, options))
        .map_err(|error| {
            OpError::type_error(format!("Invalid URL pattern: {error}"))
                .code("ERR_INVALID_URL_PATTERN")
        })?;
    Ok(cx.make_string(&to_json(&pattern)?))
}

/// `urlPatternInput(input, base)`: the canonical components of what is to be matched as JSON, or null
/// if it is no URL.
fn match_input<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (input, base) = read_input(cx)?;
    let processed = quirks::process_match_input(input, base.as_deref())
        .map_err(|error| OpError::type_error(format!("Invalid URL pattern input: {error}")))?;
    let components = processed.and_then(|(input, _)| quirks::parse_match_input(input));
    Ok(match components {
        Some(components) => cx.make_string(&to_json(&components)?),
        None => cx.null(),
    })
}
