//! `--changed`: what differs from a commit, as git says it, and the tests that this reaches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::CliError;

/// The files of `files` that reach a changed one.
pub(super) fn affected(
    files: Vec<PathBuf>,
    root: &Path,
    commit: &str,
) -> Result<Vec<PathBuf>, CliError> {
    let top = git(root, &["rev-parse", "--show-toplevel"])?;
    let top = PathBuf::from(top.trim_end_matches('\n'));
    // A name that begins with a dash is an option to git.
    let differing = git(
        &top,
        &["diff", "--name-only", "-z", "--end-of-options", commit],
    )?;
    let new = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let changed: BTreeSet<PathBuf> = differing
        .split('\0')
        .chain(new.split('\0'))
        .filter(|name| !name.is_empty())
        .map(|name| top.join(name))
        .collect();
    Ok(crust_testplan::affected(files, &changed))
}

fn git(directory: &Path, arguments: &[&str]) -> Result<String, CliError> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .output();
    let output = output.map_err(|source| CliError::Spawn {
        program: "git".to_owned(),
        source,
    })?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(CliError::OptionValue {
            option: "--changed",
            reason,
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
