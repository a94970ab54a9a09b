//! The words that change something: stop, restart, reload, delete, scale, save, kill and their kin.

use std::fs::OpenOptions;
use std::time::{Duration, Instant};

use crust_procman::client::{Client, encode};
use crust_procman::{Home, ProcmanError};
use serde_json::{Value, json};

use super::progress::Progress;
use super::{Line, logs, print_json, start, table};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// A daemon is replaced once every command that waits is answered.
const UPDATE_PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn stop(line: &Line) -> Result<Outcome, CliError> {
    each(line, "stop", &Value::Null)
}

pub(super) fn restart(line: &Line) -> Result<Outcome, CliError> {
    each(line, "restart", &environment_if_asked(line))
}

pub(super) fn reload(line: &Line) -> Result<Outcome, CliError> {
    each(line, "reload", &environment_if_asked(line))
}

pub(super) fn delete(line: &Line) -> Result<Outcome, CliError> {
    each(line, "delete", &Value::Null)
}

pub(super) fn reset(line: &Line) -> Result<Outcome, CliError> {
    each(line, "reset", &Value::Null)
}

/// `signal SIGNAL NAME`.
pub(super) fn signal(line: &Line) -> Result<Outcome, CliError> {
    let [signal, names @ ..] = line.names()? else {
        return Err(refused("say which signal and which process"));
    };
    if names.is_empty() {
        return Err(refused("say which process gets the signal"));
    }
    let mut client = line.daemon()?;
    for name in names {
        client.post(&start::route(name, "signal"), &json!({"signal": signal}))?;
    }
    Ok(Outcome::SUCCESS)
}

/// `scale NAME 4`, `scale NAME +2`.
pub(super) fn scale(line: &Line) -> Result<Outcome, CliError> {
    let [name, count] = line.words.as_slice() else {
        return Err(refused("scale needs a name and a number of instances"));
    };
    let number: i64 = count
        .parse()
        .map_err(|_| refused(&format!("\"{count}\" is no number of instances")))?;
    let relative = count.starts_with(['+', '-']);
    let body = if relative {
        json!({"by": number})
    } else {
        json!({"count": number})
    };
    let reply = line
        .daemon()?
        .order(&format!("/v1/apps/{}/scale", encode(name)), &body)?;
    table::outcome(line, reply.status, &reply.json()?)
}

/// Does one action with every name of the line; all are tried, and the first refusal is the result.
pub(super) fn each(line: &Line, action: &str, body: &Value) -> Result<Outcome, CliError> {
    let mut client = line.daemon()?;
    let mut outcome = Outcome::SUCCESS;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for name in line.names()? {
        let progress = Progress::start(format!("{action} {name}"));
        let reply = client.order(&start::route(name, action), body)?;
        drop(progress);
        let value = reply.json()?;
        if reply.status >= 400 {
            outcome = Outcome::FAILURE;
            problems.push(table::problem(&value));
        }
        let processes = value.get("processes").unwrap_or(&value);
        rows.extend(processes.as_array().into_iter().flatten().cloned());
    }
    // Where nothing was found there is nothing to show.
    if problems.is_empty() || !rows.is_empty() || line.has("json") {
        table::print(line, &Value::Array(rows));
    }
    for problem in &problems {
        message::error(problem);
    }
    if matches!(action, "start" | "restart" | "reload") {
        return logs::attach(line, &line.words, outcome);
    }
    Ok(outcome)
}

/// `--update-env`.
pub(super) fn environment_if_asked(line: &Line) -> Value {
    if line.has("update_env") {
        json!({"environment": start::environment()})
    } else {
        Value::Null
    }
}

/// `flush [NAME]`: empties log files.
pub(super) fn flush(line: &Line) -> Result<Outcome, CliError> {
    let mut client = line.daemon()?;
    let all = ["all".to_owned()];
    let names = if line.words.is_empty() {
        all.as_slice()
    } else {
        &line.words
    };
    let mut files = Vec::new();
    for name in names {
        let rows = client.get(&format!("/v1/processes/{}", encode(name)))?;
        for row in rows.as_array().into_iter().flatten() {
            files.extend(
                ["out_file", "err_file"]
                    .iter()
                    .filter_map(|key| row[*key].as_str().map(ToOwned::to_owned)),
            );
        }
    }
    // Pipes and devices hold nothing, and opening them may wait.
    let is_file = |file: &String| std::fs::metadata(file).is_ok_and(|about| about.is_file());
    for file in files.into_iter().filter(is_file) {
        // Writers append, so they go on at the new end.
        match OpenOptions::new().write(true).truncate(true).open(&file) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(CliError::Write {
                    path: file.into(),
                    source,
                });
            }
            _ => {}
        }
    }
    Ok(Outcome::SUCCESS)
}

/// `reopen`: log files are opened anew, after another program has moved them.
pub(super) fn reopen(line: &Line) -> Result<Outcome, CliError> {
    line.daemon()?.post("/v1/reopen", &Value::Null)?;
    Ok(Outcome::SUCCESS)
}

/// `update [PROGRAM]`: the daemon goes on as this program, or another, without anybody noticing.
pub(super) fn update(line: &Line) -> Result<Outcome, CliError> {
    let program = match line.words.first() {
        None => line.session.exec_path.clone(),
        Some(path) => {
            std::path::absolute(path).map_err(|source| CliError::WorkingDirectory { source })?
        }
    };
    let mut client = line.daemon()?;
    let answer = client.post("/v1/handover", &json!({"program": program}))?;
    drop(client);
    let deadline = Instant::now() + UPDATE_PATIENCE;
    loop {
        let ping = line.daemon()?.get("/v1/ping")?;
        if ping["generation"] == answer["generation"] {
            if line.has("json") {
                print_json(&ping);
            } else {
                message::print(&format!(
                    "the daemon goes on as {}, version {}, pid {}\n",
                    program.display(),
                    ping["version"].as_str().unwrap_or_default(),
                    ping["pid"]
                ));
            }
            return Ok(Outcome::SUCCESS);
        }
        if Instant::now() > deadline {
            return Err(refused(
                "the daemon has not been replaced: `events` says why, or commands that wait keep it",
            ));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `save`: what `resurrect` brings back. An empty list replaces a saved one only with `--force`.
pub(super) fn save(line: &Line) -> Result<Outcome, CliError> {
    let body = json!({"force": line.has("force")});
    let answer = line.daemon()?.post("/v1/save", &body)?;
    if answer["saved"].is_null() {
        message::warn(
            "there is no application: nothing was saved, what was saved before stays (--force replaces it)",
        );
        return Ok(Outcome::SUCCESS);
    }
    if line.has("json") {
        print_json(&answer);
    } else {
        message::print(&format!(
            "saved {} applications in {}\n",
            answer["saved"],
            answer["file"].as_str().unwrap_or_default()
        ));
    }
    Ok(Outcome::SUCCESS)
}

pub(super) fn resurrect(line: &Line) -> Result<Outcome, CliError> {
    let reply = line.daemon()?.order("/v1/resurrect", &Value::Null)?;
    table::outcome(line, reply.status, &reply.json()?)
}

/// `kill`: stops everything and ends the daemon.
pub(super) fn kill(line: &Line) -> Result<Outcome, CliError> {
    let client = Client::connect(&Home::of_environment()?);
    let ended = client.is_some();
    if let Some(mut client) = client {
        client.post("/v1/shutdown", &Value::Null)?;
        // The end of the connection is the end of the daemon.
        let _ = client.ask("/v1/ping");
    }
    if line.has("json") {
        print_json(&json!({"ended": ended}));
    } else if ended {
        message::print("the daemon and its applications have ended\n");
    } else {
        message::print("no daemon is running\n");
    }
    Ok(Outcome::SUCCESS)
}

fn refused(text: &str) -> CliError {
    ProcmanError::NotRunnable(text.to_owned()).into()
}
