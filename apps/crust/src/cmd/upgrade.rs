//! `crust upgrade`: replaces this binary by a newer one, or goes back. What is checked, and how the files
//! are swapped, is `crust_upgrade`'s.

use std::io::IsTerminal as _;
use std::path::Path;

use crust_upgrade::{Event, Outcome as Upgrade, UpgradeError, Version, rollback, upgrade};

use super::{answered, find, parse_after};
use crate::args::{OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::versions;

/// Where the manifest is, unless the command line says.
const MANIFEST_VARIABLE: &str = "CRUST_UPGRADE_MANIFEST";

pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let parsed = parse_after(session, before, Scope::UPGRADE)?;
    if let Some(outcome) = answered(session, &parsed, find("upgrade")) {
        return Ok(outcome);
    }
    if let Some(word) = &parsed.operand {
        return Err(CliError::OptionValue {
            option: "upgrade",
            reason: format!("takes no words, not \"{}\"", word.to_string_lossy()),
        });
    }
    let binary = &session.exec_path;
    if parsed.options.has(OptionId::Rollback) {
        let other = rollback(binary)?;
        let text = format!("went back; the other version is {}\n", other.display());
        message::print(&text);
        return Ok(Outcome::SUCCESS);
    }
    let environment = std::env::var(MANIFEST_VARIABLE).ok();
    let given = parsed.options.value(OptionId::UpgradeManifest);
    let Some(manifest) = given.or(environment.as_deref()) else {
        return Err(CliError::NothingToRun {
            reason: "upgrade needs the manifest's URL: --manifest=URL, or CRUST_UPGRADE_MANIFEST",
        });
    };
    replace(manifest, binary)
}

fn replace(manifest: &str, binary: &Path) -> Result<Outcome, CliError> {
    let current = Version::parse(versions::CRUST)
        .ok_or_else(|| UpgradeError::Manifest("this version has no number".to_owned()))?;
    let mut progress = Progress::default();
    let ended = upgrade(manifest, binary, &current, &mut |event| {
        progress.tell(&event);
    });
    progress.end();
    match ended? {
        Upgrade::Newest => message::print(&format!("crust {current} is the newest version\n")),
        Upgrade::Upgraded { version, earlier } => {
            message::print(&format!(
                "crust {current} -> {version}; the old version is {}\n",
                earlier.display()
            ));
        }
    }
    Ok(Outcome::SUCCESS)
}

/// Shows how far the download is: one line that changes on a terminal, a line for each tenth elsewhere.
#[derive(Default)]
struct Progress {
    shown: Option<u64>,
    open_line: bool,
}

impl Progress {
    fn tell(&mut self, event: &Event) {
        match event {
            Event::Found { version, size } => {
                let size = mebibytes(*size);
                message::write_error(&format!("downloading crust {version}, {size}\n"));
            }
            Event::Progress { received, size } => self.show(*received, *size),
            Event::Checked => {
                self.end();
                message::write_error("length, SHA-256, header and --version are right\n");
            }
        }
    }

    fn show(&mut self, received: u64, size: u64) {
        let terminal = std::io::stderr().is_terminal();
        let step = if terminal { 1 } else { 10 };
        let percent = received.saturating_mul(100) / size.max(1) / step * step;
        if self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        let (start, end) = if terminal { ("\r", "") } else { ("", "\n") };
        self.open_line = terminal;
        message::write_error(&format!(
            "{start}{percent:>3} % of {}{end}",
            mebibytes(size)
        ));
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.open_line) {
            message::write_error("\n");
        }
    }
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
