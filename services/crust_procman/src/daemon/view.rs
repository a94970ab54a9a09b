//! What people and tools see of the state, as JSON.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::driver::Daemon;
use super::sampler::Measured;
use super::spawning::log_files;
use super::vitals::VitalFields;
use crate::clock::{boot_ms, iso};
use crate::paths::Home;
use crate::supervisor::{App, Ended, Instance, Reason, State};

/// The short form, for lists.
#[derive(Serialize)]
struct Row<'a> {
    id: u32,
    uuid: &'a str,
    name: &'a str,
    namespace: &'a str,
    instance: u32,
    pid: u32,
    status: &'static str,
    restarts: u32,
    uptime: u64,
    memory: u64,
    cpu: f64,
    reason: Option<&'static str>,
    reloading: bool,
    #[serde(flatten)]
    vitals: Option<VitalFields>,
}

fn short<'a>(
    instance: &'a Instance,
    app: &'a App,
    measured: Measured,
    vitals: Option<VitalFields>,
) -> Row<'a> {
    let config = &app.config;
    let uptime = instance
        .current
        .as_ref()
        .filter(|process| instance.state != State::Stopping && process.pid.is_some())
        .map_or(0, |process| boot_ms().saturating_sub(process.started));
    Row {
        id: instance.id,
        uuid: &instance.uuid,
        name: &config.name,
        namespace: &config.namespace,
        instance: instance.index,
        pid: instance.pid().unwrap_or(0),
        status: instance.state.name(),
        restarts: instance.restarts,
        uptime,
        memory: measured.memory,
        cpu: f64::from(measured.cpu) / 100.0,
        reason: instance.reason.as_ref().map(reason_text),
        reloading: instance.next.is_some(),
        vitals,
    }
}

impl Daemon {
    /// Brings the measurements up to date.
    pub(super) fn look(&mut self) {
        let processes: Vec<(u32, u64)> = self
            .supervisor
            .instances()
            .filter_map(|(instance, _)| Some((instance.pid()?, instance.current.as_ref()?.started)))
            .collect();
        self.sampler.look(&processes);
    }

    /// Every instance in the short form, or those with the ids.
    pub(super) fn list(&mut self, ids: Option<&[u32]>) -> Value {
        self.look();
        let rows = self
            .supervisor
            .instances()
            .filter(|(instance, _)| ids.is_none_or(|ids| ids.contains(&instance.id)));
        rows.map(|(instance, app)| self.row(instance, app))
            .collect()
    }

    /// The same as JSON text, written row by row without values in between.
    pub(super) fn list_text(&mut self, ids: Option<&[u32]>) -> String {
        self.look();
        let mut text = vec![b'['];
        for (instance, app) in self.supervisor.instances() {
            if ids.is_some_and(|ids| !ids.contains(&instance.id)) {
                continue;
            }
            if text.len() > 1 {
                text.push(b',');
            }
            // Writing to memory cannot fail.
            let _ = serde_json::to_writer(&mut text, &self.short_of(instance, app));
        }
        text.push(b']');
        String::from_utf8(text).unwrap_or_default()
    }

    fn short_of<'a>(&self, instance: &'a Instance, app: &'a App) -> Row<'a> {
        let key = instance
            .current
            .as_ref()
            .map(|process| process.key.as_str());
        let measured = self.sampler.of(instance.pid());
        short(instance, app, measured, self.vital_fields(key))
    }

    /// One instance in the short form.
    pub(super) fn row(&self, instance: &Instance, app: &App) -> Value {
        serde_json::to_value(self.short_of(instance, app)).unwrap_or_default()
    }

    /// Everything about one instance.
    pub(super) fn full(&self, instance: &Instance, app: &App, with_env: bool) -> Value {
        let row = self.row(instance, app);
        let key = instance.current.as_ref().map(|process| &process.key);
        let config = &app.config;
        let is_limited = config.max_memory.is_some()
            || config.max_cpu.is_some()
            || config.max_processes.is_some();
        let held_by = match key {
            Some(key) if is_limited && self.cgroups.has(key) => Some("kernel"),
            Some(_) if is_limited => Some("sampling"),
            _ => None,
        };
        full(&self.home, row, (instance, app), held_by, with_env)
    }
}

/// Everything about one instance. The environment is only shown when it is asked for.
fn full(
    home: &Home,
    mut value: Value,
    (instance, app): (&Instance, &App),
    held_by: Option<&str>,
    with_env: bool,
) -> Value {
    let config = &app.config;
    let (out, err) = log_files(home, config, instance.index);
    let mut shown = serde_json::to_value(&**config).unwrap_or_default();
    if !with_env && let Some(env) = shown.get_mut("env").and_then(Value::as_object_mut) {
        for value in env.values_mut() {
            *value = json!("***");
        }
    }
    let more = json!({
        "app": app.uuid,
        "goal": instance.goal,
        "created": iso(instance.created),
        "limits_held_by": held_by,
        "unstable_restarts": instance.unstable,
        "restart_in": instance.restart_at.map(|at| at.saturating_sub(boot_ms())),
        "last_end": instance.last_end.as_ref().map(end),
        "why": why(instance, app),
        "reload_problem": app.reload_problem,
        "out_file": out,
        "err_file": err,
        "log_time": config.log.time,
        "log_json": config.log.json,
        "config_sha256": app.sha256,
        "config": shown,
    });
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
        if with_env {
            let variables: Map<String, Value> = app
                .environment
                .iter()
                .map(|(name, text)| (name.clone(), json!(text)))
                .collect();
            value.insert("environment".to_owned(), Value::Object(variables));
        }
    }
    value
}

fn end(end: &Ended) -> Value {
    json!({
        "code": end.code,
        "signal": end.signal.map(signal_name),
        "uptime": end.uptime,
        "at": iso(end.at),
        "reason": reason_text(&end.reason),
    })
}

/// `SIGKILL` of 9.
pub(super) fn signal_name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal)
        .map_or_else(|| signal.to_string(), ToOwned::to_owned)
}

/// A reason as a stable word.
pub(super) fn reason_text(reason: &Reason) -> &'static str {
    match reason {
        Reason::Command => "command",
        Reason::Exit => "exit",
        Reason::CrashLoop => "crash-loop",
        Reason::SpawnFailed(_) => "spawn-failed",
        Reason::MemoryLimit(_) => "memory-limit",
        Reason::CpuLimit(_) => "cpu-limit",
        Reason::OutOfMemory => "oom",
        Reason::Unhealthy(_) => "unhealthy",
        Reason::Dependency(_) => "dependency",
        Reason::Cron => "cron",
        Reason::Watch(_) => "watch",
        Reason::Reload => "reload",
        Reason::NotReady => "not-ready",
        Reason::Lost => "lost",
    }
}

/// Why an instance is where it is, in words and as a code.
pub(super) fn why(instance: &Instance, app: &App) -> Value {
    let config = &app.config;
    let last = instance.last_end.as_ref();
    let how = last
        .map(|end| crate::supervisor_end(end.code, end.signal))
        .unwrap_or_default();
    let (code, text) = match (instance.state, &instance.reason) {
        (State::Online, _) => ("online", "it is online".to_owned()),
        (_, Some(Reason::CrashLoop)) => (
            "crash-loop",
            format!(
                "it ended {} times in a row within {} ms, the last time with {how}; start it again when the cause is gone",
                instance.unstable, config.min_uptime
            ),
        ),
        (_, Some(Reason::SpawnFailed(error))) => {
            ("spawn-failed", format!("it could not be started: {error}"))
        }
        (_, Some(Reason::Dependency(name))) => (
            "dependency",
            format!("it waits for \"{name}\" to be online"),
        ),
        (_, Some(Reason::MemoryLimit(detail))) => (
            "memory-limit",
            format!("it was ended for its memory: {detail}"),
        ),
        (_, Some(Reason::CpuLimit(detail))) => (
            "cpu-limit",
            format!("it was ended for its processor time: {detail}"),
        ),
        (_, Some(Reason::OutOfMemory)) => (
            "oom",
            "the kernel ended it because memory ran out".to_owned(),
        ),
        (_, Some(Reason::Unhealthy(detail))) => (
            "unhealthy",
            format!("it did not pass its health check: {detail}"),
        ),
        (_, Some(Reason::Lost)) => ("lost", "it vanished while no daemon watched".to_owned()),
        (State::Backoff, _) => {
            let left = instance
                .restart_at
                .map_or(0, |at| at.saturating_sub(boot_ms()));
            (
                "backoff",
                format!("it ended with {how} and is started again in {left} ms"),
            )
        }
        (State::Stopped, Some(Reason::Exit)) => (
            "exit",
            format!("it ended with {how} and is not to be restarted"),
        ),
        (State::Stopped, _) => ("command", "it was stopped by a command".to_owned()),
        (State::Stopping, _) => ("stopping", "it was asked to end".to_owned()),
        (State::Launching, _) => ("launching", "it is being started".to_owned()),
        (State::Errored, _) => ("errored", format!("it ended with {how}")),
    };
    json!({"code": code, "text": text})
}
