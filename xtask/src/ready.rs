//! `cargo xtask ready`: everything continuous integration asks, cheapest first, each step under a
//! heading with its time. One profile serves lints and tests, so that nothing is compiled twice.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{shell, tidy, tree};

/// Where the cases of `spec/` are: a test target of the binary's own package.
const CASES: &[&str] = &["--test", "spec"];
/// Where property tests begin: a gate judges the change, not the luck of the draw. `cargo nextest run` draws anew each
/// time, and so does the slow run.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "13");
/// Test targets with cases that take long.
const SLOW_CASES: &[&str] = &["--test", "spec", "--test", "proc"];

/// Runs every step and stops at the first that fails.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let slow = match args {
        [] => false,
        [flag] if flag == "--slow" => true,
        _ => bail!("ready [--slow]"),
    };
    let steps = Steps {
        root: tree::root(),
        start: Instant::now(),
    };
    steps.step("formatting", |root| {
        shell::run(root, "cargo", &["fmt", "--all", "--check"])
    })?;
    steps.step("tidy", |_| tidy::run())?;
    steps.step("lints", |root| {
        let args = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ];
        shell::run(root, "cargo", &args)
    })?;
    steps.step("tests", |root| tests(root, &[], &[SEED]))?;
    steps.step("tests of the features", |root| feature_tests(root, &[]))?;
    steps.step("tests of the features on the portable engine", |root| {
        feature_tests(root, &[("CRUST_ENGINE", "portable")])
    })?;
    steps.step("cases on the portable engine", |root| {
        tests(root, CASES, &[("CRUST_ENGINE", "portable")])
    })?;
    if slow {
        steps.step("slow cases", |root| {
            tests(root, SLOW_CASES, &[("CRUST_TEST_SLOW", "1")])
        })?;
        steps.step("property tests, many draws", |root| {
            tests(root, &["--lib"], &[("PROPTEST_CASES", "4000")])
        })?;
    }
    println!(
        "ready: every step passed in {} s",
        steps.start.elapsed().as_secs()
    );
    Ok(())
}

struct Steps {
    root: PathBuf,
    start: Instant,
}

impl Steps {
    fn step(&self, name: &str, work: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
        println!("== {name}");
        let start = Instant::now();
        work(&self.root).with_context(|| format!("== {name}: failed"))?;
        println!("== {name}: passed in {} s", start.elapsed().as_secs());
        Ok(())
    }
}

/// nextest where it is installed, because it runs test binaries side by side.
fn tests(root: &Path, targets: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let runner: &[&str] = if shell::exists("cargo-nextest") {
        &["nextest", "run"]
    } else {
        &["test"]
    };
    let fixed = ["--workspace", "--locked", "--no-fail-fast"];
    let args = [runner, &fixed, targets].concat();
    println!("$ cargo {}", args.join(" "));
    let mut command = Command::new("cargo");
    let status = command
        .args(&args)
        .envs(variables.iter().copied())
        .current_dir(root)
        .status()?;
    if !status.success() {
        bail!("some tests failed ({status})");
    }
    Ok(())
}

/// What features test in JS, `features/*/tests/*.test.ts`, by our own `crust test`.
fn feature_tests(root: &Path, variables: &[(&str, &str)]) -> Result<()> {
    let words = [
        "run",
        "--quiet",
        "--locked",
        "-p",
        "crust",
        "--",
        "test",
        "./features",
    ];
    let status = Command::new("cargo")
        .args(words)
        .envs(variables.iter().copied())
        .current_dir(root)
        .status()?;
    if !status.success() {
        bail!("some tests failed ({status})");
    }
    Ok(())
}
