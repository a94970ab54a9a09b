//! Ecosystem files out of what other process managers keep: PM2's `dump.pm2`, and Procfiles. Pure functions from
//! text to JSON.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::supervisor::Environment;

/// The file and what could not be taken over; or why there is none.
pub type Imported = Result<(Value, Vec<String>), String>;

/// Keys of PM2's processes that are ours, with their names there.
const KEYS: [(&str, &str); 26] = [
    ("pm_exec_path", "script"),
    ("pm_cwd", "cwd"),
    ("args", "args"),
    ("exec_interpreter", "interpreter"),
    ("node_args", "interpreter_args"),
    ("namespace", "namespace"),
    ("autorestart", "autorestart"),
    ("stop_exit_codes", "stop_exit_codes"),
    ("max_memory_restart", "max_memory_restart"),
    ("cron_restart", "cron_restart"),
    ("watch", "watch"),
    ("ignore_watch", "ignore_watch"),
    ("min_uptime", "min_uptime"),
    ("max_restarts", "max_restarts"),
    ("kill_timeout", "kill_timeout"),
    ("wait_ready", "wait_ready"),
    ("listen_timeout", "listen_timeout"),
    ("restart_delay", "restart_delay"),
    ("exp_backoff_restart_delay", "exp_backoff_restart_delay"),
    ("merge_logs", "merge_logs"),
    ("treekill", "treekill"),
    ("shutdown_with_message", "shutdown_with_message"),
    ("instance_var", "instance_var"),
    ("uid", "uid"),
    ("gid", "gid"),
    ("port", "port"),
];
/// Variables that PM2 and the shell put there for one process.
const NOT_THEIRS: [&str; 12] = [
    "NODE_APP_INSTANCE",
    "PM2_HOME",
    "PM2_USAGE",
    "name",
    "pm_id",
    "_",
    "PWD",
    "OLDPWD",
    "SHLVL",
    "TERM",
    "NODE_CHANNEL_FD",
    "unique_id",
];

/// `dump.pm2`: one entry for each process; those of one name become one application. PM2 keeps the whole
/// environment of the shell with each: only what differs from `environment` is taken.
///
/// # Errors
/// The text is not what PM2 writes.
pub fn pm2(text: &str, environment: &Environment) -> Imported {
    let dump: Value =
        serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let list = dump.as_array().ok_or("it is no list of processes")?;
    let mut apps: Vec<Map<String, Value>> = Vec::new();
    let mut warnings = Vec::new();
    for (index, process) in list.iter().enumerate() {
        // PM2 7 writes the settings at the top, `pm2 jlist` below `pm2_env`.
        let settings = process.get("pm2_env").unwrap_or(process);
        let name = process["name"]
            .as_str()
            .or_else(|| settings["name"].as_str());
        let Some(name) = name else {
            warnings.push(format!("[{index}] has no name and is left out"));
            continue;
        };
        if let Some(known) = apps.iter_mut().find(|app| app["name"] == name) {
            let count = known.get("instances").and_then(Value::as_u64).unwrap_or(1);
            known.insert("instances".to_owned(), json!(count + 1));
            continue;
        }
        apps.push(one(name, settings, environment));
    }
    Ok((json!({ "apps": apps }), warnings))
}

fn one(name: &str, settings: &Value, environment: &Environment) -> Map<String, Value> {
    let mut app = Map::new();
    app.insert("name".to_owned(), json!(name));
    for (theirs, ours) in KEYS {
        match &settings[theirs] {
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            Value::String(text) if text.is_empty() => {}
            // Ours runs what node runs.
            Value::String(text)
                if theirs == "exec_interpreter" && matches!(text.as_str(), "node" | "bun") => {}
            value => drop(app.insert(ours.to_owned(), value.clone())),
        }
    }
    let same = |name: &str, value: &str| {
        environment
            .iter()
            .any(|(other, text)| other == name && text == value)
    };
    let variables: Map<String, Value> = settings["env"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| {
            !NOT_THEIRS.contains(&name.as_str())
                && name.as_str() != app["name"].as_str().unwrap_or_default()
                && !value.is_object()
        })
        .filter(|(name, value)| !value.as_str().is_some_and(|value| same(name, value)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !variables.is_empty() {
        app.insert("env".to_owned(), Value::Object(variables));
    }
    app
}

/// A Procfile: `name: command` on each line.
///
/// # Errors
/// No line is one.
pub fn procfile(text: &str, folder: &Path) -> Imported {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut apps = Vec::new();
    let mut warnings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts = line
            .split_once(':')
            .map(|(name, command)| (name.trim(), command.trim()));
        match parts {
            Some((name, command))
                if !name.is_empty()
                    && !command.is_empty()
                    && !name.contains(char::is_whitespace) =>
            {
                // A line of the shell, as there.
                apps.push(json!({"name": name, "script": "/bin/sh", "args": ["-c", command], "cwd": folder}));
            }
            _ => warnings.push(format!(
                "line {} is no \"name: command\" and is left out",
                index + 1
            )),
        }
    }
    if apps.is_empty() {
        return Err("no line is \"name: command\"".to_owned());
    }
    Ok((json!({ "apps": apps }), warnings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn processes_of_one_name_become_one_application() {
        let dump = json!([
            {"name": "web", "pm_exec_path": "/srv/web.js", "pm_cwd": "/srv", "exec_interpreter": "node", "args": ["a"],
             "max_memory_restart": 314_572_800, "env": {"MODE": "prod", "HOME": "/root", "PATH": "/bin", "web": {}, "pm_id": 0}},
            {"name": "web", "pm_exec_path": "/srv/web.js"},
            {"name": "job", "pm2_env": {"pm_exec_path": "/srv/job.py", "exec_interpreter": "python3", "autorestart": false}},
            {"pm_id": 3},
        ]);
        let environment = vec![
            ("HOME".to_owned(), "/root".to_owned()),
            ("PATH".to_owned(), "/usr/bin".to_owned()),
        ];
        let (file, warnings) = pm2(&dump.to_string(), &environment).unwrap();
        assert_eq!(warnings.len(), 1);
        assert_eq!(
            file,
            json!({"apps": [
                {"name": "web", "script": "/srv/web.js", "cwd": "/srv", "args": ["a"], "max_memory_restart": 314_572_800,
                 "instances": 2, "env": {"MODE": "prod", "PATH": "/bin"}},
                {"name": "job", "script": "/srv/job.py", "interpreter": "python3", "autorestart": false},
            ]})
        );
    }

    #[test]
    fn procfiles_are_lines_of_the_shell() {
        let (file, warnings) = procfile(
            "# all\nweb: node web.js -p $PORT\n\nnonsense\nworker:./w\n",
            Path::new("/srv"),
        )
        .unwrap();
        assert_eq!(warnings, ["line 4 is no \"name: command\" and is left out"]);
        assert_eq!(
            file["apps"][0],
            json!({"name": "web", "script": "/bin/sh", "args": ["-c", "node web.js -p $PORT"], "cwd": "/srv"})
        );
        assert_eq!(file["apps"][1]["name"], "worker");
        assert!(procfile("", Path::new("/")).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".{0,200}") {
            let _ = pm2(&text, &Vec::new());
            let _ = procfile(&text, Path::new("/"));
        }
    }
}
