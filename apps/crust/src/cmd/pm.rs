//! `crust pm`: tools of the package manager. Each word is a function here or of a file of `pm/`.

mod cache;
mod licenses;
mod pkg;
mod trust;
mod version;

use std::path::Path;

use crust_installer::{
    Freshness, GlobalFolder, LockedProject, Platform, Request, whoami as ask_whoami,
};

use super::install::report::counted;
use super::install::{Line, run_with, sink};
use super::{help, info, list, pack, why};
use crate::args::{Parsed, Scope, closest};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

type Act = fn(&Line<'_>, &[String]) -> Result<Outcome, CliError>;

static ACTS: [(&str, Act); 14] = [
    ("bin", bin),
    ("cache", cache::command),
    ("default-trusted", trust::print_known),
    ("fetch", fetch),
    ("hash", hash),
    ("hash-print", hash),
    ("hash-string", hash_text),
    ("licenses", licenses::command),
    ("migrate", migrate),
    ("pkg", pkg::command),
    ("trust", trust::command),
    ("untrusted", trust::print_untrusted),
    ("version", version::command),
    ("whoami", print_whoami),
];

/// Those that words follow.
static TAKE_WORDS: [&str; 4] = ["cache", "pkg", "trust", "version"];

/// Words of Bun's `pm` that this version does not have.
static UNAVAILABLE: [&str; 2] = ["diff", "scan"];

/// `crust pm WORD …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    // Words that are commands of their own have their options.
    let mut rest = before.clone();
    let first = rest
        .rest
        .first()
        .and_then(|word| word.to_str())
        .map(ToOwned::to_owned);
    if let Some(first) = first {
        rest.rest.remove(0);
        match first.as_str() {
            "ls" | "list" => return list::command(session, &rest),
            "why" => return why::command(session, &rest),
            "view" | "info" => return info::command(session, &rest),
            "pack" => return pack::command(session, &rest),
            _ => {}
        }
    }
    let line = Line::read(session, before, "pm", Scope::PM)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let Some((word, words)) = line.words.split_first() else {
        help::print(session, super::find("pm"));
        return Ok(Outcome::FAILURE);
    };
    if UNAVAILABLE.contains(&word.as_str()) {
        return Err(CliError::CommandUnavailable {
            command: format!("{} pm {word}", session.main_name()),
            script: None,
        });
    }
    match ACTS.iter().find(|(name, _)| name == word) {
        Some((name, act)) => {
            if !TAKE_WORDS.contains(name)
                && let Some(word) = words.first()
            {
                return Err(CliError::SurplusWord {
                    command: format!("pm {name}"),
                    word: word.clone(),
                });
            }
            act(&line, words)
        }
        None => Err(CliError::UnknownCommand {
            name: format!("pm {word}"),
            suggestion: closest(word, ACTS.iter().map(|(name, _)| *name)),
        }),
    }
}

/// `crust whoami`.
pub(super) fn whoami(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "whoami", Scope::PM)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    line.takes_no_words()?;
    print_whoami(&line, &[])
}

fn print_whoami(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    let folder = script::working_directory()?;
    let name = ask_whoami(&folder, |config| line.adjust(config))?;
    message::print(&format!("{name}\n"));
    Ok(Outcome::SUCCESS)
}

fn bin(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    if line.has("global") {
        let global = GlobalFolder::of_this_user();
        message::print(&format!("{}\n", global.bin().display()));
        return Ok(Outcome::SUCCESS);
    }
    let folder = script::working_directory()?;
    let manifest = crust_manifest::find_package_json(&folder);
    let own = manifest
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(&folder);
    message::print(&format!("{}\n", own.join("node_modules/.bin").display()));
    Ok(Outcome::SUCCESS)
}

fn hash(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    message::print(&format!("{}\n", line.locked()?.hash()));
    Ok(Outcome::SUCCESS)
}

fn hash_text(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    message::print(&line.locked()?.hash_text());
    Ok(Outcome::SUCCESS)
}

/// Another package manager's lockfile as ours, without installing anything.
fn migrate(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    let folder = script::working_directory()?;
    if LockedProject::open(&folder, |config| line.adjust(config)).is_ok() && !line.has("force") {
        return Err(CliError::OptionValue {
            option: "pm migrate",
            reason: "there is a bun.lock already; --force writes it anew".to_owned(),
        });
    }
    let dry_run = line.has("dry-run");
    run_with(line, &Request::Install, |options| {
        options.lockfile_only = true;
        options.migrate = true;
        // Ours is written over, which is all that it means here.
        options.force = false;
        options.dry_run |= dry_run;
    })
}

fn fetch(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    line.print_title();
    let fetched = line
        .locked()?
        .fetch(&Platform::default(), Freshness::Normal, &sink(line))?;
    message::print(&format!(
        "Done! {} downloaded, {} already in the cache\nCache: {}\n",
        counted(fetched.downloaded, "package"),
        fetched.present,
        fetched.cache.display()
    ));
    Ok(Outcome::SUCCESS)
}
