//! `crust build`: bundles programs. How is `crust_bundler`'s; here are the command line, the summary and
//! where the files go.

mod compile;
mod interrupts;
mod macros;
mod options;
mod report;
mod watch;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crust_bundler::{ArtifactKind, Build, BuildOptions, Failure, Written};
use crust_diag::Severity;

use super::{answered, change_directory, find, parse_everywhere};
use crate::args::{BuildOption, OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::program;
use crate::script;
use crate::session::Session;
use interrupts::Interrupts;

/// Where the output goes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Destination {
    Folder(PathBuf),
    /// One file of this name in the folder.
    File(PathBuf),
    Stdout,
    /// A single executable.
    Executable(PathBuf),
}

impl Destination {
    /// The folder that files are written to.
    fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.clone()),
            Self::File(path) => path.parent().map(ToOwned::to_owned),
            Self::Stdout | Self::Executable(_) => None,
        }
    }

    /// The name of the one file, where it has been said.
    fn file_name(&self) -> Option<String> {
        let Self::File(path) = self else {
            return None;
        };
        let name = path.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }
}

/// What can be written about a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    /// esbuild's metafile.
    Metafile,
    /// The same for people.
    Markdown,
    /// A page with a treemap.
    Page,
}

/// A command line that has been understood.
struct Plan {
    options: BuildOptions,
    destination: Destination,
    /// What is written about the build, and where.
    reports: Vec<(PathBuf, Report)>,
    /// For a single executable.
    compile: Option<compile::Compile>,
}

/// `crust build …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let (parsed, entries) = parse_everywhere(session, before, Scope::BUILD)?;
    if let Some(outcome) = answered(session, &parsed, find("build")) {
        return Ok(outcome);
    }
    change_directory(session, &parsed)?;
    let directory = script::working_directory()?;
    let plan = options::plan(session, &parsed, entries, &directory)?;
    let interrupts = Interrupts::new()?;
    if parsed.options.has(OptionId::Build(BuildOption::Watch)) {
        let clear = !parsed.options.has(OptionId::NoClearScreen);
        return watch::run(session, &plan, &interrupts, clear);
    }
    crust_bundler::keep_memory();
    let started = Instant::now();
    let built = macros::build(session, &parsed, plan.options.clone())?;
    let outcome = match built.result {
        Ok(build) => {
            let mut output = Output::new(session, &plan, &interrupts);
            output.put(&build, started).map(|()| Outcome::SUCCESS)
        }
        Err(failure) => {
            show_failure(&failure);
            Ok(Outcome::FAILURE)
        }
    };
    if built.with_engine {
        let outcome = outcome.unwrap_or_else(|error| error.report(session));
        program::leave(i32::from(!outcome.is_success()));
    }
    outcome
}

/// Where builds go, and what is there.
struct Output<'a> {
    session: &'a Session,
    plan: &'a Plan,
    interrupts: &'a Interrupts,
    written: Written,
}

impl<'a> Output<'a> {
    fn new(session: &'a Session, plan: &'a Plan, interrupts: &'a Interrupts) -> Self {
        Self {
            session,
            plan,
            interrupts,
            written: Written::default(),
        }
    }

    /// Puts a build where it goes and says what came of it.
    fn put(&mut self, build: &Build, started: Instant) -> Result<(), CliError> {
        build.warnings.iter().for_each(message::diagnostic);
        let bundled = started.elapsed();
        match &self.plan.destination {
            Destination::Stdout => {
                let [only] = build.artifacts.as_slice() else {
                    return Err(CliError::SeveralFiles);
                };
                self.write(&Build::default(), Path::new("/"), build)?;
                message::print_bytes(&only.bytes);
            }
            Destination::Folder(folder) => {
                self.write(build, folder, build)?;
                message::print(&report::summary(build, started.elapsed()));
            }
            Destination::File(path) => {
                if build.artifacts.len() > 1 && !only_maps(build) {
                    return Err(CliError::SeveralFiles);
                }
                self.write(build, path.parent().unwrap_or(Path::new("/")), build)?;
                message::print(&report::summary(build, started.elapsed()));
            }
            Destination::Executable(path) => {
                if let Some(compile) = &self.plan.compile {
                    let compiling = Instant::now();
                    let session = self.session;
                    self.interrupts
                        .hold(|| compile.write(session, build, path))?;
                    self.write(&Build::default(), Path::new("/"), build)?;
                    let text = report::compiled(build, path, bundled, compiling.elapsed());
                    message::print(&text);
                }
            }
        }
        Ok(())
    }

    /// Writes the files of `own`, and with them what is told about `build`.
    fn write(&mut self, own: &Build, folder: &Path, build: &Build) -> Result<(), CliError> {
        let others = other_files(self.plan, build);
        let written = &mut self.written;
        self.interrupts
            .hold(|| crust_bundler::write_with(own, folder, &others, written))?;
        Ok(())
    }
}

/// What is written beside the program, and with it.
fn other_files(plan: &Plan, build: &Build) -> Vec<(PathBuf, Vec<u8>)> {
    let metafile = build.metafile.as_deref().unwrap_or("{}");
    let reports = plan.reports.iter();
    reports
        .map(|(path, report)| {
            let text = match report {
                Report::Metafile => metafile.to_owned(),
                Report::Markdown => crust_bundler::analysis_markdown(metafile),
                Report::Page => crust_bundler::analysis_page(metafile),
            };
            (path.clone(), text.into_bytes())
        })
        .collect()
}

/// Whether everything beside the one file is its source map or its declarations.
fn only_maps(build: &Build) -> bool {
    let mut others = build.artifacts.iter().skip(1);
    let belongs = [ArtifactKind::Sourcemap, ArtifactKind::Declaration];
    others.all(|artifact| belongs.contains(&artifact.kind))
}

fn show_failure(failure: &Failure) {
    failure.problems.iter().for_each(message::diagnostic);
    let errors = failure
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .count();
    if errors > 1 {
        message::write_error(&format!("{errors} errors; nothing was written\n"));
    }
}
