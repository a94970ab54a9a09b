//! Where builtin modules come from: the table in the binary, or in development the files.

use crust_core::BuiltinText;

/// Specifier, requested specifiers, emitted text; sorted by specifier.
type Table = [(&'static str, &'static [&'static str], &'static str)];

const TABLE: &Table = &include!(concat!(env!("OUT_DIR"), "/builtins.rs"));

/// The emitted text of `crust:<feature>/<file>`.
pub(crate) fn find(specifier: &str) -> Result<Option<BuiltinText>, String> {
    if cfg!(debug_assertions) {
        return development::find(specifier);
    }
    let found = TABLE
        .binary_search_by(|(name, _, _)| (*name).cmp(specifier))
        .ok();
    Ok(found
        .and_then(|index| TABLE.get(index))
        .map(|(_, requests, text)| BuiltinText {
            requests: requests.iter().map(|request| (*request).into()).collect(),
            text: (*text).into(),
        }))
}

/// Reads and transpiles the source files of the checkout the binary was built from.
mod development {
    use crust_core::{BuiltinText, transpile_builtin};
    use std::path::PathBuf;

    pub(super) fn find(specifier: &str) -> Result<Option<BuiltinText>, String> {
        let Some((feature, file)) = specifier
            .strip_prefix("crust:")
            .and_then(|rest| rest.split_once('/'))
        else {
            return Ok(None);
        };
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let folder = match feature {
            "core" => "runtime/crust_core".to_owned(),
            feature => format!("features/crust_{feature}"),
        };
        let path = root.join(folder).join("js").join(format!("{file}.ts"));
        let Ok(source) = std::fs::read_to_string(&path) else {
            return Ok(None);
        };
        if specifier == "crust:core/bootstrap" {
            return Ok(Some(BuiltinText {
                requests: Vec::new(),
                text: source.into(),
            }));
        }
        transpile_builtin(source).map(Some)
    }
}
