//! The keys of an application in an ecosystem file or on the command line, PM2's among them, and how their
//! values become a configuration. Every problem is collected with its key path; nothing is guessed.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::resolve::{Context, Written, absolute, resolve};
use super::{AppConfig, HealthCheck, WatchConfig, rules};
use crate::units::{parse_bytes, parse_duration};

/// What was found beside the applications.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each with its key path; the file is not usable.
    pub problems: Vec<String>,
    /// Each with its key path; the rest is used.
    pub warnings: Vec<String>,
}

/// Keys that PM2 knows and that change nothing here.
const WITHOUT_EFFECT: [&str; 22] = [
    "source_map_support",
    "disable_source_map_support",
    "vizion",
    "automation",
    "pmx",
    "trace",
    "deep_monitoring",
    "exec_mode",
    "execute_command",
    "append_env_to_name",
    "filter_env",
    "log_date_format",
    "pid_file",
    "pid",
    "log_file",
    "log",
    "post_update",
    "watch_options",
    "force",
    "io",
    "windowsHide",
    "disable_trace",
];
/// Those among them that PM2 users write out of habit and that lose nothing.
const HARMLESS: [&str; 8] = [
    "source_map_support",
    "disable_source_map_support",
    "vizion",
    "automation",
    "pmx",
    "exec_mode",
    "windowsHide",
    "force",
];

/// An application from its keys. `at` is the path of the object in its file, `profile` the name behind
/// `env_`.
pub fn app(
    keys: &Map<String, Value>,
    at: &str,
    context: &Context,
    profile: Option<&str>,
    findings: &mut Findings,
) -> AppConfig {
    let before = findings.problems.len();
    let mut reader = Reader {
        at,
        context,
        profile,
        findings,
        config: AppConfig {
            cwd: context.cwd.clone(),
            ..AppConfig::default()
        },
        written: Written::default(),
    };
    // Relative paths of the other keys begin in the working directory.
    if let Some(value) = keys.get("cwd").or_else(|| keys.get("pwd")) {
        reader.cwd(value);
    }
    for (key, value) in keys {
        reader.key(key, value);
    }
    if reader.written.script.is_empty() {
        reader.problem("script", "is missing");
    }
    let is_named = keys.contains_key("name");
    if reader.config.name.is_empty() && !is_named {
        reader.config.name = default_name(&reader.written.script);
    }
    for (key, problem) in rules::problems(&reader.config) {
        if key == "name" && !is_named && reader.written.script.is_empty() {
            continue;
        }
        reader.problem(as_written(key, keys), &problem);
    }
    if reader.findings.problems.len() == before
        && let Err((key, problem)) = resolve(&mut reader.config, &reader.written, context)
    {
        reader.problem(as_written(key, keys), &problem);
    }
    reader.config
}

/// Other names of keys.
const ALIASES: [(&str, &[&str]); 6] = [
    ("health", &["health_url", "healthcheck"]),
    ("out_file", &["output", "out"]),
    ("error_file", &["err_file", "error", "err"]),
    ("exp_backoff", &["exp_backoff_restart_delay"]),
    ("script", &["command"]),
    ("interpreter", &["exec_interpreter"]),
];

/// A key by the name that was written.
fn as_written(key: &'static str, keys: &Map<String, Value>) -> &'static str {
    let aliases = ALIASES.iter().find(|(known, _)| *known == key);
    let written =
        aliases.and_then(|(_, others)| others.iter().find(|key| keys.contains_key(**key)));
    match written {
        Some(written) if !keys.contains_key(key) => written,
        _ => key,
    }
}

/// The name of a file without folder and extension, or the first word of a command.
fn default_name(script: &str) -> String {
    let word = script.split_whitespace().next().unwrap_or(script);
    let file = word.rsplit('/').next().unwrap_or(word);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let name = if stem.is_empty() { file } else { stem };
    name.to_owned()
}

struct Reader<'a> {
    at: &'a str,
    context: &'a Context,
    profile: Option<&'a str>,
    findings: &'a mut Findings,
    config: AppConfig,
    written: Written,
}

impl Reader<'_> {
    /// Notes what is wrong with a key; the first thing is enough.
    fn problem(&mut self, key: &str, text: &str) {
        let start = format!("{}.{key}: ", self.at);
        let mut known = self.findings.problems.iter();
        if !known.any(|problem| problem.starts_with(&start)) {
            self.findings.problems.push(format!("{start}{text}"));
        }
    }

    fn key(&mut self, key: &str, value: &Value) {
        if value.is_null() {
            return;
        }
        let known = self.program_key(key, value)
            || self.restart_key(key, value)
            || self.stop_key(key, value)
            || self.log_key(key, value)
            || self.limit_key(key, value);
        if known || matches!(key, "cwd" | "pwd") {
            return;
        }
        if let Some(profile) = key.strip_prefix("env_") {
            if self.profile == Some(profile) {
                self.environment(key, value);
            }
            return;
        }
        let warning = if WITHOUT_EFFECT.contains(&key) {
            if HARMLESS.contains(&key) {
                return;
            }
            format!("{}.{key} has no effect here", self.at)
        } else {
            format!("{}.{key} is not known and is ignored", self.at)
        };
        self.findings.warnings.push(warning);
    }

    fn program_key(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "name" => self.config.name = self.text(key, value).unwrap_or_default(),
            "namespace" => self.config.namespace = self.text(key, value).unwrap_or_default(),
            "script" | "command" => self.written.script = self.text(key, value).unwrap_or_default(),
            "args" => self.written.args = self.words(key, value),
            "interpreter" | "exec_interpreter" => self.written.interpreter = self.text(key, value),
            "interpreter_args" | "interpreterArgs" | "node_args" | "exec_args" => {
                self.written.interpreter_args = self.words(key, value);
            }
            "inspect" => {
                self.written.inspect = match value {
                    Value::Bool(on) => on.then(String::new),
                    _ => self.text(key, value),
                };
            }
            "heap_prof" => match value {
                Value::Bool(on) => self.written.heap_prof = *on,
                _ => self.problem(key, "must be true or false"),
            },
            "env" => self.environment(key, value),
            "env_file" => self.env_files(key, value),
            "instances" => self.instances(key, value),
            "port" => {
                let port = self
                    .number(key, value)
                    .and_then(|port| u16::try_from(port).ok());
                if port.is_none() {
                    self.problem(key, "must be a port");
                }
                self.config.port = port;
            }
            "instance_var" => self.config.instance_var = self.text(key, value).unwrap_or_default(),
            "increment_var" => self.config.increment_var = self.text(key, value),
            "depends_on" | "depends" => self.config.depends_on = self.list(key, value),
            "user" | "uid" => self.config.user = self.text(key, value),
            "group" | "gid" => self.config.group = self.text(key, value),
            _ => return false,
        }
        true
    }

    fn restart_key(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "autorestart" => self.flag(key, value, |config, on| config.autorestart = on),
            "autostart" => self.flag(key, value, |config, on| config.autostart = on),
            "stop_exit_codes" => {
                let codes = self
                    .list(key, value)
                    .iter()
                    .map(|code| code.parse())
                    .collect();
                match codes {
                    Ok(codes) => self.config.stop_exit_codes = codes,
                    Err(_) => self.problem(key, "must be exit codes"),
                }
            }
            "max_restarts" => {
                let count = self
                    .number(key, value)
                    .and_then(|count| u32::try_from(count).ok());
                self.config.max_restarts = count.unwrap_or(u32::MAX);
            }
            "min_uptime" => self.duration(key, value, |config, time| config.min_uptime = time),
            "restart_delay" => {
                self.duration(key, value, |config, time| config.restart_delay = time);
            }
            "exp_backoff_restart_delay" | "exp_backoff" => {
                self.duration(key, value, |config, time| config.exp_backoff = time);
            }
            "max_backoff" => self.duration(key, value, |config, time| config.max_backoff = time),
            "cron_restart" | "cron" => self.config.cron = self.cron(key, value),
            "watch" => self.watch(key, value),
            "ignore_watch" | "watch_ignore" => {
                let ignore = self.list(key, value);
                self.watching().ignore = ignore;
            }
            "watch_delay" => {
                self.duration(key, value, |config, time| {
                    config.watch.get_or_insert_default().delay = time;
                });
            }
            _ => return false,
        }
        true
    }

    fn stop_key(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "kill_timeout" => self.duration(key, value, |config, time| config.kill_timeout = time),
            "drain_timeout" => {
                self.duration(key, value, |config, time| config.drain_timeout = time);
            }
            "kill_signal" | "stop_signal" => {
                let name = self.text(key, value).unwrap_or_default();
                if crate::daemon::is_signal(&name) {
                    self.config.kill_signal = name;
                } else {
                    self.problem(key, &format!("there is no signal \"{name}\""));
                }
            }
            "treekill" => self.flag(key, value, |config, on| config.treekill = on),
            "shutdown_with_message" => {
                self.flag(key, value, |config, on| config.shutdown_with_message = on);
            }
            "wait_ready" => self.flag(key, value, |config, on| config.wait_ready = on),
            "listen_timeout" => {
                self.duration(key, value, |config, time| config.listen_timeout = time);
            }
            "health_url" => {
                let url = self.text(key, value);
                self.config.health.get_or_insert_default().url = url;
            }
            "health" | "healthcheck" => self.health(key, value),
            _ => return false,
        }
        true
    }

    fn log_key(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "out_file" | "output" | "out" => self.config.log.out = self.path(key, value),
            "error_file" | "err_file" | "error" | "err" => {
                self.config.log.err = self.path(key, value);
            }
            "merge_logs" | "combine_logs" => {
                self.flag(key, value, |config, on| config.log.merge = on);
            }
            "time" => self.flag(key, value, |config, on| config.log.time = on),
            "disable_logs" => self.flag(key, value, |config, on| config.log.disabled = on),
            "log_format" | "log_type" => match self.text(key, value).as_deref() {
                Some("json") => self.config.log.json = true,
                Some("text" | "raw") => self.config.log.json = false,
                _ => self.problem(key, "must be \"text\" or \"json\""),
            },
            "log_max_size" => {
                self.bytes(key, value, |config, size| config.log.max_size = Some(size));
            }
            "log_max_age" => {
                self.duration(key, value, |config, time| config.log.max_age = Some(time));
            }
            "log_full" => match self.text(key, value).as_deref() {
                Some("drop") => self.config.log.drop = true,
                Some("block") => self.config.log.drop = false,
                _ => self.problem(key, "must be \"block\" or \"drop\""),
            },
            "log_keep" => {
                let keep = self
                    .number(key, value)
                    .and_then(|count| u32::try_from(count).ok());
                if keep.is_none() {
                    self.problem(key, "must be a number of files");
                }
                self.config.log.keep = keep;
            }
            _ => return false,
        }
        true
    }

    fn limit_key(&mut self, key: &str, value: &Value) -> bool {
        match key {
            "max_memory_restart" | "max_memory" | "memory" => {
                self.bytes(key, value, |config, size| config.max_memory = Some(size));
            }
            "max_processes" => {
                let most = self
                    .number(key, value)
                    .and_then(|most| u32::try_from(most).ok())
                    .filter(|most| *most > 0);
                if most.is_none() {
                    self.problem(key, "must be a number of processes");
                }
                self.config.max_processes = most;
            }
            "cpu" | "max_cpu" => {
                let text = self.text(key, value).unwrap_or_default();
                match text.trim_end_matches('%').trim().parse::<u32>() {
                    Ok(cpu) if cpu > 0 => self.config.max_cpu = Some(cpu),
                    _ => self.problem(key, "must be per cent of one processor, as in 50%"),
                }
            }
            _ => return false,
        }
        true
    }

    fn text(&mut self, key: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => {
                self.problem(key, "must be a string");
                None
            }
        }
    }

    fn number(&mut self, key: &str, value: &Value) -> Option<u64> {
        let number = match value {
            Value::String(text) => text.trim().parse().ok(),
            _ => value.as_u64(),
        };
        if number.is_none() {
            self.problem(key, "must be a whole number");
        }
        number
    }

    fn flag(&mut self, key: &str, value: &Value, set: fn(&mut AppConfig, bool)) {
        match value {
            Value::Bool(on) => set(&mut self.config, *on),
            _ => self.problem(key, "must be true or false"),
        }
    }

    fn duration(&mut self, key: &str, value: &Value, set: fn(&mut AppConfig, u64)) {
        let time = self.text(key, value).map(|text| parse_duration(&text));
        match time {
            Some(Some(time)) => set(&mut self.config, time),
            Some(None) => self.problem(key, "must be milliseconds, or a time such as 10s"),
            None => {}
        }
    }

    fn bytes(&mut self, key: &str, value: &Value, set: fn(&mut AppConfig, u64)) {
        let size = self.text(key, value).map(|text| parse_bytes(&text));
        match size {
            Some(Some(size)) if size > 0 => set(&mut self.config, size),
            Some(_) => self.problem(key, "must be bytes, or a size such as 512M"),
            None => {}
        }
    }

    fn path(&mut self, key: &str, value: &Value) -> Option<PathBuf> {
        let text = self.text(key, value)?;
        Some(self.config.cwd.join(text))
    }

    fn cwd(&mut self, value: &Value) {
        if let Some(text) = self.text("cwd", value) {
            let folder = absolute(&self.context.cwd, &text);
            if !folder.is_dir() {
                self.problem(
                    "cwd",
                    &format!("the folder {} does not exist", folder.display()),
                );
            }
            self.config.cwd = folder;
        }
    }

    /// One string or several.
    fn list(&mut self, key: &str, value: &Value) -> Vec<String> {
        match value {
            Value::Array(values) => values
                .iter()
                .enumerate()
                .filter_map(|(index, value)| self.text(&format!("{key}[{index}]"), value))
                .collect(),
            _ => self.text(key, value).into_iter().collect(),
        }
    }

    /// Arguments: an array, or a string with the shell's quotes.
    fn words(&mut self, key: &str, value: &Value) -> Vec<String> {
        let Value::String(text) = value else {
            return self.list(key, value);
        };
        if let Some(words) = split(text) {
            return words;
        }
        self.problem(key, "has an open quote");
        Vec::new()
    }

    fn environment(&mut self, key: &str, value: &Value) {
        let Value::Object(variables) = value else {
            return self.problem(key, "must be an object");
        };
        for (name, value) in variables {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Null => continue,
                other => other.to_string(),
            };
            if name.is_empty() || name.contains(['=', '\0']) || text.contains('\0') {
                self.problem(key, &format!("{name:?} cannot be a variable"));
            } else {
                self.config.env.insert(name.clone(), text);
            }
        }
    }

    fn env_files(&mut self, key: &str, value: &Value) {
        for file in self.list(key, value) {
            let path = self.config.cwd.join(&file);
            if !path.is_file() {
                self.problem(key, &format!("the file {} does not exist", path.display()));
                continue;
            }
            let loaded =
                crust_settings::load_named(&self.config.cwd, std::slice::from_ref(&file), &|_| {
                    None
                });
            for problem in &loaded.problems {
                self.findings
                    .warnings
                    .push(format!("{}.{key}: {file}: {}", self.at, problem.message));
            }
            for (name, value) in loaded.variables {
                // What is written in the configuration itself wins.
                self.config.env.entry(name).or_insert(value);
            }
        }
    }

    fn instances(&mut self, key: &str, value: &Value) {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let processors = i64::try_from(processors).unwrap_or(1);
        let number = match value {
            Value::String(text) if text == "max" => Some(0),
            Value::String(text) => text.parse::<i64>().ok(),
            _ => value.as_i64(),
        };
        let count = number.map(|number| {
            if number > 0 {
                number
            } else {
                processors.saturating_add(number).max(1)
            }
        });
        match count.and_then(|count| u32::try_from(count).ok()) {
            Some(count) => self.config.instances = count,
            None => self.problem(key, "must be a number of processes, or \"max\""),
        }
    }

    fn cron(&mut self, key: &str, value: &Value) -> Option<String> {
        if matches!(value, Value::Bool(false)) || value.as_u64() == Some(0) {
            return None;
        }
        let text = self.text(key, value)?;
        if let Err(error) = text.parse::<croner::Cron>() {
            self.problem(key, &format!("is no cron pattern: {error}"));
            return None;
        }
        Some(text)
    }

    fn watching(&mut self) -> &mut WatchConfig {
        self.config.watch.get_or_insert_default()
    }

    fn watch(&mut self, key: &str, value: &Value) {
        match value {
            Value::Bool(false) => self.config.watch = None,
            Value::Bool(true) => {
                self.watching();
            }
            Value::String(text) if text.is_empty() => {
                self.watching();
            }
            _ => {
                let cwd = self.config.cwd.clone();
                let paths = self
                    .list(key, value)
                    .iter()
                    .map(|path| cwd.join(path))
                    .collect();
                self.watching().paths = paths;
            }
        }
    }

    fn health(&mut self, key: &str, value: &Value) {
        let Value::Object(keys) = value else {
            return self.problem(key, "must be an object");
        };
        let mut health = self.config.health.take().unwrap_or_default();
        for (name, value) in keys {
            let path = format!("{key}.{name}");
            let Some(text) = self.text(&path, value) else {
                continue;
            };
            let time = parse_duration(&text);
            match (name.as_str(), time) {
                ("url" | "http", _) => health.url = Some(text),
                ("tcp", _) => health.tcp = Some(text),
                ("command" | "exec", _) => health.command = Some(text),
                ("start" | "start_period", Some(time)) => health.start = time,
                ("interval", Some(time)) if time > 0 => health.interval = time,
                ("timeout", Some(time)) if time > 0 => health.timeout = time,
                ("retries", _) if text.parse::<u32>().is_ok_and(|count| count > 0) => {
                    health.retries = text.parse().unwrap_or(1);
                }
                ("start" | "start_period" | "interval" | "timeout" | "retries", _) => {
                    self.problem(&path, "must be a time such as 10s, or a number");
                }
                _ => self
                    .findings
                    .warnings
                    .push(format!("{}.{path} is not known and is ignored", self.at)),
            }
        }
        let HealthCheck {
            url, tcp, command, ..
        } = &health;
        if url.is_none() && tcp.is_none() && command.is_none() {
            self.problem(key, "needs url, tcp or command");
        }
        self.config.health = Some(health);
    }
}

/// A line split into words at spaces, with quotes and backslashes as in the shell. `None`: a quote is open.
#[must_use]
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(letters.next()),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(letter);
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests;
