//! Everything that can go wrong before a program runs, with its words and its exit code. Errors of the
//! program itself are the host's.

use std::io;
use std::path::PathBuf;

use crust_diag::Diagnostic;
use crust_installer::InstallError;

use crate::args::ParseError;
use crate::cmd::ConfigError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::{ProgramName, Session};

/// A failure of the command line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error("Script not found \"{name}\"")]
    ScriptNotFound {
        name: String,
        suggestion: Option<String>,
    },
    #[error("Module not found \"{name}\"")]
    ModuleNotFound {
        name: String,
        suggestion: Option<String>,
    },
    #[error("Cannot run \"{}\"", path.display())]
    NotAProgram { path: PathBuf, reason: String },
    #[error("\"{command}\" is not part of this version of Crust")]
    CommandUnavailable {
        command: String,
        script: Option<String>,
    },
    #[error("unknown command \"{name}\"")]
    UnknownCommand {
        name: String,
        suggestion: Option<&'static str>,
    },
    #[error("Could not change directory to \"{directory}\": {}", plain(source))]
    ChangeDirectory {
        directory: String,
        source: io::Error,
    },
    #[error("cannot read the working directory: {}", plain(source))]
    WorkingDirectory { source: io::Error },
    #[error("cannot start \"{program}\": {}", plain(source))]
    Spawn { program: String, source: io::Error },
    #[error("{option}: {reason}")]
    OptionValue {
        option: &'static str,
        reason: String,
    },
    #[error("the package.json is not usable")]
    Manifest(Vec<Diagnostic>),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{}: {source}", source.code())]
    Upgrade {
        #[from]
        source: crust_upgrade::UpgradeError,
    },
    #[error("{0} [{code}]", code = .0.code())]
    Payload(&'static crust_payload::PayloadError),
    #[error("{0} [{code}]", code = .0.code())]
    Compile(crust_payload::PayloadError),
    #[error("cannot write multiple output files without an output directory")]
    SeveralFiles,
    #[error("Missing entrypoints. What would you like to bundle?")]
    NothingToBuild,
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
    #[error(transparent)]
    WriteBuild(#[from] crust_bundler::WriteError),
    #[error("cannot read {}: {}", path.display(), plain(source))]
    Read { path: PathBuf, source: io::Error },
    #[error("this executable says that it carries a program, and carries none")]
    NoPayload,
    #[error("{0} [{code}]", code = .0.code())]
    Proc(#[from] crust_procman::ProcmanError),
    #[error("cannot write {}: {}", path.display(), plain(source))]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot watch files: {0}")]
    Watch(String),
    #[error("{0}")]
    Install(#[from] InstallError),
    #[error("no program given")]
    NothingToRun { reason: &'static str },
    #[error("package \"{package}\" is not installed, and --no-install forbids to download it")]
    NotInstalled { package: String },
    #[error("package \"{package}\" has no command called \"{command}\"")]
    NoPackageCommand {
        package: String,
        command: String,
        /// The commands that it has.
        known: Vec<String>,
    },
    #[error("`{command}` takes no \"{word}\"")]
    SurplusWord { command: String, word: String },
}

impl CliError {
    /// Says what went wrong and gives the exit code: 1, or 9 for options of `node`, as Node's.
    pub(crate) fn report(&self, session: &Session) -> Outcome {
        match self {
            Self::Parse(ParseError::Unknown { option, .. })
                if session.name == ProgramName::Node =>
            {
                // Node's words, which its callers look for.
                message::error(&format!("{}: bad option: {option}", session.display_name));
            }
            Self::Manifest(problems)
            | Self::Config(ConfigError::Names(problems))
            | Self::Install(InstallError::Manifest(problems)) => {
                problems.iter().for_each(message::diagnostic);
            }
            Self::Install(error @ InstallError::Script { output, .. }) => {
                message::write_error(output);
                message::error(&format!("{error} [{}]", error.code()));
            }
            Self::Install(error) => message::error(&format!("{error} [{}]", error.code())),
            _ => message::error(&self.to_string()),
        }
        if let Some(hint) = self.hint(session) {
            message::note(&hint);
        }
        let bad_option = matches!(self, Self::Parse(_) | Self::OptionValue { .. });
        if session.name == ProgramName::Node && bad_option {
            return Outcome::Code(9);
        }
        Outcome::FAILURE
    }

    fn hint(&self, session: &Session) -> Option<String> {
        let meant = |name: &str| format!("did you mean \"{name}\"?");
        match self {
            Self::Parse(ParseError::Unknown { suggestion, .. })
            | Self::UnknownCommand { suggestion, .. } => (*suggestion).map(meant),
            Self::ScriptNotFound { suggestion, .. } | Self::ModuleNotFound { suggestion, .. } => {
                suggestion.as_deref().map(meant)
            }
            Self::NotAProgram { reason, .. } => Some(reason.clone()),
            Self::CommandUnavailable {
                script: Some(script),
                ..
            } => {
                let name = session.main_name();
                Some(format!(
                    "to run the package.json script \"{script}\", use \"{name} run {script}\""
                ))
            }
            Self::Config(error) => error.hint(),
            Self::NothingToBuild => Some(format!(
                "{} build ENTRY… --outdir DIRECTORY; {0} build --help lists the options",
                session.main_name()
            )),
            Self::SeveralFiles => Some("use --outdir".to_owned()),
            Self::NothingToRun { reason } => Some((*reason).to_owned()),
            Self::NoPackageCommand { known, .. } => Some(if known.is_empty() {
                "it has no commands at all".to_owned()
            } else {
                format!(
                    "its commands are {}: --package names the package, and the command comes after it",
                    known.join(", ")
                )
            }),
            Self::SurplusWord { .. } => {
                Some("it is about the whole project, and takes options only".to_owned())
            }
            _ => None,
        }
    }
}

/// An error of the system in plain words: without Rust's `(os error 2)`.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
