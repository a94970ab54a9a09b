//! The section of docs/benchmarks.md: a row for each project and state.

use std::fmt::Write as _;
use std::path::Path;

use super::project::Project;
use super::{Cell, Sample, Start, TITLE};
use crate::bench::machine;

/// The text. Writing to a string cannot fail, so the results of `writeln!` are dropped.
pub(super) fn section(root: &Path, parts: &[(&Project, Vec<Cell>)]) -> String {
    let mut text = format!("## {TITLE}\n\n");
    let rounds: Vec<String> = parts
        .iter()
        .map(|(project, _)| format!("{} of {}", project.rounds, project.title))
        .collect();
    let _ = writeln!(
        text,
        "Median wall time in ms; rounds: {}; pnpm and npm a third of them. Packages are made by \
         arithmetic and served by `crust_registry` on the same machine. `cp -al` links the same tree. \
         On {}.\n",
        rounds.join(", "),
        machine::describe(root)
    );
    let _ = writeln!(
        text,
        "| project | start | crust | bun | pnpm | npm | crust ÷ bun | `cp -al` | crust MiB | bun MiB | MiB ÷ bun |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    let mut verdicts = Verdicts::default();
    for (project, cells) in parts {
        for cell in cells {
            let time = |name: &str| median(cell, name, |sample| sample.wall_ms);
            let memory = |name: &str| median(cell, name, |sample| sample.peak_rss_mib);
            let (wall, rss) = (time("crust") / time("bun"), memory("crust") / memory("bun"));
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {wall:.2} | {:.0} | {:.0} | {:.0} | {rss:.2} |",
                project.title,
                cell.start.title(),
                time("crust"),
                time("bun"),
                time("pnpm"),
                time("npm"),
                cell.floor,
                memory("crust"),
                memory("bun"),
            );
            verdicts.add(cell.start, wall, rss);
        }
    }
    text.push('\n');
    text.push_str(&verdicts.text());
    text
}

/// How many cells reach what is asked for.
#[derive(Default)]
struct Verdicts {
    cold: (usize, usize),
    warm: (usize, usize),
    memory: (usize, usize),
}

impl Verdicts {
    fn add(&mut self, start: Start, wall: f64, rss: f64) {
        let count = |slot: &mut (usize, usize), reached: bool| {
            slot.0 += usize::from(reached);
            slot.1 += 1;
        };
        match start {
            Start::Cold | Start::Locked => {
                count(&mut self.cold, wall <= 1.0);
                count(&mut self.memory, rss <= 0.7);
            }
            Start::Warm | Start::NoOp => count(&mut self.warm, wall <= 0.8),
        }
    }

    fn text(&self) -> String {
        let line = |what: &str, (reached, all): (usize, usize)| {
            let word = if reached == all {
                "reached"
            } else {
                "**missed**"
            };
            format!("- {what}: {word} ({reached} of {all} cells)\n")
        };
        [
            line("cold at most 1.0 × bun", self.cold),
            line("warm and nothing to do at most 0.8 × bun", self.warm),
            line("cold peak memory at most 0.7 × bun", self.memory),
        ]
        .concat()
    }
}

fn median(cell: &Cell, name: &str, figure: impl Fn(&Sample) -> f64) -> f64 {
    let series = cell.series.iter().find(|(known, _)| *known == name);
    let mut values: Vec<f64> = series
        .into_iter()
        .flat_map(|(_, samples)| samples.iter().map(&figure))
        .collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}
