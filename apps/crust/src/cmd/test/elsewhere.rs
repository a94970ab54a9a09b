//! Settings of other runners that lie in the project: not read, and said so where a run did not succeed,
//! because they may be why.

use std::path::Path;

const NAMES: &[&str] = &["vitest.config", "vitest.workspace", "jest.config"];
const EXTENSIONS: &[&str] = &["ts", "mts", "cts", "js", "mjs", "cjs", "json"];

/// The hint, where there is such a file.
pub(super) fn hint(directory: &Path) -> Option<String> {
    let file = NAMES
        .iter()
        .flat_map(|name| {
            EXTENSIONS
                .iter()
                .map(move |extension| format!("{name}.{extension}"))
        })
        .find(|file| directory.join(file).is_file())?;
    Some(format!(
        "{file} is not read. What it sets is given on the command line or under [test] in bunfig.toml: \
         setupFiles as preload, include as paths and filters, exclude as pathIgnorePatterns, testTimeout as \
         timeout, a DOM by a preloaded module. The functions of tests are global without a setting."
    ))
}
