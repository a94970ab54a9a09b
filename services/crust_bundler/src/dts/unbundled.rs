//! Declarations of one file by itself (`--no-bundle`): imports stay.

use crust_diag::Diagnostic;

use super::graph::declarations_in;
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
    let declarations = declarations_in(path, loader, bytes)?;
    Ok(declarations.map(|found| {
        let lines = found.directives.iter();
        let mut text: String = lines.map(|found| format!("{}\n", found.line)).collect();
        text.push_str(&found.text);
        text
    }))
}
