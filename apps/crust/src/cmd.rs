//! The commands, as a table, and the choice among them. Each command is a file of `cmd/`; this file
//! never does a command's work.

mod add;
mod audit;
mod build;
mod compiled;
mod completions;
mod config;
mod dedupe;
mod execute;
mod help;
mod info;
mod init;
mod install;
mod link;
mod list;
mod node;
mod outdated;
mod pack;
mod patch;
mod pm;
mod proc;
mod prune;
mod publish;
mod remove;
mod run;
mod test;
mod update;
mod upgrade;
mod version;
mod why;

use std::ffi::OsString;

pub(crate) use config::ConfigError;

use crate::args::{self, OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::script::{self, Project};
use crate::session::{ProgramName, Session};

/// A command that this version has.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) aliases: &'static [&'static str],
    /// What follows the name, for the usage line.
    pub(crate) operands: &'static str,
    pub(crate) summary: &'static str,
    /// Which options the command knows.
    pub(crate) scope: Option<Scope>,
    /// Lines of the help's examples.
    pub(crate) examples: &'static [&'static str],
    /// Runs it: the line parsed up to the command's name, the words after it still as written.
    run: fn(&Session, &Parsed) -> Result<Outcome, CliError>,
}

/// The commands of this version, in the order of the help.
pub(crate) static COMMANDS: &[Command] = &[
    Command {
        name: "run",
        aliases: &[],
        operands: "[OPTIONS] FILE|SCRIPT [ARGUMENTS]",
        summary: "Run a file, a package.json script or a package's command",
        scope: Some(Scope::RUN),
        examples: &[
            "run ./server.ts",
            "run --watch ./server.ts",
            "run build -- --minify",
            "run -",
        ],
        run: run::command,
    },
    Command {
        name: "x",
        aliases: &[],
        operands: "[OPTIONS] COMMAND [ARGUMENTS]",
        summary: "Run a command of a package, which is downloaded if need be",
        scope: Some(Scope::EXECUTE),
        examples: &["x tsc --noEmit", "x --bun vite dev"],
        run: execute::command,
    },
    Command {
        name: "install",
        aliases: &["i"],
        operands: "[OPTIONS] [PACKAGES]",
        summary: "Install the dependencies of package.json",
        scope: Some(Scope::ADD_LINE),
        examples: &["install", "install --frozen-lockfile --production"],
        run: install::command,
    },
    Command {
        name: "add",
        aliases: &["a"],
        operands: "[OPTIONS] PACKAGES",
        summary: "Add dependencies to package.json and install them",
        scope: Some(Scope::ADD_LINE),
        examples: &[
            "add zod",
            "add -d typescript@5",
            "add old@npm:zod@3 --exact",
        ],
        run: add::command,
    },
    Command {
        name: "remove",
        aliases: &["rm", "r", "uninstall"],
        operands: "[OPTIONS] PACKAGES",
        summary: "Take dependencies out of package.json and node_modules",
        scope: Some(Scope::INSTALL),
        examples: &["remove zod"],
        run: remove::command,
    },
    Command {
        name: "update",
        aliases: &["up"],
        operands: "[OPTIONS] [PACKAGES]",
        summary: "Update dependencies to the newest versions that their ranges allow",
        scope: Some(Scope::UPDATE_LINE),
        examples: &[
            "update",
            "update zod --latest",
            "update '@types/*' '!@types/node'",
        ],
        run: update::command,
    },
    Command {
        name: "ci",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Install exactly what the lockfile says",
        scope: Some(Scope::INSTALL),
        examples: &["ci"],
        run: install::frozen_command,
    },
    Command {
        name: "link",
        aliases: &[],
        operands: "[OPTIONS] [PACKAGES]",
        summary: "Make this folder known to other projects, or link to such folders",
        scope: Some(Scope::LINK_LINE),
        examples: &["link", "link my-library", "link my-library --save"],
        run: link::command,
    },
    Command {
        name: "unlink",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Forget the link of this folder",
        scope: Some(Scope::LINK_LINE),
        examples: &["unlink"],
        run: link::unlink,
    },
    Command {
        name: "patch",
        aliases: &[],
        operands: "[OPTIONS] PACKAGE | --commit FOLDER",
        summary: "Edit an installed package, and keep the change as a patch",
        scope: Some(Scope::PATCH_LINE),
        examples: &["patch react", "patch --commit node_modules/react"],
        run: patch::command,
    },
    Command {
        name: "patch-commit",
        aliases: &[],
        operands: "[OPTIONS] FOLDER",
        summary: "Make the patch of an edited package",
        scope: Some(Scope::PATCH_LINE),
        examples: &["patch-commit node_modules/react"],
        run: patch::commit_command,
    },
    Command {
        name: "init",
        aliases: &[],
        operands: "[OPTIONS] [FOLDER]",
        summary: "Begin a project: package.json, tsconfig.json and a first file",
        scope: Some(Scope::INIT),
        examples: &["init -y", "init my-project"],
        run: init::command,
    },
    Command {
        name: "outdated",
        aliases: &[],
        operands: "[OPTIONS] [PATTERNS]",
        summary: "List dependencies that have newer versions",
        scope: Some(Scope::OUTDATED),
        examples: &["outdated", "outdated '@types/*'"],
        run: outdated::command,
    },
    Command {
        name: "list",
        aliases: &["ls"],
        operands: "[OPTIONS] [PATTERNS]",
        summary: "List installed packages",
        scope: Some(Scope::LIST),
        examples: &["list", "list --all", "list zod"],
        run: list::command,
    },
    Command {
        name: "why",
        aliases: &[],
        operands: "[OPTIONS] PACKAGE",
        summary: "Tell why a package is installed",
        scope: Some(Scope::WHY),
        examples: &["why react", "why '@types/*' --top"],
        run: why::command,
    },
    Command {
        name: "info",
        aliases: &["view"],
        operands: "[OPTIONS] PACKAGE [FIELDS]",
        summary: "Show what the registry knows of a package",
        scope: Some(Scope::INFO),
        examples: &["info zod", "info zod@3 dependencies --json"],
        run: info::command,
    },
    Command {
        name: "audit",
        aliases: &[],
        operands: "[fix] [OPTIONS]",
        summary: "List known vulnerabilities of installed packages, or update those packages",
        scope: Some(Scope::AUDIT),
        examples: &["audit", "audit --audit-level high", "audit fix"],
        run: audit::command,
    },
    Command {
        name: "dedupe",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Let dependencies share versions where their ranges allow it",
        scope: Some(Scope::DEDUPE_LINE),
        examples: &["dedupe", "dedupe --check"],
        run: dedupe::command,
    },
    Command {
        name: "prune",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Take packages away that the lockfile does not have",
        scope: Some(Scope::PRUNE),
        examples: &["prune", "prune --production"],
        run: prune::command,
    },
    Command {
        name: "pack",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Make the tarball of this package",
        scope: Some(Scope::PACK),
        examples: &["pack", "pack --dry-run"],
        run: pack::command,
    },
    Command {
        name: "publish",
        aliases: &[],
        operands: "[OPTIONS] [TARBALL]",
        summary: "Publish this package, or a tarball of it",
        scope: Some(Scope::PUBLISH_LINE),
        examples: &[
            "publish --access public",
            "publish --tag next",
            "publish ./lib-1.0.0.tgz",
        ],
        run: publish::command,
    },
    Command {
        name: "whoami",
        aliases: &[],
        operands: "[OPTIONS]",
        summary: "Print the name that the registry knows you by",
        scope: Some(Scope::PM),
        examples: &["whoami"],
        run: pm::whoami,
    },
    Command {
        name: "pm",
        aliases: &[],
        operands: "bin|cache|default-trusted|fetch|hash|licenses|ls|migrate|pack|pkg|trust|untrusted|version|view|whoami|why …",
        summary: "Tools of the package manager",
        scope: Some(Scope::PM),
        examples: &[
            "pm trust sharp",
            "pm cache rm",
            "pm version minor",
            "pm pkg set scripts.build='tsc -b'",
        ],
        run: pm::command,
    },
    Command {
        name: "config",
        aliases: &[],
        operands: "get|set|feature|verify|watch|diff|init [OPTIONS] [ARGUMENTS]",
        summary: "Read and change the project header, crust.lockb",
        scope: Some(Scope::CONFIG),
        examples: &[
            "config init",
            "config get version",
            "config set rows 40",
            "config feature enable DEBUG",
            "config diff crust.lockb ../other/crust.lockb",
        ],
        run: config::command,
    },
    Command {
        name: "proc",
        aliases: &[],
        operands: "WORD [OPTIONS] [NAMES] [-- ARGUMENTS]\n\nWords: start, stop, restart, reload, delete, scale, reset, signal; list, show, why, logs, env, events,\n       monit, dashboard, health, metrics, openapi, ping, pid; validate, diff, apply, run, import, export;\n       save, resurrect, startup, unstartup, update, shutdown, kill; flush, reopen, completions",
        summary: "Keep applications running: the process manager, also called crust-pm",
        scope: Some(Scope::PROC),
        examples: &[
            "proc start ./server.ts --name web --instances 2",
            "proc start ecosystem.config.ts",
            "proc list --json",
            "proc logs web --lines 50 --nostream",
            "proc reload web",
            "proc run ecosystem.config.ts",
            "proc monit",
            "proc export compose ecosystem.config.ts --image web:1",
        ],
        run: proc::command,
    },
    Command {
        name: "build",
        aliases: &[],
        operands: "[OPTIONS] ENTRY…",
        summary: "Bundle programs, or compile one into a single executable",
        scope: Some(Scope::BUILD),
        examples: &[
            "build ./src/index.tsx --outdir ./dist --minify --sourcemap",
            "build ./server.ts --target bun --outfile server.js",
            "build --compile ./cli.ts --outfile cli",
        ],
        run: build::command,
    },
    Command {
        name: "upgrade",
        aliases: &[],
        operands: "[--manifest=URL | --rollback]",
        summary: "Replace this program by a newer version",
        scope: Some(Scope::UPGRADE),
        examples: &["upgrade", "upgrade --rollback"],
        run: upgrade::command,
    },
    Command {
        name: "test",
        aliases: &[],
        operands: "[OPTIONS] [PATHS]",
        summary: "Run the tests of a project",
        scope: Some(Scope::TEST_LINE),
        examples: &[
            "test",
            "test ./src/parser.test.ts",
            "test -t 'parses numbers' --watch",
            "test --coverage",
        ],
        run: test::command,
    },
    Command {
        name: "completions",
        aliases: &[],
        operands: "bash|zsh|fish",
        summary: "Print the completions of a shell",
        scope: None,
        examples: &["completions bash > ~/.local/share/bash-completion/completions/crust"],
        run: completions::command,
    },
    Command {
        name: "help",
        aliases: &[],
        operands: "[COMMAND]",
        summary: "Print the help of a command",
        scope: None,
        examples: &["help run"],
        run: help::command,
    },
];

/// Bun's commands that this version does not have. They are refused rather than taken for scripts, so
/// that a line means the same in every version.
static UNAVAILABLE: &[&str] = &["c", "check", "create", "exec", "fmt", "lint", "repl"];

/// Runs what the command line asks for.
pub(crate) fn dispatch(session: &Session) -> Result<Outcome, CliError> {
    if compiled::is_due() {
        return compiled::start(session);
    }
    match session.name {
        ProgramName::Node => node::start(session),
        ProgramName::Execute => execute::start(session),
        ProgramName::ProcessManager => proc::start(session),
        ProgramName::Crust | ProgramName::Bun => main_command(session),
    }
}

/// The command called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .find(|command| command.name == name || command.aliases.contains(&name))
}

/// The names of the commands, for suggestions.
pub(crate) fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|command| command.name).collect()
}

fn main_command(session: &Session) -> Result<Outcome, CliError> {
    let parsed = args::parse(&session.words, Scope::RUN, session.unknown_options())?;
    let has_program = parsed.options.has(OptionId::Eval) || parsed.options.has(OptionId::Print);
    if let Some(name) = parsed
        .operand
        .as_ref()
        .filter(|_| !has_program)
        .and_then(|name| name.to_str())
    {
        if let Some(command) = find(name).filter(|command| !is_script(session, command)) {
            return (command.run)(session, &parsed);
        }
        if UNAVAILABLE.contains(&name) {
            return Err(unavailable(session, name));
        }
    }
    run::bare(session, &parsed)
}

/// Whether the name is a script's: Bun has no such command, and its scripts keep their names.
fn is_script(session: &Session, command: &Command) -> bool {
    session.name == ProgramName::Bun
        && matches!(command.name, "config" | "pack" | "proc")
        && script(command.name).is_some()
}

/// The package.json script called `name`, here or in a folder above.
fn script(name: &str) -> Option<String> {
    let directory = std::env::current_dir().ok()?;
    let project = Project::nearest(&directory).ok().flatten();
    let mut names = script::names(project.as_ref()).into_iter();
    names.find(|script| script == name)
}

fn unavailable(session: &Session, name: &str) -> CliError {
    CliError::CommandUnavailable {
        command: format!("{} {name}", session.main_name()),
        script: script(name),
    }
}

/// Parses the words after a command's name and puts what stood before in front.
pub(crate) fn parse_after(
    session: &Session,
    before: &Parsed,
    scope: Scope,
) -> Result<Parsed, CliError> {
    let mut parsed = args::parse(&before.rest, scope, session.unknown_options())?;
    let mut options = before.options.clone();
    options.extend(parsed.options);
    let mut option_words: Vec<OsString> = before.option_words.clone();
    option_words.extend(parsed.option_words);
    parsed.options = options;
    parsed.option_words = option_words;
    Ok(parsed)
}

/// As [`parse_after`], with options between and after the words, which are given too.
pub(crate) fn parse_everywhere(
    session: &Session,
    before: &Parsed,
    scope: Scope,
) -> Result<(Parsed, Vec<String>), CliError> {
    let (mut all, mut words) = (before.clone(), Vec::new());
    let mut rest = before.rest.clone();
    loop {
        let dashes = rest.iter().position(|word| word == "--");
        let parsed = args::parse(&rest, scope, session.unknown_options())?;
        all.options.extend(parsed.options);
        let after_dashes = dashes == Some(parsed.option_words.len());
        all.option_words.extend(parsed.option_words);
        let Some(operand) = parsed.operand else {
            break;
        };
        words.push(operand.to_string_lossy().into_owned());
        if after_dashes {
            words.extend(
                parsed
                    .rest
                    .iter()
                    .map(|word| word.to_string_lossy().into_owned()),
            );
            break;
        }
        rest = parsed.rest;
    }
    all.operand = None;
    all.rest = Vec::new();
    Ok((all, words))
}

/// `--help`, `--version`, `--revision`: what is answered before anything runs.
pub(crate) fn answered(
    session: &Session,
    parsed: &Parsed,
    command: Option<&Command>,
) -> Option<Outcome> {
    if parsed.options.has(OptionId::Version) {
        return Some(version::print(session));
    }
    if parsed.options.has(OptionId::Revision) {
        return Some(version::print_revision(
            session,
            parsed.options.has(OptionId::Verbose),
        ));
    }
    if parsed.options.has(OptionId::Help) {
        return Some(help::print(session, command));
    }
    None
}

/// `--cwd`: changes the directory of the whole process.
pub(crate) fn change_directory(session: &Session, parsed: &Parsed) -> Result<(), CliError> {
    let Some(directory) = parsed.options.value(OptionId::WorkingDirectory) else {
        return Ok(());
    };
    if let Ok(first) = std::env::current_dir() {
        let _ = session.first_directory.set(first);
    }
    std::env::set_current_dir(directory).map_err(|source| CliError::ChangeDirectory {
        directory: directory.to_owned(),
        source,
    })
}
