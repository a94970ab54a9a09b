//! Declarations of one file by itself (`--no-bundle`): imports stay.

use crust_diag::Diagnostic;

use super::graph::{declarations_in, is_declarations};
use crate::loader::Loader;

/// The declarations of a script; `None` for JavaScript.
pub(crate) fn unbundled(
    path: &str,
    loader: Loader,
    bytes: &[u8],
) -> Result<Option<String>, Vec<Diagnostic>> {
    if !loader.is_script() {
        return Ok(None);
    }
    let Some((found, problems)) = declarations_in(path, loader, bytes) else {
        return Ok(None);
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    if is_declarations(path) {
        return Ok(Some(found.text));
    }
    let lines = found.directives.iter().map(|found| found.line.as_str());
    let parts: Vec<&str> = lines.chain([found.text.as_str()]).collect();
    Ok(Some(parts.join("\n")))
}
