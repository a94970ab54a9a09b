//! What `crust config` and whoever reads a header can meet: a code and a sentence each.

use crust_diag::Diagnostic;
use crust_header_file::FileError;

/// A failure about the project header.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{}: {source}", source.code())]
    File {
        #[from]
        source: FileError,
    },
    #[error("the names of the project's features are not usable")]
    Names(Vec<Diagnostic>),
    #[error("ERR_CONFIG_FEATURE_NAME: {0}")]
    NamesOfProgram(String),
    #[error("ERR_CONFIG_UNKNOWN_FIELD: the header has no field \"{name}\"")]
    UnknownField {
        name: String,
        suggestion: Option<String>,
    },
    #[error("ERR_CONFIG_UNKNOWN_FEATURE: there is no feature \"{name}\"")]
    UnknownFeature {
        name: String,
        suggestion: Option<String>,
    },
    #[error("ERR_CONFIG_RANGE: {field} is {expected}, not \"{given}\"")]
    Range {
        field: &'static str,
        expected: &'static str,
        given: String,
    },
    #[error("ERR_CONFIG_USAGE: {0}")]
    Usage(&'static str),
}

impl ConfigError {
    pub(crate) fn hint(&self) -> Option<String> {
        let meant = |name: &String| format!("did you mean \"{name}\"?");
        match self {
            Self::UnknownField { suggestion, .. } | Self::UnknownFeature { suggestion, .. } => {
                suggestion.as_ref().map(meant)
            }
            Self::File { source } => file_hint(source).map(ToOwned::to_owned),
            _ => None,
        }
    }
}

fn file_hint(error: &FileError) -> Option<&'static str> {
    match error {
        FileError::Missing { .. } => Some("\"crust config init\" writes a project's header"),
        FileError::Frozen => {
            Some("--unfreeze allows it, for a person at a terminal: not from a script or a pipe")
        }
        FileError::Downgrade { .. } => Some("--downgrade allows it"),
        _ => None,
    }
}
