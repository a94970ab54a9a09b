//! The text of a file with its name: where diagnostics about it come from.

use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use crust_diag::{Diagnostic, LineIndex, Severity};

/// Configuration files are read whole. The largest package.json seen in the wild is under 2 MiB;
/// this bounds a hostile one. It does not bound data files, which the user names.
pub const CONFIG_LIMIT: u64 = 16 << 20;

/// Reads a configuration file. The error is a diagnostic that names it; a file that does not exist
/// is an error too.
pub fn read_config(path: &Path) -> Result<String, Vec<Diagnostic>> {
    let name = path.display().to_string();
    let failed = |why: String| vec![Diagnostic::error(why).file(name.clone())];
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(CONFIG_LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(format!("this file cannot be read: {error}")))?;
    if bytes.len() as u64 > CONFIG_LIMIT {
        return Err(failed("this file is larger than 16 MiB".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| failed("this file is not UTF-8 text".to_owned()))
}

/// A text and the name it is known by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) text: &'s str,
    pub(crate) file: &'s str,
}

impl Source<'_> {
    /// A problem at bytes of the text.
    pub(crate) fn problem(
        &self,
        severity: Severity,
        message: impl Into<String>,
        at: Option<Range<usize>>,
    ) -> Diagnostic {
        let diagnostic = Diagnostic::new(severity, message).file(self.file);
        let Some(at) = at else {
            return diagnostic;
        };
        let (Ok(start), Ok(end)) = (u32::try_from(at.start), u32::try_from(at.end)) else {
            return diagnostic;
        };
        diagnostic.at(self.text, &LineIndex::new(self.text), start, end)
    }

    pub(crate) fn error(&self, message: impl Into<String>, at: Range<usize>) -> Diagnostic {
        self.problem(Severity::Error, message, Some(at))
    }
}
