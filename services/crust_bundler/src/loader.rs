//! How a file becomes a module: the loaders and the extensions they are for.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::options::UnknownWord;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loader {
    /// JavaScript; JSX too, as in Bun.
    Js,
    /// JavaScript with JSX.
    Jsx,
    /// TypeScript.
    Ts,
    /// TypeScript with JSX.
    Tsx,
    /// JSON.
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// JSON5.
    Json5,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// A style sheet.
    Css,
    /// A page.
    Html,
    /// The text as a string.
    Text,
    /// The bytes as a base64 string.
    Base64,
    /// The file as a `data:` URL.
    DataUrl,
    /// The bytes as a `Uint8Array`.
    Binary,
    /// A copy in the output, whose path is the module.
    File,
    /// Nothing.
    Empty,
}

const NAMES: &[(Loader, &str)] = &[
    (Loader::Js, "js"),
    (Loader::Jsx, "jsx"),
    (Loader::Ts, "ts"),
    (Loader::Tsx, "tsx"),
    (Loader::Json, "json"),
    (Loader::Jsonc, "jsonc"),
    (Loader::Json5, "json5"),
    (Loader::Toml, "toml"),
    (Loader::Yaml, "yaml"),
    (Loader::Css, "css"),
    (Loader::Html, "html"),
    (Loader::Text, "text"),
    (Loader::Base64, "base64"),
    (Loader::DataUrl, "dataurl"),
    (Loader::Binary, "binary"),
    (Loader::File, "file"),
    (Loader::Empty, "empty"),
];

impl Loader {
    /// The loader of a file's extension when nothing else was said; [`Self::File`] for what is unknown.
    pub fn of_path(path: &Path) -> Self {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.unwrap_or_default() {
            "js" | "mjs" | "cjs" => Self::Js,
            "jsx" => Self::Jsx,
            "ts" | "mts" | "cts" => Self::Ts,
            "tsx" => Self::Tsx,
            "json" => Self::Json,
            "jsonc" => Self::Jsonc,
            "json5" => Self::Json5,
            "toml" => Self::Toml,
            "yaml" | "yml" => Self::Yaml,
            "css" => Self::Css,
            "html" | "htm" => Self::Html,
            "txt" => Self::Text,
            _ => Self::File,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let mut names = NAMES.iter();
        names
            .find(|(loader, _)| *loader == self)
            .map_or("file", |(_, name)| name)
    }

    /// Whether it is JavaScript or TypeScript.
    pub fn is_script(self) -> bool {
        matches!(self, Self::Js | Self::Jsx | Self::Ts | Self::Tsx)
    }
}

impl FromStr for Loader {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let mut names = NAMES.iter();
        names
            .find(|(_, name)| *name == word)
            .map(|(loader, _)| *loader)
            .ok_or_else(|| UnknownWord {
                word: word.to_owned(),
                known: "js, jsx, ts, tsx, json, jsonc, json5, toml, yaml, css, html, text, base64, dataurl, binary, file, empty",
            })
    }
}

impl fmt::Display for Loader {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
