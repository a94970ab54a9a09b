//! How an installation went, in Bun's words where tools read them. It never decides anything.

use std::fmt::Write as _;
use std::time::Duration;

use crust_installer::Summary;

use crate::session::Session;

/// The summary. Writing to a string cannot fail, so the results of `write!` are dropped.
pub(in crate::cmd) fn text(session: &Session, summary: &Summary) -> String {
    let mut text = String::new();
    if summary.saved_lockfile {
        text.push_str("Saved lockfile\n");
    }
    if summary.deleted_lockfile {
        text.push_str("No packages! Deleted empty lockfile\n");
    }
    if let Some(took) = summary.wrote_header {
        let _ = writeln!(
            text,
            "Created {} [{}]",
            crust_header_file::FILE_NAME,
            elapsed(took)
        );
    }
    text.push('\n');
    text.push_str(&changes(summary));
    let _ = writeln!(text, "{}", conclusion(summary));
    if summary.blocked_scripts > 0 {
        let _ = writeln!(
            text,
            "\nBlocked {}. Run `{} pm untrusted` for details.",
            counted(summary.blocked_scripts, "postinstall"),
            session.main_name()
        );
    }
    text
}

fn changes(summary: &Summary) -> String {
    let newer = |version: &Option<String>| {
        let text = version
            .as_ref()
            .map(|version| format!(" (v{version} available)"));
        text.unwrap_or_default()
    };
    let mut blocks: Vec<String> = Vec::new();
    let mut block = |lines: Vec<String>| {
        if !lines.is_empty() {
            blocks.push(lines.join("\n"));
        }
    };
    let updated = summary.updated.iter().map(|changed| {
        format!(
            "^ {} {} -> {}{}",
            changed.name,
            changed.from,
            changed.to,
            newer(&changed.available)
        )
    });
    block(updated.collect());
    let added = summary.added.iter().map(|added| {
        format!(
            "+ {}@{}{}",
            added.name,
            added.version,
            newer(&added.available)
        )
    });
    block(added.collect());
    let requested = summary.requested.iter().map(|asked| {
        let mut line = format!("installed {}@{}", asked.name, asked.version);
        if !asked.binaries.is_empty() {
            line.push_str(" with binaries:");
        }
        for binary in &asked.binaries {
            let _ = write!(line, "\n - {binary}");
        }
        line
    });
    block(requested.collect());
    let deduped = summary.deduped.iter().map(|found| {
        let (before, after) = (found.before.join(", "), found.after.join(", "));
        format!("^ {} {before} -> {after}", found.name)
    });
    block(deduped.collect());
    block(
        summary
            .removed_names
            .iter()
            .map(|name| format!("- {name}"))
            .collect(),
    );
    let mut text = blocks.join("\n\n");
    if !text.is_empty() {
        // The names of removed packages and their number are one block.
        text.push_str(if summary.removed_names.is_empty() {
            "\n\n"
        } else {
            "\n"
        });
    }
    text
}

fn conclusion(summary: &Summary) -> String {
    let time = elapsed(summary.elapsed());
    let removed = summary.removed.len();
    if summary.dry_run {
        return if summary.updated.is_empty() {
            format!("[{time}] done")
        } else {
            format!(
                "{} would be updated [{time}]",
                counted(summary.updated.len(), "package")
            )
        };
    }
    if summary.placed > 0 {
        let mut text = format!("{} installed [{time}]", counted(summary.placed, "package"));
        if removed > 0 {
            let _ = write!(text, "\nRemoved: {removed}");
        }
        text
    } else if removed > 0 {
        format!("{} removed [{time}]", counted(removed, "package"))
    } else if !summary.requested.is_empty() || summary.total == 0 {
        format!("[{time}] done")
    } else {
        let what = if summary.saved_manifests > 0 {
            "up to date, package.json synced"
        } else {
            "no changes"
        };
        format!("Checked {} installs ({what}) [{time}]", summary.total)
    }
}

/// `1 package`, `2 packages`.
pub(in crate::cmd) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

pub(in crate::cmd) fn elapsed(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 1000.0 {
        format!("{milliseconds:.2}ms")
    } else {
        format!("{:.2}s", milliseconds / 1000.0)
    }
}
