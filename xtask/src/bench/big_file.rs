//! Parsing: one very large JavaScript file, the TypeScript compiler as a library, prints its version.

use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program};

pub(super) const CASE: Case = Case {
    name: "big-file",
    title: "One 9 MB JavaScript file: `typescript.js` prints its version",
    metric: Metric::Wall,
    targets: &[],
    rounds: 10,
    prepare,
};

fn prepare(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    let file = lab.peers.typescript.to_string_lossy();
    let entry = format!("const ts = require({file:?});\nconsole.log(\"Version \" + ts.version);\n");
    std::fs::write(folder.join("version.cjs"), entry)?;
    Ok(lab.all_run("version.cjs"))
}
