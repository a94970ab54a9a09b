//! `run FILE`: the applications of ecosystem files in the foreground, for terminals and containers. Their output
//! is this process's; what happens to them is said on standard error.

use crust_procman::daemon::{Finish, Foreground, Options};
use crust_procman::{Home, ProcmanError};
use serde_json::Value;

use super::{Line, start};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::versions;

/// Events that people in front of a terminal, or readers of a container's log, want to know.
const TOLD: [&str; 8] = [
    "online",
    "exit",
    "backoff",
    "errored",
    "limit",
    "not-ready",
    "log-paused",
    "log-resumed",
];

pub(super) fn run(line: &Line) -> Result<Outcome, CliError> {
    let apps = start::apps(line)?;
    let home = Home::of_environment()?;
    let silent = line.has("silent");
    let json = line.has("json");
    let foreground = Foreground {
        apps,
        environment: start::environment(),
        on_event: Box::new(move |event| {
            if !silent {
                tell(event, json);
            }
        }),
    };
    let options = Options {
        home: home.clone(),
        program: line.session.exec_path.clone(),
        version: versions::CRUST.to_owned(),
    };
    match crust_procman::daemon::run(options, Some(foreground), || {})? {
        Finish::Ended(code) => Ok(Outcome::Code(code)),
        Finish::OtherRuns => Err(ProcmanError::NotRunnable(format!(
            "a daemon runs already under {}: end it with `kill`, or set CRUST_PM_HOME",
            home.path().display()
        ))
        .into()),
    }
}

fn tell(event: &Value, json: bool) {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    if json {
        return message::write_error(&format!("{event}\n"));
    }
    if TOLD.contains(&text("event")) {
        let line = format!(
            "[crust-pm] {} {} {}",
            text("name"),
            text("event"),
            text("detail")
        );
        message::write_error(&format!("{}\n", line.trim_end()));
    }
}
