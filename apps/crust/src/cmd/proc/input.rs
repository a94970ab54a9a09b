//! From the options of a line to the keys of an application. It decides nothing: the meaning of a key is
//! `crust_procman`'s.

use serde_json::{Map, Value, json};

use super::Line;

/// Options with a value that is the key's.
const TEXTS: [&str; 29] = [
    "name",
    "namespace",
    "instances",
    "cwd",
    "interpreter",
    "interpreter_args",
    "memory",
    "cpu",
    "max_processes",
    "cron",
    "max_restarts",
    "min_uptime",
    "restart_delay",
    "exp_backoff",
    "max_backoff",
    "kill_timeout",
    "kill_signal",
    "listen_timeout",
    "port",
    "health_url",
    "user",
    "group",
    "out_file",
    "error_file",
    "log_format",
    "log_max_size",
    "log_max_age",
    "log_keep",
    "log_full",
];
/// Options that may stand several times.
const LISTS: [&str; 4] = ["env_file", "ignore_watch", "stop_exit_codes", "depends_on"];
/// Options without a value that turn something on.
const FLAGS: [&str; 4] = ["wait_ready", "merge_logs", "time", "heap_prof"];

/// The keys that the options of a line stand for.
pub(super) fn keys(line: &Line) -> Map<String, Value> {
    let mut keys = Map::new();
    for key in TEXTS {
        if let Some(value) = line.value(key) {
            keys.insert(key.to_owned(), json!(value));
        }
    }
    for key in LISTS {
        let values: Vec<&str> = line
            .values(key)
            .flat_map(|value| value.split(','))
            .collect();
        if !values.is_empty() {
            keys.insert(key.to_owned(), json!(values));
        }
    }
    for key in FLAGS.into_iter().filter(|key| line.has(key)) {
        keys.insert(key.to_owned(), json!(true));
    }
    if line.has("autorestart") {
        keys.insert("autorestart".to_owned(), json!(false));
    }
    let paths: Vec<&str> = line
        .values("watch")
        .filter(|value| !value.is_empty())
        .flat_map(|value| value.split(','))
        .collect();
    if line.has("watch") {
        keys.insert(
            "watch".to_owned(),
            if paths.is_empty() {
                json!(true)
            } else {
                json!(paths)
            },
        );
    }
    if line.has("inspect") {
        let address = line.value("inspect").filter(|text| !text.is_empty());
        keys.insert(
            "inspect".to_owned(),
            address.map_or(json!(true), |text| json!(text)),
        );
    }
    let variables: Map<String, Value> = line
        .values("env")
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if !variables.is_empty() {
        keys.insert("env".to_owned(), Value::Object(variables));
    }
    keys
}

/// `--env production`: which `env_…` of an ecosystem file is taken.
pub(super) fn profile<'a>(line: &'a Line) -> Option<&'a str> {
    line.values("env")
        .filter(|value| !value.contains('='))
        .last()
}
