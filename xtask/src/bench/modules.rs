//! Module loading: a graph of 1,000 small TypeScript modules, warm.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program, Target};

const MODULES: usize = 1_000;
/// Each module imports up to this many others, so that the graph is wide as well as deep.
const FAN_OUT: usize = 4;

pub(super) const CASE: Case = Case {
    name: "modules",
    title: "A graph of 1,000 small TypeScript modules, warm",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.5,
    }],
    rounds: 15,
    prepare,
};

fn prepare(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    for index in 0..MODULES {
        std::fs::write(folder.join(format!("m{index}.ts")), module(index)?)?;
    }
    std::fs::write(
        folder.join("main.ts"),
        "import { total0 } from \"./m0.ts\";\nconsole.log(total0());\n",
    )?;
    Ok(lab.all_run("main.ts"))
}

/// Module `n` of a tree in which `n` has the children `4n + 1 … 4n + 4`, plus one shared leaf.
fn module(index: usize) -> Result<String> {
    let children: Vec<usize> = (1..=FAN_OUT)
        .map(|k| index * FAN_OUT + k)
        .filter(|&child| child < MODULES)
        .collect();
    let mut text = String::new();
    for child in &children {
        writeln!(
            text,
            "import {{ total{child}, type Row{child} }} from \"./m{child}.ts\";"
        )?;
    }
    writeln!(
        text,
        "export interface Row{index} {{ id: number; label: string; }}"
    )?;
    writeln!(
        text,
        "const row: Row{index} = {{ id: {index}, label: \"row {index}\" }};"
    )?;
    writeln!(text, "export class Box{index}<T extends Row{index}> {{")?;
    writeln!(
        text,
        "  private readonly value: T;\n  constructor(value: T) {{ this.value = value; }}"
    )?;
    writeln!(text, "  get(): number {{ return this.value.id; }}\n}}")?;
    write!(
        text,
        "export function total{index}(): number {{ return new Box{index}(row).get()"
    )?;
    for child in &children {
        write!(text, " + total{child}()")?;
    }
    writeln!(text, "; }}")?;
    for child in &children {
        writeln!(text, "export type {{ Row{child} }};")?;
    }
    Ok(text)
}
