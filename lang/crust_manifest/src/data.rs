//! Data files that a program imports: text in, a value or the text that makes it in the engine out.

use crust_diag::Diagnostic;

use crate::json::{self, Dialect, Mistake};
use crate::source::Source;
use crate::value::Value;
use crate::{toml, yaml};

/// The format of a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFormat {
    /// RFC 8259. The engine's `JSON.parse` reads it faster; this gives the place of an error.
    Json,
    /// JSON with comments, trailing commas and single quotes.
    Jsonc,
    /// JSON5.
    Json5,
    /// TOML 1.1; dates and times become `Temporal` objects.
    Toml,
    /// YAML 1.2 with merge keys; several documents become an array.
    Yaml,
}

/// How the engine gets the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataText {
    /// For `JSON.parse`.
    Json(String),
    /// A JavaScript expression, for what JSON cannot say: `NaN`, `Infinity`, dates.
    JavaScript(String),
}

impl DataFormat {
    /// The format that a file's extension (without dot) stands for.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "json" => Some(Self::Json),
            "jsonc" => Some(Self::Jsonc),
            "json5" => Some(Self::Json5),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }
}

/// Parses `text`; `file` is its name in diagnostics.
pub fn parse_data(text: &str, format: DataFormat, file: &str) -> Result<Value, Vec<Diagnostic>> {
    let one = |mistake: Mistake| vec![mistake];
    let parsed = match format {
        DataFormat::Json => json::parse(text, Dialect::Json).map_err(one),
        DataFormat::Jsonc => json::parse(text, Dialect::Jsonc).map_err(one),
        DataFormat::Json5 => json::parse(text, Dialect::Json5).map_err(one),
        DataFormat::Toml => toml::parse(text),
        DataFormat::Yaml => yaml::parse(text).map_err(one),
    };
    let source = Source { text, file };
    parsed.map_err(|mistakes| {
        mistakes
            .into_iter()
            .map(|mistake| source.error(mistake.message, mistake.at))
            .collect()
    })
}

/// Parses `text` and gives the text that makes its value in the engine.
pub fn load_data(text: &str, format: DataFormat, file: &str) -> Result<DataText, Vec<Diagnostic>> {
    let value = parse_data(text, format, file)?;
    Ok(match value.to_json() {
        Some(text) => DataText::Json(text),
        None => DataText::JavaScript(value.to_javascript()),
    })
}
