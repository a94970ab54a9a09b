//! lcov's tracefile (geninfo's manual page).

use super::FileCoverage;
use super::text::name;
use std::fmt::Write as _;
use std::path::Path;

/// A record for each file. Names of files are below `root`.
pub fn lcov(files: &[FileCoverage], root: &Path) -> String {
    let mut out = String::new();
    for file in files {
        record(file, &name(file, root), &mut out);
    }
    out
}

// Writing to a string does not fail, so the results below are dropped.
fn record(file: &FileCoverage, name: &str, out: &mut String) {
    let shares = file.shares();
    let _ = writeln!(out, "TN:\nSF:{name}");
    for function in &file.map.functions {
        let _ = writeln!(out, "FN:{},{}", function.place.line, function.name);
    }
    for function in &file.map.functions {
        let _ = writeln!(
            out,
            "FNDA:{},{}",
            file.count(&function.place),
            function.name
        );
    }
    let _ = writeln!(
        out,
        "FNF:{}\nFNH:{}",
        shares.functions.total, shares.functions.covered
    );
    for (block, branch) in file.map.branches.iter().enumerate() {
        // A branch that was never reached is told from one whose way was not taken.
        let reached = branch.ways.iter().any(|way| file.count(way) > 0.0);
        for (index, way) in branch.ways.iter().enumerate() {
            let count = if reached {
                file.count(way).to_string()
            } else {
                "-".to_owned()
            };
            let _ = writeln!(out, "BRDA:{},{block},{index},{count}", branch.line);
        }
    }
    let _ = writeln!(
        out,
        "BRF:{}\nBRH:{}",
        shares.branches.total, shares.branches.covered
    );
    for (line, count) in file.lines() {
        let _ = writeln!(out, "DA:{line},{count}");
    }
    let _ = writeln!(
        out,
        "LF:{}\nLH:{}\nend_of_record",
        shares.lines.total, shares.lines.covered
    );
}
