//! From a parsed command line to a running program: it checks the runtime's options, reads `.env` files
//! and hands over to the host. It never touches the engine.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use crust_header_file::Snapshot;
use crust_host::{Entry, Print, RunOptions, UnhandledRejections};
use crust_manifest::BunConfig;
use rustix::process::Signal;

use crate::args::{OptionId, Options, Parsed, to_strings};
use crate::cmd::ConfigError;
use crate::env_files;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::{ProgramName, Session};
use crate::snapshot;
use crate::watch::{self, Watch};

/// Where the program's text comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Code {
        code: String,
        print: bool,
    },
    Stdin,
    /// A worker of `crust test`; the text tells its descriptors.
    TestWorker(String),
    /// The macros of `crust build`.
    Macros,
}

impl Source {
    /// The program of `-e` or `-p`. Given both, `-p` decides how, as in Node.
    pub(crate) fn of_options(options: &Options) -> Option<Self> {
        let print = options.value(OptionId::Print);
        let code = print.or_else(|| options.value(OptionId::Eval))?;
        Some(Self::Code {
            code: code.to_owned(),
            print: print.is_some(),
        })
    }
}

/// The operands of `-e` and `-p`: all of them are the program's.
pub(crate) fn operands(parsed: &Parsed) -> Vec<OsString> {
    parsed.operand.iter().chain(&parsed.rest).cloned().collect()
}

/// Runs a program; with `--watch`, again and again.
pub(crate) fn run(
    session: &Session,
    parsed: &Parsed,
    source: Source,
    arguments: &[OsString],
) -> Result<Outcome, CliError> {
    let supervised = parsed.options.has(OptionId::LoadedFilesDescriptor);
    if parsed.options.has(OptionId::Watch) && !supervised {
        match source {
            Source::Stdin => message::warn("--watch cannot restart a program from standard input"),
            Source::File(path) => return supervise(session, parsed, Some(path)),
            Source::Code { .. } | Source::TestWorker(_) | Source::Macros => {
                return supervise(session, parsed, None);
            }
        }
    }
    let options = run_options(session, parsed, source, arguments)?;
    leave(crust_host::run(options))
}

/// The modules of `bunfig.toml`'s `preload`, then those of the command line. Node knows no such file, and a
/// compiled program runs nothing that lies where it is started.
fn preload(session: &Session, given: Vec<String>) -> Result<Vec<String>, CliError> {
    if session.name == ProgramName::Node || crust_header_file::is_compiled() {
        return Ok(given);
    }
    // A folder that is gone is complained about where it is needed.
    let directory = std::env::current_dir().unwrap_or_default();
    let Some(config) = BunConfig::find(&directory) else {
        return Ok(given);
    };
    let config = config.map_err(CliError::Manifest)?;
    config.warnings.iter().for_each(message::diagnostic);
    Ok(config.preload.into_iter().chain(given).collect())
}

/// Ends the process without the destructors of the engine's libraries, which would only give back to the
/// system what it takes back anyway.
pub(crate) fn leave(code: i32) -> ! {
    // A closed standard output has nobody to tell.
    let _ = std::io::stdout().flush();
    signal_hook::low_level::exit(code)
}

/// `node --check FILE`.
pub(crate) fn check_syntax(source: &Source) -> Result<Outcome, CliError> {
    match source {
        Source::File(path) => Ok(Outcome::Code(crust_host::check_syntax(
            path,
            message::write_error,
        ))),
        _ => Err(CliError::OptionValue {
            option: "--check",
            reason: "needs a file".to_owned(),
        }),
    }
}

pub(crate) fn run_options(
    session: &Session,
    parsed: &Parsed,
    source: Source,
    arguments: &[OsString],
) -> Result<RunOptions, CliError> {
    let given = &parsed.options;
    let config = snapshot::take()?;
    let text = |id| given.values(id).map(ToOwned::to_owned).collect::<Vec<_>>();
    // A worker loads them for each file, where modules are not shared.
    let preload = match source {
        Source::TestWorker(_) | Source::Macros => Vec::new(),
        _ => preload(session, text(OptionId::Preload))?,
    };
    Ok(RunOptions {
        entry: match source {
            Source::File(path) => Entry::File(path),
            Source::Code { code, print } => Entry::Eval {
                code,
                print: match (print, session.name) {
                    (false, _) => Print::Nothing,
                    (true, ProgramName::Node) => Print::Value,
                    (true, _) => Print::Settled,
                },
            },
            Source::Stdin => Entry::Stdin,
            Source::TestWorker(descriptors) => Entry::TestWorker(descriptors),
            Source::Macros => Entry::Macros,
        },
        argv: to_strings(arguments),
        exec_argv: exec_argv(parsed),
        exec_path: session.exec_path.clone(),
        argv0: session.display_name.clone(),
        preload,
        defines: defines(given)?,
        features: features(given, &config)?,
        config: Arc::new(config),
        conditions: text(OptionId::Conditions),
        preserve_symlinks: given.has(OptionId::PreserveSymlinks),
        preserve_symlinks_main: given.has(OptionId::PreserveSymlinksMain),
        env: env_files::for_program(session, given)?,
        refuses_macros: given.has(OptionId::NoMacros),
        smol: given.has(OptionId::Smol),
        unhandled_rejections: unhandled_rejections(given)?,
        expose_gc: given.has(OptionId::ExposeGc),
        stack_trace_limit: number(given, OptionId::StackTraceLimit, "--stack-trace-limit")?,
        title: given.value(OptionId::Title).map(ToOwned::to_owned),
        loaded_files: number(given, OptionId::LoadedFilesDescriptor, LOADED_FILES)?,
        exit: leave,
        print_error: message::write_error,
    })
}

const LOADED_FILES: &str = "--loaded-files-descriptor";
const TEST_WORKER: &str = "--test-worker";

/// The options as the program sees them, without the supervisor's own.
fn exec_argv(parsed: &Parsed) -> Vec<String> {
    let mut words = to_strings(&parsed.option_words);
    words.retain(|word| !word.starts_with(LOADED_FILES) && !word.starts_with(TEST_WORKER));
    words
}

/// `NAME:VALUE` or `NAME=VALUE`, split at whichever comes first.
pub(crate) fn defines(options: &Options) -> Result<Vec<(String, String)>, CliError> {
    options
        .values(OptionId::Define)
        .map(|define| match define.split_once([':', '=']) {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => Err(CliError::OptionValue {
                option: "--define",
                reason: format!(
                    "\"{define}\" lacks a value, as in process.env.NODE_ENV:\"'production'\""
                ),
            }),
        })
        .collect()
}

/// The features that are on: those of the command line, and those of the project header.
fn features(options: &Options, config: &Snapshot) -> Result<Vec<String>, CliError> {
    let mut features: Vec<String> = options
        .values(OptionId::Feature)
        .map(ToOwned::to_owned)
        .collect();
    let defaults = config.enabled().map_err(|problem| {
        let text = problem.to_owned();
        ConfigError::NamesOfProgram(text)
    })?;
    features.extend(defaults);
    Ok(features)
}

fn unhandled_rejections(options: &Options) -> Result<UnhandledRejections, CliError> {
    let Some(mode) = options.value(OptionId::UnhandledRejections) else {
        return Ok(UnhandledRejections::Throw);
    };
    Ok(match mode {
        "strict" => UnhandledRejections::Strict,
        "throw" => UnhandledRejections::Throw,
        "warn" => UnhandledRejections::Warn,
        "none" => UnhandledRejections::None,
        "warn-with-error-code" => UnhandledRejections::WarnWithErrorCode,
        _ => {
            return Err(CliError::OptionValue {
                option: "--unhandled-rejections",
                reason: format!(
                    "\"{mode}\" is none of strict, throw, warn, none, warn-with-error-code"
                ),
            });
        }
    })
}

fn number<T: std::str::FromStr>(
    options: &Options,
    id: OptionId,
    option: &'static str,
) -> Result<Option<T>, CliError> {
    let parse = |text: &str| {
        text.parse().map_err(|_| CliError::OptionValue {
            option,
            reason: format!("\"{text}\" is not a number"),
        })
    };
    options.value(id).map(parse).transpose()
}

/// Starts the same command line again as a child that reports the files it loads.
pub(crate) fn supervise(
    session: &Session,
    parsed: &Parsed,
    entry: Option<PathBuf>,
) -> Result<Outcome, CliError> {
    let exec_path = session.exec_path.clone();
    let name = session.display_name.clone();
    // The words of the environment reach the child by the environment.
    let words = session.words[session.words_of_environment..].to_vec();
    let directory = session.first_directory.get().cloned();
    let command = move |descriptor: i32| {
        let mut command = Command::new(&exec_path);
        command
            .arg0(&name)
            .arg(format!("{LOADED_FILES}={descriptor}"))
            .args(&words);
        if let Some(directory) = &directory {
            command.current_dir(directory);
        }
        command
    };
    let screen = rustix::termios::isatty(std::io::stdout());
    watch::supervise(Watch {
        command: Box::new(command),
        entry,
        kill_signal: kill_signal(&parsed.options)?,
        clear_screen: screen && !parsed.options.has(OptionId::NoClearScreen),
    })
}

/// The signals that a program can handle and that mean "end".
fn kill_signal(options: &Options) -> Result<Signal, CliError> {
    let Some(name) = options.value(OptionId::WatchKillSignal) else {
        return Ok(Signal::TERM);
    };
    Ok(match name {
        "SIGTERM" => Signal::TERM,
        "SIGINT" => Signal::INT,
        "SIGHUP" => Signal::HUP,
        "SIGQUIT" => Signal::QUIT,
        "SIGUSR1" => Signal::USR1,
        "SIGUSR2" => Signal::USR2,
        "SIGKILL" => Signal::KILL,
        _ => {
            return Err(CliError::OptionValue {
                option: "--watch-kill-signal",
                reason: format!("\"{name}\" is not the name of a signal, as SIGTERM is"),
            });
        }
    })
}
