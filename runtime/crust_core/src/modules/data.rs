//! Modules that are data: JSON and its relatives, text, files, WebAssembly. Parsing is
//! `crust_manifest`'s work.

use super::error::LoadError;
use super::record::Data;
use crust_diag::Diagnostic;
use crust_manifest::{DataFormat, DataText, load_data, parse_data};
use std::path::Path;

/// What a file extension or a `type` attribute means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loader {
    Js,
    Jsx,
    Ts,
    Tsx,
    Json,
    Jsonc,
    Json5,
    Toml,
    Yaml,
    Text,
    File,
    Wasm,
}

impl Loader {
    pub(super) fn of_extension(path: &Path) -> Self {
        match path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or("js")
        {
            "js" | "mjs" | "cjs" => Self::Js,
            "jsx" => Self::Jsx,
            "ts" | "mts" | "cts" => Self::Ts,
            "tsx" => Self::Tsx,
            "json" => json_loader(path),
            "jsonc" => Self::Jsonc,
            "json5" => Self::Json5,
            "toml" => Self::Toml,
            "yaml" | "yml" => Self::Yaml,
            "txt" | "text" => Self::Text,
            "wasm" => Self::Wasm,
            _ => Self::File,
        }
    }

    /// The `type` import attribute; `None` for one that Crust does not know.
    pub(super) fn of_attribute(name: &str) -> Option<Self> {
        Some(match name {
            "js" | "javascript" => Self::Js,
            "jsx" => Self::Jsx,
            "ts" | "typescript" => Self::Ts,
            "tsx" => Self::Tsx,
            "json" => Self::Json,
            "jsonc" => Self::Jsonc,
            "json5" => Self::Json5,
            "toml" => Self::Toml,
            "yaml" => Self::Yaml,
            "text" => Self::Text,
            "file" => Self::File,
            "wasm" => Self::Wasm,
            _ => return None,
        })
    }
}

/// Files that are JSON with comments by custom.
fn json_loader(path: &Path) -> Loader {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let commented =
        name.starts_with("tsconfig") || name.starts_with("jsconfig") || name == "bun.lock";
    if commented {
        Loader::Jsonc
    } else {
        Loader::Json
    }
}

/// Parses the data of a file. JSON is parsed by the engine when the module runs.
pub(super) fn parse(loader: Loader, path: &Path, text: String) -> Result<Data, LoadError> {
    let name = path.to_string_lossy();
    let format = match loader {
        Loader::Json => return Ok(Data::Json(text)),
        Loader::Jsonc => DataFormat::Jsonc,
        Loader::Json5 => DataFormat::Json5,
        Loader::Toml => DataFormat::Toml,
        Loader::Yaml => DataFormat::Yaml,
        Loader::File => return Ok(Data::Text(name.into_owned())),
        _ => return Ok(Data::Text(text)),
    };
    match load_data(&text, format, &name).map_err(LoadError::Source)? {
        DataText::Json(json) => Ok(Data::Json(json)),
        DataText::JavaScript(expression) => Ok(Data::Expression(expression)),
    }
}

/// Where JSON that the engine refused is wrong.
pub(super) fn json_error(path: &str, text: &str) -> LoadError {
    LoadError::Source(
        parse_data(text, DataFormat::Json, path)
            .err()
            .unwrap_or_else(|| {
                vec![Diagnostic::error("the engine cannot parse this JSON").file(path)]
            }),
    )
}
