//! The measurements of the daemon and its applications in the `OpenMetrics` text format.

use std::fmt::Write as _;

use super::driver::Daemon;
use crate::clock::boot_ms;
use crate::supervisor::State;

pub(super) const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One family: name, type, help, and the value of an instance.
type Family = (
    &'static str,
    &'static str,
    &'static str,
    fn(&serde_json::Value) -> Option<f64>,
);

const FAMILIES: [Family; 9] = [
    (
        "crust_pm_process_up",
        "gauge",
        "Whether the process is online.",
        |row| Some(f64::from(u8::from(row["status"] == State::Online.name()))),
    ),
    (
        "crust_pm_process_restarts",
        "counter",
        "Starts after the first.",
        |row| number(row, "restarts"),
    ),
    (
        "crust_pm_process_uptime_seconds",
        "gauge",
        "Time since the start.",
        |row| Some(number(row, "uptime")? / 1000.0),
    ),
    (
        "crust_pm_process_memory_bytes",
        "gauge",
        "Resident memory of the process tree.",
        |row| number(row, "memory"),
    ),
    (
        "crust_pm_process_cpu_ratio",
        "gauge",
        "Processors used by the process tree.",
        |row| Some(number(row, "cpu")? / 100.0),
    ),
    (
        "crust_pm_process_event_loop_lag_seconds",
        "gauge",
        "Mean delay of the event loop, as the program reports it.",
        |row| Some(number(row, "lag")? / 1000.0),
    ),
    (
        "crust_pm_process_event_loop_lag_max_seconds",
        "gauge",
        "Longest delay of the event loop, as the program reports it.",
        |row| Some(number(row, "lag_max")? / 1000.0),
    ),
    (
        "crust_pm_process_heap_bytes",
        "gauge",
        "JavaScript heap, as the program reports it.",
        |row| number(row, "heap"),
    ),
    (
        "crust_pm_process_http_requests",
        "counter",
        "HTTP requests taken, as the program reports it.",
        |row| number(row, "requests"),
    ),
];

fn number(row: &serde_json::Value, key: &str) -> Option<f64> {
    row[key].as_f64()
}

pub(super) fn render(daemon: &mut Daemon) -> String {
    let rows = daemon.list(None);
    let rows = rows.as_array().cloned().unwrap_or_default();
    let mut text = String::new();
    let mut buffer = Vec::new();
    let own = crate::procfs::usage(std::process::id(), &mut buffer).unwrap_or_default();
    let up = boot_ms().saturating_sub(daemon.started);
    let _ = write!(
        text,
        "# TYPE crust_pm_daemon_uptime_seconds gauge\n# HELP crust_pm_daemon_uptime_seconds Time since the daemon's start.\ncrust_pm_daemon_uptime_seconds {}.{:03}\n\
         # TYPE crust_pm_daemon_memory_bytes gauge\n# HELP crust_pm_daemon_memory_bytes Resident memory of the daemon.\ncrust_pm_daemon_memory_bytes {}\n\
         # TYPE crust_pm_daemon_cpu_seconds counter\n# HELP crust_pm_daemon_cpu_seconds Processor time of the daemon.\ncrust_pm_daemon_cpu_seconds_total {}.{:03}\n\
         # TYPE crust_pm_processes gauge\n# HELP crust_pm_processes Number of processes.\ncrust_pm_processes {}\n",
        up / 1000,
        up % 1000,
        own.memory,
        own.cpu_ms / 1000,
        own.cpu_ms % 1000,
        rows.len()
    );
    for (name, kind, help, value) in FAMILIES {
        let suffix = if kind == "counter" { "_total" } else { "" };
        let _ = writeln!(text, "# TYPE {name} {kind}\n# HELP {name} {help}");
        for row in &rows {
            let Some(value) = value(row) else { continue };
            let label = escape(row["name"].as_str().unwrap_or_default());
            let namespace = escape(row["namespace"].as_str().unwrap_or_default());
            let (id, instance) = (&row["id"], &row["instance"]);
            let _ = writeln!(
                text,
                "{name}{suffix}{{name=\"{label}\",namespace=\"{namespace}\",id=\"{id}\",instance=\"{instance}\"}} {value}"
            );
        }
    }
    text.push_str("# EOF\n");
    text
}

/// A label's value.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
