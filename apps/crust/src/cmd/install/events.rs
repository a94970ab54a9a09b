//! The events of an installation, as people and as programs see them.

use std::sync::Arc;

use crust_installer::{Event, Sink, Summary};
use serde_json::{Value, json};

use super::Line;
use super::progress::Progress;
use crate::message;

/// Who is told, and the line that shows how far it is.
pub(in crate::cmd) struct Reporter {
    pub(in crate::cmd) sink: Sink,
    progress: Arc<Progress>,
}

impl Reporter {
    pub(in crate::cmd) fn of(line: &Line<'_>) -> Self {
        let (silent, verbose) = (line.is_silent(), line.has("verbose"));
        let is_json = line.prints_events();
        let progress = Arc::new(Progress::new(
            !silent && !is_json && !line.has("no-progress"),
        ));
        let shown = Arc::clone(&progress);
        let sink: Sink = Arc::new(move |event| {
            if is_json {
                message::print(&format!("{}\n", value(&event)));
                return;
            }
            shown.note(&event);
            let text = match &event {
                Event::Warning(text) => {
                    shown.clear();
                    return message::warn(text);
                }
                Event::Migrating { file } if !silent => {
                    shown.clear();
                    return message::note(&format!("versions are taken from {file}"));
                }
                Event::Script {
                    command,
                    shown: own,
                    ..
                } if (*own || verbose) && !silent => command,
                Event::Downloaded { name, bytes } if verbose => {
                    shown.clear();
                    return message::note(&format!("downloaded {name}, {bytes} bytes"));
                }
                _ => return,
            };
            shown.clear();
            message::command(text);
        });
        Self { sink, progress }
    }

    /// Nothing more comes.
    pub(in crate::cmd) fn end(&self) {
        self.progress.clear();
    }
}

/// An event as one object.
fn value(event: &Event) -> Value {
    match event {
        Event::Resolving => json!({ "event": "resolving" }),
        Event::Migrating { file } => json!({ "event": "migrating", "file": file }),
        Event::Resolved { total } => json!({ "event": "resolved", "total": total }),
        Event::DownloadStarted { name } => json!({ "event": "download-started", "name": **name }),
        Event::Downloaded { name, bytes } => {
            json!({ "event": "downloaded", "name": **name, "bytes": bytes })
        }
        Event::Linking { total } => json!({ "event": "linking", "total": total }),
        Event::Linked => json!({ "event": "linked" }),
        Event::SavedLockfile => json!({ "event": "saved-lockfile" }),
        Event::Warning(text) => json!({ "event": "warning", "message": text }),
        Event::Script {
            package,
            script,
            command,
            ..
        } => {
            json!({ "event": "script", "package": package, "script": script, "command": command })
        }
        _ => json!({ "event": "other" }),
    }
}

/// The summary as one object.
pub(super) fn summary(summary: &Summary) -> Value {
    let changed = |list: &[crust_installer::Changed]| -> Vec<Value> {
        list.iter()
            .map(|found| json!({ "name": *found.name, "version": found.version, "available": found.available }))
            .collect()
    };
    let requested: Vec<Value> = summary
        .requested
        .iter()
        .map(|found| json!({ "name": *found.name, "version": found.version, "binaries": found.binaries }))
        .collect();
    let updated: Vec<Value> = summary
        .updated
        .iter()
        .map(|found| json!({ "name": *found.name, "from": found.from, "to": found.to, "available": found.available }))
        .collect();
    json!({
        "event": "summary",
        "added": changed(&summary.added),
        "requested": requested,
        "updated": updated,
        "removed": summary.removed,
        "placed": summary.placed,
        "total": summary.total,
        "unchanged": summary.unchanged,
        "blockedScripts": summary.blocked_scripts,
        "savedLockfile": summary.saved_lockfile,
        "milliseconds": summary.elapsed().as_secs_f64() * 1000.0,
    })
}
