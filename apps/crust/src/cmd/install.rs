//! `crust install` and `crust ci`, and what all commands that install share: options in, the
//! installer's work, a summary out. It never resolves or writes anything itself.

mod events;
mod options;
mod progress;
pub(super) mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crust_installer::{
    Config, GlobalFolder, InstallError, InstallOptions, LockedProject, Request, Sink, Summary,
    install,
};

use events::Reporter;

use super::{add, answered, change_directory, find, help, parse_everywhere};
use crate::args::{OptionId, Options, Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;
use crate::versions;

/// A line of one of the commands, read.
pub(super) struct Line<'s> {
    pub(super) session: &'s Session,
    pub(super) name: &'static str,
    parsed: Parsed,
    /// The words that are no options.
    pub(super) words: Vec<String>,
}

impl<'s> Line<'s> {
    /// Reads the words after the command's name.
    pub(super) fn read(
        session: &'s Session,
        before: &Parsed,
        name: &'static str,
        scope: Scope,
    ) -> Result<Self, CliError> {
        let (parsed, words) = parse_everywhere(session, before, scope)?;
        Ok(Self {
            session,
            name,
            parsed,
            words,
        })
    }

    /// A line that was parsed elsewhere.
    pub(super) fn of(session: &'s Session, name: &'static str, parsed: Parsed) -> Self {
        Self {
            session,
            name,
            parsed,
            words: Vec::new(),
        }
    }

    /// Whether an option of the family was given.
    pub(super) fn has(&self, option: &'static str) -> bool {
        self.options().has(OptionId::Install(option))
    }

    /// The last value of an option of the family.
    pub(super) fn value(&self, option: &'static str) -> Option<&str> {
        self.options().value(OptionId::Install(option))
    }

    pub(super) fn options(&self) -> &Options {
        &self.parsed.options
    }

    pub(super) fn asks_for_help(&self) -> bool {
        self.options().has(OptionId::Help)
    }

    pub(super) fn is_silent(&self) -> bool {
        self.options().has(OptionId::Silent)
    }

    /// What `--help` and its like answer, else the directory is changed.
    pub(super) fn begin(&self) -> Result<Option<Outcome>, CliError> {
        if let Some(outcome) = answered(self.session, &self.parsed, find(self.name)) {
            return Ok(Some(outcome));
        }
        change_directory(self.session, &self.parsed)?;
        Ok(None)
    }

    /// Whether events go to standard output, a JSON object on each line.
    pub(super) fn prints_events(&self) -> bool {
        self.has("events")
    }

    /// Says the command's name and ours.
    pub(super) fn print_title(&self) {
        if !self.is_silent() && !self.prints_events() {
            message::print(&format!(
                "{} {} v{}\n",
                self.session.main_name(),
                self.name,
                versions::CRUST
            ));
        }
    }

    /// What the line says over files and environment.
    pub(super) fn adjust(&self, config: &mut Config) -> Result<(), InstallError> {
        options::adjust(config, self)
    }

    /// The kinds of dependencies that are left out.
    pub(super) fn omitted(&self) -> Result<Vec<String>, CliError> {
        options::omitted(self)
    }

    /// The filters of packages of the workspace.
    pub(super) fn filters(&self) -> Vec<String> {
        let filters = self.options().values(OptionId::Install("filter"));
        filters.map(ToOwned::to_owned).collect()
    }

    /// The options of an installation.
    pub(super) fn install_options(&self) -> Result<InstallOptions, CliError> {
        options::of(self, false)
    }

    /// The folder that the line is about: the working directory, or that of this user's packages.
    pub(super) fn folder(&self) -> Result<PathBuf, CliError> {
        if !self.has("global") {
            return script::working_directory();
        }
        let global = GlobalFolder::of_this_user();
        global.prepare()?;
        Ok(global.path().to_owned())
    }

    /// Links the commands of this user's packages.
    fn link_commands(&self) -> Result<(), CliError> {
        let global = GlobalFolder::of_this_user();
        let taken = global.link_commands()?;
        for name in taken {
            let place = global.bin().join(name);
            message::warn(&format!(
                "{} is another program, and stays",
                place.display()
            ));
        }
        let searched = crate::paths::system_directories();
        if !self.is_silent() && !searched.iter().any(|folder| folder == global.bin()) {
            message::note(&format!(
                "commands are in {}, which PATH does not have",
                global.bin().display()
            ));
        }
        Ok(())
    }

    /// The project of the line's folder and its lockfile.
    pub(super) fn locked(&self) -> Result<LockedProject, CliError> {
        let folder = self.folder()?;
        Ok(LockedProject::open(&folder, |config| self.adjust(config))?)
    }

    /// Refuses words that would mean nothing.
    pub(super) fn takes_no_words(&self) -> Result<(), CliError> {
        match self.words.first() {
            Some(word) if !self.asks_for_help() => Err(CliError::SurplusWord {
                command: self.name.to_owned(),
                word: word.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// For lines without the packages that they need.
    pub(super) fn needs_packages(&self) -> Result<Outcome, CliError> {
        message::error(&format!("no package to {} was given", self.name));
        help::print(self.session, find(self.name));
        Ok(Outcome::FAILURE)
    }
}

/// `crust install`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "install", Scope::ADD_LINE)?;
    if !line.words.is_empty() {
        let request = add::request(&line)?;
        return run(&line, &Request::Add(request));
    }
    let of_packages = [
        "dev",
        "optional",
        "peer",
        "save-prod",
        "exact",
        "only-missing",
        "catalog",
        "trust",
    ];
    if of_packages.iter().any(|name| line.has(name)) {
        return line.needs_packages();
    }
    run(&line, &Request::Install)
}

/// `crust ci`.
pub(super) fn frozen_command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "ci", Scope::INSTALL)?;
    line.takes_no_words()?;
    run(&line, &Request::Install)
}

/// Lets the first Ctrl-C end an installation in good order; the second one ends the program.
fn end_by_signal(stop: &Arc<AtomicBool>) {
    use signal_hook::{consts::SIGINT, flag};
    // Where it cannot be, Ctrl-C ends the program at once, as ever.
    let _ = flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(stop))
        .and_then(|_| flag::register(SIGINT, Arc::clone(stop)));
}

/// Carries out a request and tells how it went.
pub(super) fn run(line: &Line<'_>, request: &Request) -> Result<Outcome, CliError> {
    run_and(line, request, |_| Ok(Outcome::SUCCESS))
}

/// The same, with other options than the line's.
pub(super) fn run_with(
    line: &Line<'_>,
    request: &Request,
    change: impl FnOnce(&mut InstallOptions),
) -> Result<Outcome, CliError> {
    carry_out(line, request, change, |_| Ok(Outcome::SUCCESS))
}

/// The same, with a look at the summary in the end.
pub(super) fn run_and(
    line: &Line<'_>,
    request: &Request,
    end: impl FnOnce(&Summary) -> Result<Outcome, CliError>,
) -> Result<Outcome, CliError> {
    carry_out(line, request, |_| {}, end)
}

fn carry_out(
    line: &Line<'_>,
    request: &Request,
    change: impl FnOnce(&mut InstallOptions),
    end: impl FnOnce(&Summary) -> Result<Outcome, CliError>,
) -> Result<Outcome, CliError> {
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let mut options = options::of(line, line.name == "ci")?;
    change(&mut options);
    line.print_title();
    let reporter = Reporter::of(line);
    let folder = line.folder()?;
    let adjust = |config: &mut _| line.adjust(config);
    end_by_signal(&options.stop);
    let result = install(&folder, request, &options, adjust, &reporter.sink);
    reporter.end();
    let summary = result?;
    if line.prints_events() {
        message::print(&format!("{}\n", events::summary(&summary)));
    } else if !line.is_silent() && !line.has("no-summary") {
        message::print(&report::text(line.session, &summary));
    }
    if line.has("global") && !options.dry_run {
        line.link_commands()?;
    }
    end(&summary)
}

/// Who is told of what happens, without a line that shows how far it is.
pub(super) fn sink(line: &Line<'_>) -> Sink {
    Reporter::of(line).sink
}
