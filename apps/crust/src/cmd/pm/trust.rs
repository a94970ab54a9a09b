//! `crust pm trust`, `untrusted` and `default-trusted`: whose scripts run.

use std::fmt::Write as _;

use crust_installer::{Untrusted, default_trusted, trust};

use crate::cmd::install::report::counted;
use crate::cmd::install::{Line, sink};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;

/// `crust pm trust NAMES|--all`.
pub(super) fn command(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    line.print_title();
    if words.is_empty() && !line.has("all") {
        return Err(CliError::OptionValue {
            option: "pm trust",
            reason: "names of packages or --all are needed".to_owned(),
        });
    }
    let dry_run = line.has("dry-run");
    let options = line.install_options()?;
    let folder = script::working_directory()?;
    let adjust = |config: &mut _| line.adjust(config);
    let found = trust(&folder, words, dry_run, &options, adjust, &sink(line))?;
    let mut text = scripts(&found, if dry_run { '»' } else { '✓' });
    let count: usize = found.iter().map(|package| package.scripts.len()).sum();
    let verb = if dry_run { "would run" } else { "ran" };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        " {} {verb} across {}",
        counted(count, "script"),
        counted(found.len(), "package")
    );
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

/// `crust pm untrusted`.
pub(super) fn print_untrusted(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    line.print_title();
    let found = line.locked()?.untrusted();
    let text = if found.is_empty() {
        "No package has scripts that were blocked.\n".to_owned()
    } else {
        format!(
            "{}The scripts of these packages were not run. `{} pm trust` runs them.\n",
            scripts(&found, '»'),
            line.session.main_name()
        )
    };
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

/// `crust pm default-trusted`.
pub(super) fn print_known(_: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    let names: Vec<String> = default_trusted()
        .map(|name| format!(" - {name}\n"))
        .collect();
    message::print(&format!(
        "Default trusted dependencies ({}):\n{}",
        names.len(),
        names.concat()
    ));
    Ok(Outcome::SUCCESS)
}

fn scripts(found: &[Untrusted], mark: char) -> String {
    let mut text = String::new();
    for package in found {
        let _ = writeln!(text, "./{} @{}", package.path, package.version);
        for (name, command) in &package.scripts {
            let _ = writeln!(text, " {mark} [{name}]: {command}");
        }
        text.push('\n');
    }
    text
}
