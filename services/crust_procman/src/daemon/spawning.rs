//! From an application's configuration to the holder's orders: environment, log files, user.

use std::path::{Path, PathBuf};

use crate::config::{AppConfig, LogConfig};
use crate::holder::protocol::{Capture, NoteText, Spawn};
use crate::holder::{BROKER_VARIABLE, KEY_VARIABLE, METRICS_VARIABLE};
use crate::paths::Home;
use crate::supervisor::{App, Instance};

/// Files put aside that are kept, where nothing is said.
const KEPT_FILES: u32 = 10;

/// What the holder must do to start a process.
pub(super) fn order(
    home: &Home,
    instance: &Instance,
    app: &App,
    key: &str,
) -> Result<Spawn, String> {
    let config = &app.config;
    let uid = config
        .user
        .as_deref()
        .map(|name| lookup("/etc/passwd", "user", name))
        .transpose()?;
    let gid = config
        .group
        .as_deref()
        .map(|name| lookup("/etc/group", "group", name))
        .transpose()?;
    let (out, err) = log_files(home, config, instance.index);
    Ok(Spawn {
        key: key.to_owned(),
        app: app.uuid.clone(),
        program: config.program.clone(),
        args: config.args.clone(),
        env: environment(home, instance, app, key),
        cwd: config.cwd.clone(),
        uid: uid.map(|(id, _)| id),
        gid: gid.map(|(id, _)| id).or(uid.and_then(|(_, group)| group)),
        out: (!config.log.disabled).then_some(out),
        err: (!config.log.disabled).then_some(err),
        capture: config
            .log
            .is_captured()
            .then(|| capture(&config.log, &config.name)),
        channel: config.is_crust || config.wait_ready || config.shutdown_with_message,
        cgroups: Vec::new(),
        note: NoteText::default(),
    })
}

fn capture(log: &LogConfig, name: &str) -> Capture {
    Capture {
        time: log.time,
        json: log.json,
        label: name.to_owned(),
        max_size: log.max_size,
        max_age: log.max_age,
        keep: log.keep.unwrap_or(KEPT_FILES),
        drop: log.drop,
    }
}

fn environment(home: &Home, instance: &Instance, app: &App, key: &str) -> Vec<(String, String)> {
    let config = &app.config;
    let index = instance.index.to_string();
    let mut own: Vec<(&str, String)> = vec![
        ("CRUST_INSTANCE_ID", index.clone()),
        (&config.instance_var, index),
        ("pm_id", instance.id.to_string()),
        ("name", config.name.clone()),
        (KEY_VARIABLE, key.to_owned()),
    ];
    if config.is_crust {
        own.push((
            BROKER_VARIABLE,
            home.holder_socket().to_string_lossy().into_owned(),
        ));
        own.push((
            METRICS_VARIABLE,
            home.reports().to_string_lossy().into_owned(),
        ));
    }
    if let Some(port) = config.port {
        own.push(("PORT", port.to_string()));
    }
    if let Some(name) = &config.increment_var {
        let base = config
            .env
            .get(name)
            .and_then(|value| value.parse::<u64>().ok())
            .unwrap_or(0);
        own.push((name, (base + u64::from(instance.index)).to_string()));
    }
    let hidden = |name: &str| {
        own.iter().any(|(own, _)| *own == name)
            || matches!(name, "NODE_CHANNEL_FD" | "CRUST_PM_HOME")
    };
    let mut variables: Vec<(String, String)> = app
        .environment
        .iter()
        .filter(|(name, _)| !hidden(name) && !config.env.contains_key(name))
        .cloned()
        .collect();
    let given = config
        .env
        .iter()
        .filter(|(name, _)| !hidden(name) || *name == "PORT" && config.port.is_none());
    variables.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    variables.extend(
        own.into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    );
    variables
}

/// The files of an instance's output.
pub(super) fn log_files(home: &Home, config: &AppConfig, index: u32) -> (PathBuf, PathBuf) {
    let suffix = if index == 0 || config.log.merge {
        String::new()
    } else {
        format!("-{index}")
    };
    let name = config.name.replace(['/', '\0'], "-");
    let file = |given: Option<&PathBuf>, kind: &str| match given {
        None => home.logs().join(format!("{name}-{kind}{suffix}.log")),
        Some(path) if suffix.is_empty() => path.clone(),
        Some(path) => numbered(path, &suffix),
    };
    (
        file(config.log.out.as_ref(), "out"),
        file(config.log.err.as_ref(), "error"),
    )
}

/// `a/b.log` with `-1` is `a/b-1.log`. A device stays what it is.
fn numbered(path: &Path, suffix: &str) -> PathBuf {
    if path.starts_with("/dev") {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .map(|text| format!(".{}", text.to_string_lossy()));
    path.with_file_name(format!("{stem}{suffix}{}", extension.unwrap_or_default()))
}

/// The id of a user or group, by name or number, and a user's own group.
fn lookup(table: &str, kind: &str, name: &str) -> Result<(u32, Option<u32>), String> {
    let text = std::fs::read_to_string(table).unwrap_or_default();
    let entry = text
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name) || fields.get(2) == Some(&name));
    let parsed = |text: Option<&&str>| text.and_then(|text| text.parse::<u32>().ok());
    match entry {
        Some(fields) => {
            let id = parsed(fields.get(2)).ok_or_else(|| format!("{table} is not readable"))?;
            Ok((id, parsed(fields.get(3)).filter(|_| kind == "user")))
        }
        None => name
            .parse()
            .map(|id| (id, None))
            .map_err(|_| format!("there is no {kind} \"{name}\"")),
    }
}
