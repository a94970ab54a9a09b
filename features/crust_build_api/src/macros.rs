//! Calls of macros and their results as JSON, which `crust:core/macros` reads and writes.

use crust_bundler::{MacroCall, MacroResult};
use serde::Deserialize;
use serde_json::{Value, json};

/// A result as JS writes it.
#[derive(Deserialize)]
struct Written {
    value: Option<String>,
    #[serde(default)]
    members: usize,
    error: Option<String>,
    hint: Option<String>,
    #[serde(default)]
    import: bool,
}

pub(crate) fn calls(calls: &[MacroCall]) -> Vec<Value> {
    calls
        .iter()
        .map(|call| {
            json!({
                "specifier": call.specifier,
                "export": call.export,
                "arguments": call.arguments,
                "members": call.members,
            })
        })
        .collect()
}

/// The results; none where there was no answer.
pub(crate) fn results(text: Option<&str>) -> Vec<MacroResult> {
    let written: Vec<Written> = text
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let results = written.into_iter().map(|written| match written.value {
        Some(text) => MacroResult::Value {
            text,
            members: written.members,
        },
        None => MacroResult::Failed {
            message: written.error.unwrap_or_default(),
            hint: written.hint,
            import: written.import,
        },
    });
    results.collect()
}
