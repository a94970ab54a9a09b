//! Ten copies of three.js, the case by which esbuild introduced itself.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::super::case::{Case, Lab, Metric, Program};
use super::{TARGETS, programs};

const COPIES: usize = 10;
const ENTRY: &str = "entry.js";

/// Bundled as it is.
pub(in crate::bench) const PLAIN: Case = Case {
    name: "build",
    title: "`build`, ten copies of three.js",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: plain,
};

/// Bundled and minified.
pub(in crate::bench) const MINIFIED: Case = Case {
    name: "build-minify",
    title: "`build --minify`, ten copies of three.js",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: minified,
};

fn plain(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    sources(lab, folder, false)
}

fn minified(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    sources(lab, folder, true)
}

fn sources(lab: &Lab, folder: &Path, minify: bool) -> Result<Vec<Program>> {
    write_sources(&lab.peers.three, folder)?;
    Ok(programs(lab, ENTRY, minify))
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
