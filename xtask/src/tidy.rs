//! `cargo xtask tidy`: what the compiler and the linter do not check. One file per check; this page
//! runs them and prints what they found. Never changes a file.

use std::fmt;

use anyhow::{Result, bail};

use crate::tree::Tree;

mod headers;
mod layers;
mod lengths;
mod links;
mod names;
mod ratchet;
mod readmes;
mod words;

/// One thing to mend, with its place.
#[derive(Debug)]
struct Problem {
    path: String,
    /// 1-based; 0 where the whole file is meant.
    line: usize,
    message: String,
}

impl Problem {
    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }

    fn of(path: &str, message: impl Into<String>) -> Self {
        Self::at(path, 0, message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            message,
        } = self;
        if *line == 0 {
            write!(out, "{path}: {message}")
        } else {
            write!(out, "{path}:{line}: {message}")
        }
    }
}

type Check = fn(&Tree) -> Vec<Problem>;

const CHECKS: &[(&str, Check)] = &[
    ("layers", layers::check),
    ("headers", headers::check),
    ("lengths", lengths::check),
    ("names", names::check),
    ("words", words::check),
    ("readmes", readmes::check),
    ("links", links::check),
];

/// Runs every check, prints every problem and fails if there is one.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::load()?;
    let mut found = 0;
    for (name, check) in CHECKS {
        let problems = check(&tree);
        for problem in &problems {
            println!("{problem} [{name}]");
        }
        found += problems.len();
    }
    if found > 0 {
        bail!("tidy: {found} to mend");
    }
    println!(
        "tidy: {} files, {} checks, nothing to mend",
        tree.files.len(),
        CHECKS.len()
    );
    Ok(())
}
