//! `crust config watch`: prints each change of the header as it happens, until it is told to end. It
//! changes nothing.

use std::path::Path;
use std::sync::mpsc::channel;

use crust_header::Header;
use crust_header_file::{FeatureNames, FileError, read};
use notify::{RecursiveMode, Watcher as _};

use super::field::{Field, differences};
use super::{ConfigError, project};
use crate::args::Options;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(_: &Options, words: &[String]) -> Result<Outcome, CliError> {
    if !words.is_empty() {
        return Err(ConfigError::Usage("watch takes no words").into());
    }
    let path = project::file()?;
    let failed = |error: notify::Error| CliError::Watch(error.to_string());
    let (sender, events) = channel();
    // What happened does not matter: the file is read again, and a change that changes nothing is none.
    let mut watcher = notify::recommended_watcher(move |_| {
        // Without a receiver the command is ending.
        let _ = sender.send(());
    })
    .map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    watcher
        .watch(folder, RecursiveMode::NonRecursive)
        .map_err(failed)?;
    let mut state = State::of(&path);
    message::print(&state.introduction(&path));
    for () in &events {
        let next = State::of(&path);
        message::print(&state.changes(&next, &path));
        state = next;
    }
    Err(CliError::Watch("the system stopped to tell".to_owned()))
}

/// What is at the file's place.
#[derive(PartialEq)]
enum State {
    Missing,
    Unusable(String),
    Header(Box<Header>),
}

impl State {
    fn of(path: &Path) -> Self {
        match read(path) {
            Ok(header) => Self::Header(Box::new(header)),
            Err(FileError::Missing { .. }) => Self::Missing,
            Err(error) => Self::Unusable(format!("{}: {error}\n", error.code())),
        }
    }

    fn introduction(&self, path: &Path) -> String {
        let path = project::shown(path);
        match self {
            Self::Missing => format!("watching {path}, which does not exist yet\n"),
            Self::Unusable(problem) => format!("watching {path}\n{problem}"),
            Self::Header(_) => format!("watching {path}\n"),
        }
    }

    fn changes(&self, next: &Self, path: &Path) -> String {
        if self == next {
            return String::new();
        }
        // A package.json that cannot be read just now costs the names, not the watch.
        let names = project::names(path).unwrap_or_else(|_| FeatureNames::default());
        match (self, next) {
            (Self::Header(before), Self::Header(after)) => differences(before, after, &names),
            (_, Self::Missing) => format!("{} was removed\n", project::shown(path)),
            (_, Self::Unusable(problem)) => problem.clone(),
            (_, Self::Header(header)) => Field::ALL
                .map(|field| format!("{} {}\n", field.name(), field.text(header, &names)))
                .concat(),
        }
    }
}
