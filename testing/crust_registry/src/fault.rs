//! What a registry does wrong on demand.

use std::time::Duration;

/// A wrong answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This status instead of an answer, with `retry-after: 0`.
    Status(u16),
    /// The connection ends after so many bytes of the body.
    Cut(usize),
    /// The answer comes after this time.
    Late(Duration),
    /// A byte in the middle of the body is another one.
    Damaged,
    /// The body ends early, with a length that fits.
    Short(usize),
    /// This body instead.
    Body(Vec<u8>),
}

/// When something goes wrong.
#[derive(Debug, Clone)]
pub struct Rule {
    /// A part of the path.
    pub path: String,
    /// What.
    pub fault: Fault,
    /// For how many requests.
    pub times: usize,
}

impl Rule {
    /// For every request whose path has `path` in it.
    pub fn always(path: &str, fault: Fault) -> Self {
        Self::times(path, fault, usize::MAX)
    }

    /// For the first `times` requests whose path has `path` in it.
    pub fn times(path: &str, fault: Fault, times: usize) -> Self {
        Self {
            path: path.to_owned(),
            fault,
            times,
        }
    }
}
