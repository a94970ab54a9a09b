//! The cases as a test suite: one trial per case, in the form that `cargo test` and nextest know.
//! `UPDATE=1` writes what the program printed; `ORACLE=1` runs the peers in place of the program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::case::{Case, Mode, STDERR, STDOUT, StderrRule, discover};
use crate::expect;
use crate::process::{self, End, Outcome};
use crate::sandbox::Sandbox;

/// Cases below this folder run only with `CRUST_TEST_SLOW=1`.
const SLOW: &str = "slow/";

/// Runs the cases of `spec` against `binary`, as the command line of the test harness asks.
pub fn main(binary: &Path, spec: &Path) -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = trials(binary, spec);
    match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("spec: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials(binary: &Path, spec: &Path) -> Result<Vec<Trial>> {
    let spec = std::fs::canonicalize(spec).with_context(|| spec.display().to_string())?;
    let slow = is_set("CRUST_TEST_SLOW");
    let cases = discover(&spec)?;
    let cases = cases
        .into_iter()
        .filter(|(name, _)| slow || !name.starts_with(SLOW));
    let trials = cases.map(|(name, folder)| {
        let suite = Suite {
            binary: binary.to_path_buf(),
            spec: spec.clone(),
        };
        Trial::test(name, move || {
            suite
                .check(&folder)
                .map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    Ok(trials.collect())
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

struct Suite {
    binary: PathBuf,
    spec: PathBuf,
}

impl Suite {
    fn check(&self, folder: &Path) -> Result<()> {
        let case = Case::load(folder)?;
        if is_set("ORACLE") {
            for peer in &case.oracle {
                let program = peer.locate(&self.spec)?;
                check_with(&program, folder, &case)
                    .with_context(|| format!("as {}", peer.name()))?;
            }
            return Ok(());
        }
        let portable = std::env::var("CRUST_ENGINE").is_ok_and(|value| value == "portable");
        let fits = match case.mode {
            Mode::Any => true,
            Mode::Portable => portable,
            Mode::Accelerated => !portable,
        };
        if fits {
            check_with(&self.binary, folder, &case)
        } else {
            Ok(())
        }
    }
}

fn check_with(program: &Path, folder: &Path, case: &Case) -> Result<()> {
    let sandbox = Sandbox::new(folder, case)?;
    let called = match &case.name {
        Some(name) => {
            let link = sandbox.root.join(".bin").join(name);
            std::fs::create_dir_all(sandbox.root.join(".bin"))?;
            std::os::unix::fs::symlink(program, &link)?;
            link
        }
        None => program.to_path_buf(),
    };
    let outcome = process::run(&called, case, &sandbox)?;
    let stdout = expect::normalise(&outcome.stdout, &sandbox.root, program);
    let stderr = expect::normalise(&outcome.stderr, &sandbox.root, program);
    let mut problems: Vec<String> = end_problem(case, &outcome)?.into_iter().collect();
    // The output of a program that ended in another way is nothing to record.
    let update = problems.is_empty() && is_set("UPDATE");
    problems.extend(compare(folder, STDOUT, &stdout, update)?);
    let compares = match case.stderr {
        StderrRule::Check => true,
        StderrRule::Own => !is_set("ORACLE"),
        StderrRule::Any => false,
    };
    if compares {
        problems.extend(compare(folder, STDERR, &stderr, update)?);
    }
    if problems.is_empty() {
        return Ok(());
    }
    if !compares && !stderr.is_empty() {
        problems.push(format!("standard error was:\n{stderr}"));
    }
    bail!("{}", problems.join("\n"))
}

fn end_problem(case: &Case, outcome: &Outcome) -> Result<Option<String>> {
    let expected = match &case.signal {
        Some(name) => End::Signal(process::signal(name)?.as_raw()),
        None => End::Exit(case.exit),
    };
    let actual = &outcome.end;
    Ok((expected != *actual).then(|| format!("ended with {actual:?} in place of {expected:?}")))
}

/// A file that is missing expects nothing.
fn compare(folder: &Path, name: &str, actual: &str, update: bool) -> Result<Option<String>> {
    let path = folder.join(name);
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = expect::difference(name, &expected, actual)?;
    if difference.is_some() && update {
        if actual.is_empty() {
            std::fs::remove_file(&path)?;
        } else {
            std::fs::write(&path, actual)?;
        }
        return Ok(None);
    }
    Ok(difference)
}
