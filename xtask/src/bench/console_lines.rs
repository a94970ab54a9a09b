//! Output: 1,000,000 lines of `console.log` to a file.

use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program, Target};

pub(super) const CASE: Case = Case {
    name: "console-lines",
    title: "1,000,000 `console.log` lines to a file",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.2,
    }],
    rounds: 5,
    prepare,
};

fn prepare(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    let text = "for (let i = 0; i < 1_000_000; i++) console.log(\"line\", i);\n";
    std::fs::write(folder.join("lines.ts"), text)?;
    Ok(lab.all_run("lines.ts"))
}
