//! The words that only look: list, describe, why, env, events, ping.

use std::fmt::Write as _;

use crust_procman::ProcmanError;
use crust_procman::client::encode;
use crust_procman::tail::last_lines;
use crust_procman::units::{format_bytes, format_duration};
use serde_json::Value;

use super::{Line, print_json, table};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn list(line: &Line) -> Result<Outcome, CliError> {
    table::print_text(line, &list_text(line)?)?;
    Ok(Outcome::SUCCESS)
}

pub(super) fn json_list(line: &Line) -> Result<Outcome, CliError> {
    let text = list_text(line)?;
    message::print(&format!("{}\n", String::from_utf8_lossy(&text)));
    Ok(Outcome::SUCCESS)
}

/// The list as the daemon writes it.
fn list_text(line: &Line) -> Result<Vec<u8>, CliError> {
    let reply = line.daemon()?.ask("/v1/processes")?;
    if reply.status >= 400 {
        return Err(crust_procman::client::refusal(&reply.json()?).into());
    }
    Ok(reply.body)
}

/// Everything about the processes of a name.
fn full(line: &Line, with_env: bool) -> Result<Vec<Value>, CliError> {
    let mut client = line.daemon()?;
    let mut all = Vec::new();
    for name in line.names()? {
        let env = if with_env { "?env=1" } else { "" };
        let rows = client.get(&format!("/v1/processes/{}{env}", encode(name)))?;
        all.extend(rows.as_array().into_iter().flatten().cloned());
    }
    Ok(all)
}

pub(super) fn describe(line: &Line) -> Result<Outcome, CliError> {
    let rows = full(line, false)?;
    if line.has("json") {
        print_json(&Value::Array(rows));
        return Ok(Outcome::SUCCESS);
    }
    let mut text = String::new();
    for row in &rows {
        let config = &row["config"];
        let fields = [
            ("name", plain(&row["name"])),
            ("id", plain(&row["id"])),
            ("uuid", plain(&row["uuid"])),
            ("namespace", plain(&row["namespace"])),
            ("status", plain(&row["status"])),
            ("why", plain(&row["why"]["text"])),
            ("pid", plain(&row["pid"])),
            (
                "uptime",
                format_duration(row["uptime"].as_u64().unwrap_or(0)),
            ),
            ("restarts", plain(&row["restarts"])),
            ("unstable restarts", plain(&row["unstable_restarts"])),
            ("memory", format_bytes(row["memory"].as_u64().unwrap_or(0))),
            ("cpu", format!("{} %", plain(&row["cpu"]))),
            ("script", plain(&config["script"])),
            ("program", plain(&config["program"])),
            ("arguments", plain(&config["args"])),
            ("cwd", plain(&config["cwd"])),
            ("output", plain(&row["out_file"])),
            ("errors", plain(&row["err_file"])),
            ("created", plain(&row["created"])),
            ("last end", plain(&row["last_end"])),
            ("configuration", configuration(row)),
            ("limits held by", plain(&row["limits_held_by"])),
            ("log problems", log_problems(row)),
            ("SHA-256", plain(&row["config_sha256"])),
        ];
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = writeln!(text, "{name:18} {value}");
        }
        text.push('\n');
    }
    message::print(text.trim_end_matches('\n'));
    message::print("\n");
    Ok(Outcome::SUCCESS)
}

/// The ecosystem file, and whether it says something else by now.
fn configuration(row: &Value) -> String {
    let file = plain(&row["config"]["config_file"]);
    if row["config_changed"] == true {
        format!("{file} (has changed since; see `diff`)")
    } else {
        file
    }
}

fn log_problems(row: &Value) -> String {
    let problems = row["log_problems"].as_object().into_iter().flatten();
    let texts: Vec<String> = problems
        .map(|(file, problem)| format!("{file}: {}", plain(problem)))
        .collect();
    texts.join("; ")
}

/// A value for people: no quotes, nothing for null, nothing that a terminal would obey.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => table::printable(text),
        other => other.to_string(),
    }
}

/// A value as it is.
fn exact(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// `why NAME`: why it is down, with its last words. 0 when all are online, else 1.
pub(super) fn why(line: &Line) -> Result<Outcome, CliError> {
    const LINES: usize = 10;
    let rows = full(line, false)?;
    let online = rows.iter().all(|row| row["status"] == "online");
    let outcome = if online {
        Outcome::SUCCESS
    } else {
        Outcome::FAILURE
    };
    let mut all = Vec::new();
    for row in &rows {
        let last = |key: &str| {
            let path = row[key].as_str().unwrap_or_default();
            let (bytes, _) = last_lines(path.as_ref(), LINES).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let mut answer = row["why"].clone();
        answer["name"] = row["name"].clone();
        answer["id"] = row["id"].clone();
        answer["status"] = row["status"].clone();
        answer["last_end"] = row["last_end"].clone();
        answer["restart_in"] = row["restart_in"].clone();
        answer["last_output"] = last("out_file").into();
        answer["last_errors"] = last("err_file").into();
        all.push(answer);
    }
    if line.has("json") {
        print_json(&Value::Array(all));
        return Ok(outcome);
    }
    for answer in &all {
        message::print(&format!(
            "{} ({}): {} [{}]\n",
            plain(&answer["name"]),
            plain(&answer["status"]),
            plain(&answer["text"]),
            plain(&answer["code"])
        ));
        for key in ["last_output", "last_errors"] {
            for text in answer[key].as_str().unwrap_or_default().lines() {
                message::print(&format!("  | {text}\n"));
            }
        }
    }
    Ok(outcome)
}

/// `env NAME`: the environment its next process gets.
pub(super) fn env(line: &Line) -> Result<Outcome, CliError> {
    let rows = full(line, true)?;
    for row in &rows {
        let mut all = row["environment"].as_object().cloned().unwrap_or_default();
        let own = row["config"]["env"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        all.extend(own);
        if line.has("json") {
            print_json(&Value::Object(all));
            continue;
        }
        for (name, value) in &all {
            message::print(&format!("{name}={}\n", exact(value)));
        }
    }
    Ok(Outcome::SUCCESS)
}

/// `events`: the last ones, and what follows until the reader goes away.
pub(super) fn events(line: &Line) -> Result<Outcome, CliError> {
    line.daemon()?.events(0, |event| {
        if line.has("json") {
            print_json(event);
        } else {
            message::print(&format!(
                "{} {} {} {}\n",
                plain(&event["time"]),
                plain(&event["event"]),
                plain(&event["name"]),
                plain(&event["detail"])
            ));
        }
        true
    })?;
    Ok(Outcome::SUCCESS)
}

/// `pid NAME`: the process ids, one a line; 0 where nothing runs.
pub(super) fn pid(line: &Line) -> Result<Outcome, CliError> {
    for row in full(line, false)? {
        message::print(&format!("{}\n", row["pid"]));
    }
    Ok(Outcome::SUCCESS)
}

/// `health`: 0 when all that should run runs, else 1.
pub(super) fn health(line: &Line) -> Result<Outcome, CliError> {
    let reply = line.daemon()?.ask("/health")?;
    print_json(&reply.json()?);
    Ok(if reply.status == 200 {
        Outcome::SUCCESS
    } else {
        Outcome::FAILURE
    })
}

/// `metrics`: in the text format of `OpenMetrics`.
pub(super) fn metrics(line: &Line) -> Result<Outcome, CliError> {
    text_of(line, "/metrics")
}

/// `dashboard [--host HOST] [--port PORT]`: opens the page's port and says where it is.
pub(super) fn dashboard(line: &Line) -> Result<Outcome, CliError> {
    let mut body = serde_json::Map::new();
    if let Some(host) = line.value("host") {
        body.insert("host".to_owned(), address_of(host)?.into());
    }
    if let Some(port) = line.value("port") {
        let number: u16 = port.parse().map_err(|_| {
            ProcmanError::NotRunnable(format!("--port must be a port, not \"{port}\""))
        })?;
        body.insert("port".to_owned(), number.into());
    }
    let answer = line.daemon()?.post("/v1/dashboard", &Value::Object(body))?;
    if line.has("json") {
        print_json(&answer);
    } else {
        message::print(&format!("{}\n", plain(&answer["url"])));
    }
    Ok(Outcome::SUCCESS)
}

/// The address of a host: the daemon itself waits for no name server.
fn address_of(host: &str) -> Result<String, CliError> {
    use std::net::ToSocketAddrs as _;
    let found = (host, 0).to_socket_addrs().ok();
    let address = found.and_then(|mut found| found.next());
    address
        .map(|address| address.ip().to_string())
        .ok_or_else(|| {
            ProcmanError::NotRunnable(format!("--host: there is no host {host:?}")).into()
        })
}

/// `openapi`: the description of the daemon's interface.
pub(super) fn openapi(line: &Line) -> Result<Outcome, CliError> {
    text_of(line, "/openapi.json")
}

fn text_of(line: &Line, path: &str) -> Result<Outcome, CliError> {
    let reply = line.daemon()?.ask(path)?;
    message::print(&String::from_utf8_lossy(&reply.body));
    Ok(Outcome::SUCCESS)
}

pub(super) fn ping(line: &Line) -> Result<Outcome, CliError> {
    let answer = line.daemon()?.get("/v1/ping")?;
    if line.has("json") {
        print_json(&answer);
    } else {
        message::print(&format!(
            "the daemon answers: pid {}, version {}\n",
            answer["pid"],
            plain(&answer["version"])
        ));
        for problem in answer["problems"].as_array().into_iter().flatten() {
            message::warn(&plain(problem));
        }
    }
    Ok(Outcome::SUCCESS)
}
