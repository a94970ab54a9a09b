//! `crust proc`, also called `crust-pm`: the command line of the process manager. Each word is a function
//! of a file of `proc/`; what it does to processes is `crust_procman`'s.

mod act;
mod completions;
mod diff;
mod exports;
mod foreground;
mod input;
mod logs;
mod monit;
mod progress;
mod serve;
mod show;
mod start;
mod startup;
mod table;

use std::ffi::OsString;

use crust_procman::client::Client;
use crust_procman::{Home, ProcmanError};
use serde_json::Value;

use super::{answered, find, help};
use crate::args::{self, OptionId, Parsed, Scope, closest, to_strings};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::session::Session;
use crate::versions;

/// One line of the process manager, read.
struct Line<'a> {
    session: &'a Session,
    options: args::Options,
    /// The words after the first, options taken out.
    words: Vec<String>,
    /// What stands behind `--`.
    arguments: Vec<String>,
}

type Act = fn(&Line) -> Result<Outcome, CliError>;

static ACTS: [(&str, Act); 50] = [
    ("start", start::start),
    ("serve", serve::serve),
    ("apply", start::apply),
    ("validate", start::validate),
    ("stop", act::stop),
    ("restart", act::restart),
    ("reload", act::reload),
    ("delete", act::delete),
    ("del", act::delete),
    ("reset", act::reset),
    ("signal", act::signal),
    ("scale", act::scale),
    ("flush", act::flush),
    ("reopen", act::reopen),
    ("reloadLogs", act::reopen),
    ("save", act::save),
    ("resurrect", act::resurrect),
    ("kill", act::kill),
    ("list", show::list),
    ("ls", show::list),
    ("l", show::list),
    ("status", show::list),
    ("jlist", show::json_list),
    ("show", show::describe),
    ("describe", show::describe),
    ("desc", show::describe),
    ("info", show::describe),
    ("why", show::why),
    ("env", show::env),
    ("pid", show::pid),
    ("events", show::events),
    ("health", show::health),
    ("metrics", show::metrics),
    ("openapi", show::openapi),
    ("ping", show::ping),
    ("logs", logs::logs),
    ("log", logs::logs),
    ("dashboard", show::dashboard),
    ("dash", show::dashboard),
    ("monit", monit::monit),
    ("run", foreground::run),
    ("diff", diff::diff),
    ("export", exports::export),
    ("import", exports::import),
    ("startup", startup::startup),
    ("unstartup", startup::unstartup),
    ("shutdown", startup::shutdown),
    ("update", act::update),
    ("updatePM2", act::update),
    ("completions", completions::completions),
];

/// Words that are about everything: a name behind them would be a misunderstanding.
static ALONE: [&str; 20] = [
    "list",
    "ls",
    "l",
    "status",
    "jlist",
    "ping",
    "save",
    "resurrect",
    "kill",
    "reopen",
    "reloadLogs",
    "events",
    "health",
    "metrics",
    "openapi",
    "dashboard",
    "dash",
    "startup",
    "unstartup",
    "shutdown",
];

/// The words, as they are offered: the first of those that mean the same.
fn words() -> impl Iterator<Item = &'static str> {
    let aliases = [
        "del",
        "ls",
        "l",
        "status",
        "jlist",
        "describe",
        "desc",
        "info",
        "log",
        "dash",
        "reloadLogs",
        "updatePM2",
    ];
    ACTS.iter()
        .map(|(word, _)| *word)
        .filter(move |word| !aliases.contains(word))
}

/// `crust proc WORD …`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    act(session, before)
}

/// `crust-pm WORD …`.
pub(super) fn start(session: &Session) -> Result<Outcome, CliError> {
    let before = Parsed {
        rest: session.words.clone(),
        ..Parsed::default()
    };
    act(session, &before)
}

fn act(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    // How the parts of the process manager start each other; nothing else is read on these lines.
    match before.rest.first().and_then(|word| word.to_str()) {
        Some("daemon") => return daemon(session),
        Some("holder") => return holder(session),
        Some("static") => return serve::run(session),
        _ => {}
    }
    let (parsed, mut words, arguments) = parse(session, before)?;
    if let Some(outcome) = answered(session, &parsed, find("proc")) {
        return Ok(outcome);
    }
    if words.is_empty() {
        help::print(session, find("proc"));
        return Ok(Outcome::FAILURE);
    }
    let name = words.remove(0);
    let Some((_, act)) = ACTS.iter().find(|(known, _)| *known == name) else {
        return Err(CliError::UnknownCommand {
            suggestion: closest(&name, ACTS.iter().map(|(known, _)| *known)),
            name: format!("proc {name}"),
        });
    };
    if let Some(extra) = words.first().filter(|_| ALONE.contains(&name.as_str())) {
        let hint = match name.as_str() {
            "kill" => ": it ends the daemon and everything; for one application it is `delete`",
            "shutdown" => ": it stops everything; for one application it is `stop`",
            "list" | "ls" | "l" | "status" => ": for one application it is `describe`",
            _ => "",
        };
        let problem = format!("`{name}` takes no name, and there is {extra:?}{hint}");
        return Err(ProcmanError::NotRunnable(problem).into());
    }
    act(&Line {
        session,
        options: parsed.options,
        words,
        arguments,
    })
}

/// Options may stand anywhere before `--`; what is behind it belongs to the application.
fn parse(
    session: &Session,
    before: &Parsed,
) -> Result<(Parsed, Vec<String>, Vec<String>), CliError> {
    let mut parsed = before.clone();
    let mut words: Vec<OsString> = Vec::new();
    let literal = before.rest.iter().position(|word| word == "--");
    let (ours, theirs) = before.rest.split_at(literal.unwrap_or(before.rest.len()));
    let mut rest = ours.to_vec();
    while !rest.is_empty() {
        // `scale web -2`: no option is a number.
        if words.first().is_some_and(|word| word == "scale") && is_negative(rest.first()) {
            words.push(rest.remove(0));
            continue;
        }
        let next = args::parse(&rest, Scope::PROC, session.unknown_options())?;
        parsed.options.extend(next.options);
        words.extend(next.operand);
        rest = next.rest;
    }
    Ok((
        parsed,
        to_strings(&words),
        to_strings(theirs.get(1..).unwrap_or_default()),
    ))
}

fn is_negative(word: Option<&OsString>) -> bool {
    let word = word.and_then(|word| word.to_str());
    let digits = word.and_then(|word| word.strip_prefix('-'));
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

impl Line<'_> {
    fn has(&self, key: &'static str) -> bool {
        self.options.has(OptionId::Proc(key))
    }

    fn value(&self, key: &'static str) -> Option<&str> {
        self.options.value(OptionId::Proc(key))
    }

    fn values(&self, key: &'static str) -> impl Iterator<Item = &str> {
        self.options.values(OptionId::Proc(key))
    }

    /// The daemon, started when there is none.
    fn daemon(&self) -> Result<Client, CliError> {
        Ok(Client::connect_or_start(
            &Home::of_environment()?,
            &self.session.exec_path,
        )?)
    }

    /// The names given, at least one.
    fn names(&self) -> Result<&[String], CliError> {
        if self.words.is_empty() {
            return Err(CliError::Proc(ProcmanError::NotRunnable(
                "say which: a name, an id, a namespace, a glob or all".to_owned(),
            )));
        }
        Ok(&self.words)
    }
}

/// Ecosystem files that are taken where none is named, the first that is there.
const ECOSYSTEMS: [&str; 11] = [
    "ecosystem.config.js",
    "ecosystem.config.cjs",
    "ecosystem.config.mjs",
    "ecosystem.config.ts",
    "ecosystem.json",
    "ecosystem.json5",
    "ecosystem.toml",
    "ecosystem.yaml",
    "ecosystem.yml",
    "ecosystem.js",
    "ecosystem.ts",
];

impl Line<'_> {
    /// The words of a line that describe applications, or the ecosystem file of this folder.
    fn files(&self) -> Result<Vec<String>, CliError> {
        if !self.words.is_empty() {
            return Ok(self.words.clone());
        }
        let found = ECOSYSTEMS
            .iter()
            .find(|name| std::path::Path::new(name).is_file());
        match found {
            Some(name) => Ok(vec![(*name).to_owned()]),
            None => Err(CliError::Proc(ProcmanError::NotRunnable(
                "say which file, script or command: there is no ecosystem.config.js or ecosystem.json here"
                    .to_owned(),
            ))),
        }
    }
}

/// Prints JSON on one line.
fn print_json(value: &Value) {
    message::print(&format!("{value}\n"));
}

fn daemon(session: &Session) -> Result<Outcome, CliError> {
    crust_procman::close_inherited();
    let options = crust_procman::daemon::Options {
        home: Home::of_environment()?,
        program: session.exec_path.clone(),
        version: versions::CRUST.to_owned(),
    };
    crust_procman::daemon::run(options, None, || {
        message::print("listening\n");
        // The client waits for the end of this stream, or for the line; neither may be held any longer.
        let _ = crust_procman::daemon::detach();
    })?;
    Ok(Outcome::SUCCESS)
}

fn holder(session: &Session) -> Result<Outcome, CliError> {
    crust_procman::close_inherited();
    crust_procman::holder::run(&Home::of_environment()?, session.exec_path.clone())?;
    Ok(Outcome::SUCCESS)
}
