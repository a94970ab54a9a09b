//! `start`, `apply` and `validate`: from words and ecosystem files to applications.

use std::path::Path;

use crust_procman::ProcmanError;
use crust_procman::client::encode;
use crust_procman::config::AppConfig;
use crust_procman::config::ecosystem::{self, is_ecosystem};
use crust_procman::config::keys::{self, Findings};
use crust_procman::config::resolve::Context;
use serde_json::{Map, Value, json};

use super::progress::Progress;
use super::{Line, act, foreground, input, logs, print_json, table};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// `start WORDS`: files, scripts, commands, ecosystem files, or applications that exist.
pub(super) fn start(line: &Line) -> Result<Outcome, CliError> {
    let names = line.files()?;
    if line.has("no_daemon") {
        return foreground::run(line);
    }
    let mut client = line.daemon()?;
    // A name that is known and no file is started again, as it was.
    let list = client.get("/v1/processes")?;
    let is_known = |word: &str| {
        let known = |row: &Value| {
            row["name"] == word
                || row["id"].as_u64() == word.parse().ok()
                || row["namespace"] == word
        };
        word == "all"
            || (!Path::new(word).exists()
                && list.as_array().is_some_and(|rows| rows.iter().any(known)))
    };
    if names.iter().all(|word| is_known(word)) {
        return act::each(line, "start", &act::environment_if_asked(line));
    }
    drop(client);
    begin(line, &apps_of(line, &names)?)
}

/// Has the daemon start applications that it does not know.
pub(super) fn begin(line: &Line, apps: &[AppConfig]) -> Result<Outcome, CliError> {
    let update = if line.has("force") {
        "restart"
    } else {
        "refuse"
    };
    let names: Vec<String> = apps.iter().map(|app| app.name.clone()).collect();
    let outcome = send(line, &mut line.daemon()?, apps, update)?;
    logs::attach(line, &names, outcome)
}

/// `apply FILE`: makes what runs be what the file says.
pub(super) fn apply(line: &Line) -> Result<Outcome, CliError> {
    let apps = apps(line)?;
    let mut client = line.daemon()?;
    send(line, &mut client, &apps, "changed")
}

/// `validate FILE`: says what is wrong with a file and starts nothing.
pub(super) fn validate(line: &Line) -> Result<Outcome, CliError> {
    let apps = apps(line)?;
    if line.has("json") {
        print_json(&json!(apps));
    } else {
        let names: Vec<&str> = apps.iter().map(|app| app.name.as_str()).collect();
        let text = format!("{} applications: {}", apps.len(), names.join(", "));
        message::print(&format!("{}\n", text.trim_end_matches(": ")));
    }
    Ok(Outcome::SUCCESS)
}

fn send(
    line: &Line,
    client: &mut crust_procman::client::Client,
    apps: &[AppConfig],
    update: &str,
) -> Result<Outcome, CliError> {
    let body = json!({
        "apps": apps,
        "environment": environment(),
        "update": update,
        "prune": line.has("prune"),
    });
    let progress = Progress::start(format!("starting {} applications", apps.len()));
    let reply = client.order("/v1/apps", &body)?;
    drop(progress);
    table::outcome(line, reply.status, &reply.json()?)
}

/// What every word of a line describes.
pub(super) fn apps(line: &Line) -> Result<Vec<AppConfig>, CliError> {
    apps_of(line, &line.files()?)
}

/// What the words describe, with the options of a line.
pub(super) fn apps_of(line: &Line, words: &[String]) -> Result<Vec<AppConfig>, CliError> {
    let context = context(line)?;
    let mut apps = Vec::new();
    for word in words {
        if is_ecosystem(word) {
            let found = ecosystem::read(Path::new(word), &context, input::profile(line))?;
            found
                .warnings
                .iter()
                .for_each(|warning| message::warn(warning));
            apps.extend(found.apps);
            continue;
        }
        if let Some(profile) = input::profile(line) {
            message::warn(&format!(
                "--env {profile} chooses env_{profile} of an ecosystem file, and {word} is none: a variable is --env NAME=VALUE"
            ));
        }
        let mut keys = input::keys(line);
        keys.insert("script".to_owned(), json!(word));
        if !line.arguments.is_empty() {
            keys.insert("args".to_owned(), json!(line.arguments));
        }
        apps.push(app_of(line, &keys)?);
    }
    Ok(apps)
}

/// The application of keys that a line stands for.
pub(super) fn app_of(line: &Line, keys: &Map<String, Value>) -> Result<AppConfig, CliError> {
    let mut findings = Findings::default();
    let app = keys::app(keys, "app", &context(line)?, None, &mut findings);
    if findings.problems.is_empty() {
        return Ok(app);
    }
    let problems: Vec<&str> = findings
        .problems
        .iter()
        .map(|text| text.strip_prefix("app.").unwrap_or(text))
        .collect();
    Err(refused(&problems.join("\n  ")))
}

pub(super) fn refused(text: &str) -> CliError {
    ProcmanError::NotRunnable(text.to_owned()).into()
}

fn context(line: &Line) -> Result<Context, CliError> {
    Ok(Context {
        crust: line.session.exec_path.clone(),
        cwd: std::env::current_dir().map_err(|source| CliError::WorkingDirectory { source })?,
        path: std::env::var("PATH").unwrap_or_default(),
    })
}

/// The environment of this process. What is no UTF-8 cannot be said in JSON and is left out.
pub(super) fn environment() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

/// The path of a process's route.
pub(super) fn route(word: &str, action: &str) -> String {
    format!("/v1/processes/{}/{action}", encode(word))
}
