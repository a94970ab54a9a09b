//! docs/benchmarks.md: one section per case between two marks; a run replaces the sections of the
//! cases that ran and leaves the others.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::case::{Case, Metric, Series, Target};
use super::machine;

const PAGE: &str = "docs/benchmarks.md";

/// Prints the table and puts it in its place on the page.
pub(super) fn write(root: &Path, case: &Case, series: &[Series]) -> Result<()> {
    write_section(root, case.name, &section(root, case, series)?)
}

/// Prints a section and puts it in its place on the page.
pub(super) fn write_section(root: &Path, name: &str, section: &str) -> Result<()> {
    println!("{section}");
    let path = root.join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap_or_else(|_| opening());
    std::fs::write(&path, replace(&page, name, section)).context(PAGE)
}

fn opening() -> String {
    "# Benchmarks\n\n\
     Written by `cargo xtask bench`, which runs the programs of a case in turn (A B A B …) and \
     compares medians. Only ratios inside one table mean something. Spread is the distance between \
     the quartiles, in percent of the median.\n"
        .to_owned()
}

/// The figures of one program.
struct Figures {
    name: &'static str,
    median: f64,
    best: f64,
    /// Third quartile less the first, in percent of the median.
    spread: f64,
    cpu: f64,
}

fn section(root: &Path, case: &Case, series: &[Series]) -> Result<String> {
    let rows: Vec<Figures> = series.iter().map(|one| figures(case.metric, one)).collect();
    let ours = rows.first().context("a case without programs")?.median;
    let rounds = series.first().map_or(0, |one| one.samples.len());
    let (unit, cpu_head) = match case.metric {
        Metric::Wall => ("ms", "CPU ms"),
        Metric::PeakRss => ("MiB", "CPU ms"),
        Metric::OutputSize => ("KiB", "CPU ms"),
    };
    let mut text = format!("## {}\n\n", case.title);
    writeln!(text, "{rounds} rounds on {}.\n", machine::describe(root))?;
    writeln!(
        text,
        "| program | median {unit} | best {unit} | spread | {cpu_head} | crust ÷ it |"
    )?;
    writeln!(text, "|---|--:|--:|--:|--:|--:|")?;
    for row in &rows {
        let Figures {
            name,
            median,
            best,
            spread,
            cpu,
        } = row;
        let ratio = ours / median;
        writeln!(
            text,
            "| {name} | {median:.1} | {best:.1} | {spread:.0} % | {cpu:.1} | {ratio:.2} |"
        )?;
    }
    text.push('\n');
    for target in case.targets {
        writeln!(text, "- {}", verdict(target, ours, &rows))?;
    }
    Ok(text)
}

fn verdict(target: &Target, ours: f64, rows: &[Figures]) -> String {
    let word = |reached: bool| if reached { "reached" } else { "**missed**" };
    match target {
        Target::AtMost { program, ratio } => {
            let Some(row) = rows.iter().find(|row| row.name == *program) else {
                return format!("at most {ratio:.1} × {program}: not measured");
            };
            let got = ours / row.median;
            format!(
                "at most {ratio:.1} × {program}: {} ({got:.2})",
                word(got <= *ratio)
            )
        }
        Target::AtMostBest(ratio) => {
            let others = rows.iter().skip(1).map(|row| row.median);
            let got = ours / others.fold(f64::INFINITY, f64::min);
            format!(
                "at most {ratio:.2} × the best of the others: {} ({got:.3})",
                word(got <= *ratio)
            )
        }
        Target::MaxMib(limit) => {
            format!(
                "at most {limit:.0} MiB: {} ({ours:.1})",
                word(ours <= *limit)
            )
        }
    }
}

fn figures(metric: Metric, series: &Series) -> Figures {
    let pick = |sample: &super::measure::Sample| match metric {
        Metric::Wall => sample.wall_ms,
        Metric::PeakRss => sample.peak_rss_mib,
        Metric::OutputSize => sample.output_kib,
    };
    let values = sorted(series.samples.iter().map(pick));
    let median = quantile(&values, 2);
    Figures {
        name: series.name,
        median,
        best: values.first().copied().unwrap_or_default(),
        spread: (quantile(&values, 3) - quantile(&values, 1)) / median * 100.0,
        cpu: quantile(
            &sorted(series.samples.iter().map(|sample| sample.cpu_ms)),
            2,
        ),
    }
}

pub(super) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value `quarter` quarters of the way up a sorted list; the mean of the two nearest where the
/// place falls between them.
pub(super) fn quantile(values: &[f64], quarter: usize) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let (low, high) = (last * quarter / 4, (last * quarter).div_ceil(4));
    f64::midpoint(values[low], values[high])
}

/// Puts a section between its marks; a new one goes to the end.
fn replace(page: &str, name: &str, section: &str) -> String {
    let (open, close) = (
        format!("<!-- case {name} -->"),
        format!("<!-- end {name} -->"),
    );
    let block = format!("{open}\n{section}{close}");
    let place = page.find(&open).zip(page.find(&close));
    match place {
        Some((start, end)) if start < end => {
            format!("{}{block}{}", &page[..start], &page[end + close.len()..])
        }
        _ => format!("{}\n\n{block}\n", page.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_section_that_ran_is_replaced() {
        let page = replace("# B\n", "a", "one\n");
        let page = replace(&page, "b", "two\n");
        let page = replace(&page, "a", "three\n");
        assert!(page.contains("three") && page.contains("two") && !page.contains("one"));
        assert!(page.find("three").unwrap() < page.find("two").unwrap());
    }

    #[test]
    fn quartiles() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert!((quantile(&values, 2) - 2.5).abs() < 1e-9);
        assert!((quantile(&[7.0], 1) - 7.0).abs() < 1e-9);
    }
}
