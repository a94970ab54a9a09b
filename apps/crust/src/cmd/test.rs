//! `crust test`: finds the test files, has worker processes run them and reports. The engine is in the
//! workers only; what a worker does is `features/crust_test_api`'s, what is decided without an engine
//! `crust_testplan`'s.

mod changed;
mod coverage;
mod elsewhere;
mod foreign;
mod live;
mod options;
mod output;
mod pool;
mod record;
mod timings;
mod worker;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crust_testplan::{Found, Search, discover, shard, shuffle};

use super::{answered, change_directory, find, parse_everywhere};
use crate::args::{OptionId, Parsed, Scope, TestOption};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::program::{self, Source};
use crate::script;
use crate::session::Session;
use options::Settings;

/// Exit codes beside 0 and 1 (tests failed), which `docs/design/test.md` lists.
mod code {
    /// No test was found.
    pub(super) const NOTHING_FOUND: i32 = 1;
    /// Everything passed, but less than the threshold is covered.
    pub(super) const COVERAGE_TOO_LOW: i32 = 4;
    /// A worker crashed, was killed or ended on its own.
    pub(super) const WORKER_LOST: i32 = 3;
}

/// `crust test …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let (parsed, words) = parse_everywhere(session, before, Scope::TEST_LINE)?;
    if let Some(outcome) = answered(session, &parsed, find("test")) {
        return Ok(outcome);
    }
    change_directory(session, &parsed)?;
    if let Some(descriptors) = parsed.options.value(OptionId::Test(TestOption::Worker)) {
        let source = Source::TestWorker(descriptors.to_owned());
        return program::run(session, &parsed, source, &[]);
    }
    let supervised = parsed.options.has(OptionId::LoadedFilesDescriptor);
    if parsed.options.has(OptionId::Watch) && !supervised {
        return program::supervise(session, &parsed, None);
    }
    let directory = script::working_directory()?;
    let settings = Settings::new(&parsed, &directory)?;
    run(session, &parsed, &settings, &words, &directory)
}

fn run(
    session: &Session,
    parsed: &Parsed,
    settings: &Settings,
    words: &[String],
    directory: &Path,
) -> Result<Outcome, CliError> {
    let search = Search {
        root: settings.root.clone(),
        directory: directory.to_owned(),
        words: words.to_vec(),
        ignore: settings.ignore.clone(),
    };
    let found = discover(&search);
    if settings.announces() {
        message::write_error(&format!("crust test v{}\n", crate::versions::CRUST));
    }
    let files = selected(&found, settings)?;
    if files.is_empty() {
        let outcome = nothing_found(&found, settings, words);
        if outcome != Outcome::SUCCESS {
            explain_settings(directory);
        }
        return Ok(outcome);
    }
    if !found.unmatched.is_empty() {
        message::warn(&unmatched(&found));
    }
    let outcome = pool::run(session, parsed, settings, &files, directory)?;
    if outcome != Outcome::SUCCESS && settings.announces() {
        explain_settings(directory);
    }
    Ok(outcome)
}

/// Says that the settings of another runner are not read, where there are some.
fn explain_settings(directory: &Path) {
    if let Some(hint) = elsewhere::hint(directory) {
        message::note(&hint);
    }
}

/// The files to run, in order.
fn selected(found: &Found, settings: &Settings) -> Result<Vec<PathBuf>, CliError> {
    let mut files = found.files.clone();
    if let Some(commit) = &settings.changed {
        files = changed::affected(files, &settings.root, commit)?;
    }
    let durations = settings.durations.as_ref().map(RefCell::borrow);
    if let Some(part) = settings.shard {
        files = match &durations {
            Some(durations) => durations.shard(files, part),
            None => shard(files, part),
        };
    }
    if let Some(durations) = durations.filter(|_| settings.processes > 1) {
        files = durations.slowest_first(files);
    }
    if let Some(seed) = settings.seed {
        shuffle(&mut files, seed);
    }
    let again = files.clone();
    for _ in 1..settings.rerun_each {
        files.extend(again.iter().cloned());
    }
    Ok(files)
}

fn unmatched(found: &Found) -> String {
    let list: Vec<String> = found
        .unmatched
        .iter()
        .map(|word| format!(" {word}"))
        .collect();
    format!(
        "The following filters did not match any test files:\n{}",
        list.join("\n")
    )
}

fn nothing_found(found: &Found, settings: &Settings, words: &[String]) -> Outcome {
    if !found.files.is_empty() {
        // Files there are, but none in this shard or none that a change reaches.
        message::note("No test file is left to run.");
        return Outcome::SUCCESS;
    }
    if words.is_empty() {
        message::write_error("No tests found!\n\n");
    } else {
        message::write_error(&format!("{}\n", unmatched(found)));
    }
    message::write_error(&format!("{} files were searched\n\n", found.searched));
    message::note(
        "Tests need \".test\", \"_test\", \".spec\" or \"_spec\" in the filename (ex: \"MyApp.test.ts\")",
    );
    if settings.pass_with_no_tests {
        return Outcome::SUCCESS;
    }
    Outcome::Code(code::NOTHING_FOUND)
}
