//! Test runners: many small files, and one file of many assertions.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program, Target};

const FILES: usize = 1000;
const TESTS: usize = 10;
const ASSERTIONS: usize = 100_000;

/// Every file with modules and globals of its own.
pub(super) const ISOLATED: Case = Case {
    name: "test-isolated",
    title: "`test`, 1,000 files of 10 tests, each isolated (Bun shares one global)",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.2,
    }],
    rounds: 5,
    prepare: isolated,
};

/// All files with one registry of modules.
pub(super) const SHARED: Case = Case {
    name: "test-shared",
    title: "`test --no-isolate`, 1,000 files of 10 tests",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.0,
    }],
    rounds: 5,
    prepare: shared,
};

/// One file.
pub(super) const ASSERTING: Case = Case {
    name: "test-assertions",
    title: "`test`, one file of 100,000 assertions",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.0,
    }],
    rounds: 10,
    prepare: asserting,
};

fn write_files(folder: &Path) -> Result<()> {
    for file in 0..FILES {
        let mut text = String::from("import { expect, test } from \"bun:test\";\n");
        for number in 0..TESTS {
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "test(\"{number}\", () => {{ expect({file} + {number}).toBe({}); }});",
                file + number
            );
        }
        std::fs::write(folder.join(format!("f{file}.test.ts")), text)?;
    }
    Ok(())
}

fn isolated(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    write_files(folder)?;
    Ok(vec![
        Program::new("crust", &lab.crust, &["test"]),
        Program::new("crust --parallel", &lab.crust, &["test", "--parallel"]),
        Program::new("bun", &lab.peers.bun, &["test"]),
        Program::new("bun --isolate", &lab.peers.bun, &["test", "--isolate"]),
    ])
}

fn shared(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    write_files(folder)?;
    Ok(vec![
        Program::new("crust", &lab.crust, &["test", "--no-isolate"]),
        Program::new("bun", &lab.peers.bun, &["test"]),
    ])
}

fn asserting(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    let text = format!(
        "import {{ expect, test }} from \"bun:test\";\ntest(\"many\", () => {{\n  for (let i = 0; i < {ASSERTIONS}; i++) expect(i).toBe(i);\n}});\n"
    );
    std::fs::write(folder.join("a.test.ts"), text)?;
    Ok(vec![
        Program::new("crust", &lab.crust, &["test"]),
        Program::new("bun", &lab.peers.bun, &["test"]),
    ])
}
