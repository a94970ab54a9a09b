//! A real tool: the TypeScript compiler's own command, which loads a 6 MB file.

use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program};

pub(super) const CASE: Case = Case {
    name: "tsc",
    title: "`tsc --version`, a file of 6 MB",
    metric: Metric::Wall,
    targets: &[],
    rounds: 10,
    prepare,
};

fn prepare(lab: &Lab, _folder: &Path) -> Result<Vec<Program>> {
    let tsc = lab
        .peers
        .typescript
        .with_file_name("tsc.js")
        .canonicalize()?;
    let mut programs = lab.all_run(&tsc.to_string_lossy());
    for program in &mut programs {
        program.args.push("--version".to_owned());
    }
    Ok(programs)
}
