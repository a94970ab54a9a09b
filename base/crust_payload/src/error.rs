//! What is wrong with an executable's payload.

use std::io;

use crust_header_file::StampError;

/// Why a payload could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The binary cannot carry one.
    #[error("{0}")]
    Stamp(#[from] StampError),
    /// The binary is itself a compiled program.
    #[error("the binary is a compiled program already")]
    Compiled,
    /// The executable is not whole.
    #[error("the program inside the executable is damaged: {0}")]
    Damaged(&'static str),
    /// The executable cannot be read.
    #[error("the executable cannot be read: {0}")]
    Read(io::Error),
}

impl PayloadError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stamp(_) => "ERR_PAYLOAD_STAMP",
            Self::Compiled => "ERR_PAYLOAD_COMPILED",
            Self::Damaged(_) => "ERR_PAYLOAD_DAMAGED",
            Self::Read(_) => "ERR_PAYLOAD_READ",
        }
    }
}
