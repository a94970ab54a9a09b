//! Start-up: the wall time of a one-line TypeScript program.

use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program, Target};

pub(super) const CASE: Case = Case {
    name: "hello",
    title: "Start-up: `hello.ts`, one line",
    metric: Metric::Wall,
    targets: &[
        Target::AtMost {
            program: "bun",
            ratio: 2.0,
        },
        Target::AtMost {
            program: "deno",
            ratio: 1.0,
        },
        Target::AtMost {
            program: "node",
            ratio: 1.0,
        },
    ],
    rounds: 40,
    prepare,
};

/// Also the program of the memory case.
pub(super) fn prepare(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    std::fs::write(
        folder.join("hello.ts"),
        "const who: string = \"world\";\nconsole.log(`Hello, ${who}!`);\n",
    )?;
    Ok(lab.all_run("hello.ts"))
}
