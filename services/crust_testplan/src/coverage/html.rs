//! One page: the table, and every source with the counts of its lines. Loads nothing.

use super::text::name;
use super::{FileCoverage, Shares};
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "<!doctype html><meta charset=\"utf-8\"><title>Coverage</title><style>\
body{font:14px system-ui;margin:2em}table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:right}\
td:first-child,th:first-child{text-align:left}pre{margin:0;font:12px monospace}summary{cursor:pointer;padding:.4em 0}\
.l{white-space:pre}.l b{display:inline-block;width:8ch;text-align:right;color:#888;font-weight:400;margin-right:2ch}\
.y{background:#e6ffec}.n{background:#ffebe9}</style><h1>Coverage</h1>";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The page.
pub fn html(files: &[FileCoverage], root: &Path) -> String {
    let mut out = String::from(HEAD);
    out.push_str("<table><tr><th>File<th>Statements<th>Branches<th>Functions<th>Lines</tr>");
    let mut all = Shares::default();
    for file in files {
        all.add(&file.shares());
    }
    row(&mut out, "All files", &all);
    for file in files {
        row(&mut out, &escaped(&name(file, root)), &file.shares());
    }
    out.push_str("</table>");
    for file in files {
        source(&mut out, file, root);
    }
    out
}

// Writing to a string does not fail, so the results below are dropped.
fn row(out: &mut String, name: &str, shares: &Shares) {
    let _ = write!(
        out,
        "<tr><td>{name}<td>{:.2} %<td>{:.2} %<td>{:.2} %<td>{:.2} %</tr>",
        shares.statements.percent(),
        shares.branches.percent(),
        shares.functions.percent(),
        shares.lines.percent()
    );
}

fn source(out: &mut String, file: &FileCoverage, root: &Path) {
    let lines = file.lines();
    let _ = write!(
        out,
        "<details><summary>{}</summary><pre>",
        escaped(&name(file, root))
    );
    for (number, line) in (1_u32..).zip(file.source.lines()) {
        let (class, count) = match lines.get(&number) {
            None => ("", String::new()),
            Some(count) if *count > 0.0 => (" y", format!("{count}×")),
            Some(_) => (" n", "0×".to_owned()),
        };
        let _ = write!(
            out,
            "<div class=\"l{class}\"><b>{number}</b><b>{count}</b>{}</div>",
            escaped(line)
        );
    }
    out.push_str("</pre></details>");
}
