//! Bundlers: ten copies of three.js, the case by which esbuild introduced itself, plain and minified, each
//! from a cold process.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::case::{Case, Lab, Metric, Program, Target};

const COPIES: usize = 10;
const ENTRY: &str = "entry.js";

const TARGETS: &[Target] = &[Target::AtMost {
    program: "esbuild",
    ratio: 1.0,
}];

/// Bundled as it is.
pub(super) const PLAIN: Case = Case {
    name: "build",
    title: "`build`, ten copies of three.js",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: plain,
};

/// Bundled and minified.
pub(super) const MINIFIED: Case = Case {
    name: "build-minify",
    title: "`build --minify`, ten copies of three.js",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: minified,
};

fn plain(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    programs(lab, folder, false)
}

fn minified(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    programs(lab, folder, true)
}

fn programs(lab: &Lab, folder: &Path, minify: bool) -> Result<Vec<Program>> {
    write_sources(&lab.peers.three, folder)?;
    let rolldown = lab.peers.rolldown.to_string_lossy();
    let mut programs = vec![
        Program::new(
            "crust",
            &lab.crust,
            &["build", ENTRY, "--outfile", "crust.js"],
        ),
        Program::new(
            "esbuild",
            &lab.peers.esbuild,
            &[ENTRY, "--bundle", "--format=esm", "--outfile=esbuild.js"],
        ),
        Program::new(
            "bun",
            &lab.peers.bun,
            &["build", ENTRY, "--outfile", "bun.js"],
        ),
        Program::new(
            "rolldown",
            &lab.peers.node,
            &[
                &*rolldown,
                ENTRY,
                "--file",
                "rolldown.js",
                "--format",
                "esm",
            ],
        ),
    ];
    if minify {
        for program in &mut programs {
            program.args.push("--minify".to_owned());
        }
    }
    Ok(programs)
}

/// Copies the sources of three.js, and writes the program that exports all of them.
fn write_sources(three: &Path, folder: &Path) -> Result<()> {
    let source = three.parent().context("three.js has no folder")?;
    let mut entry = String::new();
    for number in 1..=COPIES {
        copy(source, &folder.join(format!("copy{number}")))?;
        // Writing to a string does not fail.
        let _ = writeln!(
            entry,
            "import * as copy{number} from './copy{number}/Three.js'; export {{ copy{number} }};"
        );
    }
    std::fs::write(folder.join(ENTRY), entry)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
