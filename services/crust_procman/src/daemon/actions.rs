//! The routes that change something, and the answers that wait for the change.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use serde_json::{Value, json};

use super::connection::{Mode, Request};
use super::driver::{Daemon, Ending, Task};
use super::routes::{Answer, StartBody, Update};
use super::waiting::{Until, Waiter};
use crate::clock::boot_ms;
use crate::config::{AppConfig, rules};
use crate::supervisor::{Environment, Reason, Refusal, State, fingerprint};

/// A request waits at most this long beyond the times of the applications themselves.
const PATIENCE: u64 = 30_000;

type Later = Result<Option<Answer>, Refusal>;

impl Daemon {
    pub(super) fn post_apps(&mut self, token: u64, request: &Request) -> Later {
        let body: StartBody = serde_json::from_slice(&request.body)
            .map_err(|error| Refusal::new("INVALID", format!("the body is not usable: {error}")))?;
        self.refuse_while_ending()?;
        let mut names = HashSet::new();
        for config in &body.apps {
            check(config)?;
            if !names.insert(config.name.as_str()) {
                return Err(Refusal::new(
                    "NAME_TAKEN",
                    format!("the name {:?} is given to two applications", config.name),
                ));
            }
            if body.update == Update::Refuse && self.supervisor.app_named(&config.name).is_some() {
                return Err(Refusal::new(
                    "NAME_TAKEN",
                    format!(
                        "an application with the name \"{}\" exists: restart it, or give another name",
                        config.name
                    ),
                ));
            }
        }
        let environment = self.intern(body.environment);
        let mut ids = Vec::new();
        let mut until = Until::Up;
        if body.prune {
            self.prune(&body.apps);
        }
        for config in body.apps {
            let added = self.put_app(config, &environment, body.update, &mut until)?;
            ids.extend(added);
        }
        Ok(self.wait(token, ids, until))
    }

    fn put_app(
        &mut self,
        config: AppConfig,
        environment: &Arc<Environment>,
        update: Update,
        until: &mut Until,
    ) -> Result<Vec<u32>, Refusal> {
        let now = boot_ms();
        let Some(app) = self.supervisor.app_named(&config.name) else {
            return self.supervisor.add(config, Arc::clone(environment), now);
        };
        let (uuid, ids) = (app.uuid.clone(), app.instances.clone());
        let same = app.sha256 == fingerprint(&config);
        let count = config.instances;
        if update == Update::Changed && same {
            // The file may say something else about others.
            self.supervisor.replace_config(&uuid, config);
            for id in &ids {
                self.supervisor.start(*id, now);
            }
            return Ok(ids);
        }
        let name = config.name.clone();
        self.supervisor.replace_config(&uuid, config);
        self.supervisor
            .replace_environment(&uuid, Arc::clone(environment));
        let kept: Vec<u32> = ids
            .iter()
            .copied()
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .collect();
        if update == Update::Restart {
            for id in &kept {
                self.restart_or_start(*id);
            }
        } else {
            *until = Until::Reloaded;
            self.supervisor.reload(&kept, now)?;
        }
        self.supervisor.scale(&name, count, now)
    }

    /// Deletes what an ecosystem file has no longer.
    fn prune(&mut self, apps: &[AppConfig]) {
        let files: Vec<_> = apps
            .iter()
            .filter_map(|app| app.config_file.clone())
            .collect();
        let gone: Vec<u32> = self
            .supervisor
            .apps()
            .filter(|app| {
                app.config
                    .config_file
                    .as_ref()
                    .is_some_and(|file| files.contains(file))
                    && !apps.iter().any(|other| other.name == app.config.name)
            })
            .flat_map(|app| app.instances.clone())
            .collect();
        for id in gone {
            self.supervisor.delete(id, boot_ms());
        }
    }

    /// Applications from one shell share one copy of its environment.
    pub(super) fn intern(&mut self, environment: Environment) -> Arc<Environment> {
        let mut hasher = DefaultHasher::new();
        environment.hash(&mut hasher);
        self.environments
            .retain(|_, kept| Arc::strong_count(kept) > 1);
        let kept = self
            .environments
            .entry(hasher.finish())
            .or_insert_with(|| Arc::new(environment.clone()));
        if **kept == environment {
            Arc::clone(kept)
        } else {
            Arc::new(environment)
        }
    }

    fn refuse_while_ending(&self) -> Result<(), Refusal> {
        if self.ending == Ending::No {
            return Ok(());
        }
        Err(Refusal::new("ENDING", "the daemon is about to end"))
    }

    fn restart_or_start(&mut self, id: u32) {
        let now = boot_ms();
        let is_down = self
            .supervisor
            .instance(id)
            .is_some_and(|instance| !instance.has_process());
        if is_down {
            self.supervisor.start(id, now);
        } else {
            self.supervisor.restart(id, Reason::Command, now);
        }
    }

    pub(super) fn post_action(
        &mut self,
        token: u64,
        word: &str,
        action: &str,
        request: &Request,
    ) -> Later {
        let ids = self.supervisor.select(word)?;
        let body: Value = if request.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&request.body)
                .map_err(|error| Refusal::new("INVALID", error.to_string()))?
        };
        let now = boot_ms();
        if matches!(action, "start" | "restart" | "reload") {
            self.refuse_while_ending()?;
            self.update_environments(&ids, &body)?;
        }
        let until = match action {
            "start" => {
                for id in &ids {
                    self.supervisor.start(*id, now);
                }
                Until::Up
            }
            "restart" => {
                for id in &ids {
                    self.restart_or_start(*id);
                }
                Until::Up
            }
            "reload" => {
                self.supervisor.reload(&ids, now)?;
                Until::Reloaded
            }
            "stop" => {
                for id in &ids {
                    self.supervisor.stop(*id, now);
                }
                Until::Down
            }
            "delete" => {
                // Their names are gone afterwards, so the answer is made of what they were.
                for id in &ids {
                    self.supervisor.delete(*id, now);
                }
                Until::Down
            }
            "reset" => {
                for id in &ids {
                    self.supervisor.reset(*id);
                }
                return Ok(Some((200, self.list(Some(&ids)))));
            }
            "signal" => {
                let name = body
                    .get("signal")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if super::effects::signal_number(name).is_none() {
                    return Err(Refusal::new(
                        "INVALID",
                        format!("there is no signal \"{name}\""),
                    ));
                }
                for id in &ids {
                    self.supervisor.signal(*id, name);
                }
                return Ok(Some((200, self.list(Some(&ids)))));
            }
            _ => {
                return Err(Refusal::new(
                    "NO_ROUTE",
                    format!("there is no action \"{action}\""),
                ));
            }
        };
        Ok(self.wait(token, ids, until))
    }

    /// `restart --update-env`: the caller's environment replaces that of the first start.
    fn update_environments(&mut self, ids: &[u32], body: &Value) -> Result<(), Refusal> {
        let Some(environment) = body.get("environment") else {
            return Ok(());
        };
        let environment: Environment = serde_json::from_value(environment.clone())
            .map_err(|error| Refusal::new("INVALID", format!("environment: {error}")))?;
        let environment = self.intern(environment);
        for id in ids {
            if let Some(app) = self
                .supervisor
                .instance(*id)
                .map(|instance| instance.app.clone())
            {
                self.supervisor
                    .replace_environment(&app, Arc::clone(&environment));
            }
        }
        Ok(())
    }

    pub(super) fn post_scale(&mut self, token: u64, name: &str, request: &Request) -> Later {
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|error| Refusal::new("INVALID", error.to_string()))?;
        self.refuse_while_ending()?;
        let have = self
            .supervisor
            .app_named(name)
            .map_or(0, |app| app.instances.len());
        let count = match (
            body.get("count").and_then(Value::as_u64),
            body.get("by").and_then(Value::as_i64),
        ) {
            (Some(count), _) => u32::try_from(count).ok(),
            (None, Some(by)) => i64::try_from(have)
                .ok()
                .and_then(|have| u32::try_from(have.saturating_add(by)).ok()),
            _ => None,
        };
        let count =
            count.ok_or_else(|| Refusal::new("INVALID", "count must be a number of instances"))?;
        let before = self
            .supervisor
            .app_named(name)
            .map(|app| app.instances.clone())
            .unwrap_or_default();
        let now = self.supervisor.scale(name, count, boot_ms())?;
        let gone: Vec<u32> = before.into_iter().filter(|id| !now.contains(id)).collect();
        // What goes is waited for as well: afterwards the number is right.
        if gone.is_empty() {
            Ok(self.wait(token, now, Until::Up))
        } else {
            Ok(self.wait(token, gone, Until::Down))
        }
    }

    pub(super) fn post_shutdown(&mut self, token: u64, request: &Request) -> Later {
        let ids: Vec<u32> = self
            .supervisor
            .instances()
            .map(|(instance, _)| instance.id)
            .collect();
        if request.parameter("keep").is_some_and(|value| value == "1") {
            self.shut_down(false);
        } else {
            // What was there can be had back by `resurrect`.
            let _ = self.write_dump(&self.home.path().join("last.json"));
            self.shut_down(true);
        }
        Ok(self.wait(token, ids, Until::Down))
    }

    /// Has the connection wait until the instances are where they should be.
    pub(super) fn wait(&mut self, token: u64, ids: Vec<u32>, until: Until) -> Option<Answer> {
        let longest = ids
            .iter()
            .filter_map(|id| self.supervisor.app(&self.supervisor.instance(*id)?.app))
            .map(|app| {
                let config = &app.config;
                config.kill_timeout + config.listen_timeout + config.drain_timeout
            })
            .max()
            .unwrap_or(0);
        let count = u64::try_from(ids.len()).unwrap_or(0);
        let serial = if until == Until::Reloaded {
            longest.saturating_mul(count)
        } else {
            longest
        };
        let deadline = boot_ms() + PATIENCE + serial;
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.mode = Mode::Waiting;
        }
        self.schedule(deadline, Task::Tick);
        self.waiters.push(Waiter {
            connection: token,
            left: ids.clone(),
            ids,
            until,
            deadline,
        });
        None
    }

    /// Answers the requests whose time has come.
    pub(super) fn answer_waiters(&mut self) {
        if self.waiters.is_empty() {
            return;
        }
        let now = boot_ms();
        let mut waiters = std::mem::take(&mut self.waiters);
        let mut served = Vec::new();
        waiters.retain_mut(|waiter| {
            if !waiter.is_done(&self.supervisor, now) {
                return true;
            }
            let problems = waiter.problems(&self.supervisor);
            let processes = self.list_text(Some(&waiter.ids));
            let status = if problems.is_empty() { 200 } else { 409 };
            let error = if status == 409 {
                format!(",\"error\":{}", summary(&problems))
            } else {
                String::new()
            };
            let problems = Value::Array(problems);
            let body = format!("{{\"processes\":{processes},\"problems\":{problems}{error}}}");
            served.push((waiter.connection, status, body));
            false
        });
        self.waiters.extend(waiters);
        for (token, status, body) in served {
            self.reply_json_text(token, status, &body);
            self.serve(token);
        }
    }

    /// Writes what `resurrect` reads. Nothing replaces something only by force: it is how lists are lost.
    pub(super) fn save(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let path = self.home.dump();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if self.supervisor.apps().next().is_none() && body["force"] != json!(true) {
            return Ok((200, json!({"saved": null, "file": path})));
        }
        let count = self
            .write_dump(&path)
            .map_err(|error| Refusal::new("IO", error.to_string()))?;
        self.store.flush();
        Ok((200, json!({"saved": count, "file": path})))
    }

    fn write_dump(&self, path: &std::path::Path) -> std::io::Result<usize> {
        let apps: Vec<Value> = self
            .supervisor
            .apps()
            .map(|app| {
                let online = app
                    .instances
                    .iter()
                    .filter_map(|id| self.supervisor.instance(*id));
                let up = online.into_iter().any(|instance| {
                    instance.goal == crate::supervisor::Goal::Up || instance.state == State::Online
                });
                json!({"config": *app.config, "environment": *app.environment, "up": up})
            })
            .collect();
        let text = serde_json::to_vec(&json!({"version": 1, "apps": apps}))?;
        write_atomically(path, &text)?;
        Ok(apps.len())
    }

    pub(super) fn resurrect(&mut self, token: u64) -> Later {
        self.refuse_while_ending()?;
        let paths = [self.home.dump(), self.home.path().join("last.json")];
        let Some(path) = paths.iter().find(|path| path.exists()) else {
            return Err(Refusal::new(
                "NOTHING_SAVED",
                "nothing was saved: there is no saved.json",
            ));
        };
        let unusable = |error: &dyn std::fmt::Display| {
            Refusal::new(
                "CORRUPT",
                format!("{} is not usable: {error}", path.display()),
            )
        };
        let text = std::fs::read(path).map_err(|error| unusable(&error))?;
        let saved: Value = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
        let apps = saved
            .get("apps")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut ids = Vec::new();
        for app in apps {
            let mut config: AppConfig =
                serde_json::from_value(app["config"].clone()).map_err(|error| unusable(&error))?;
            let environment: Environment = serde_json::from_value(app["environment"].clone())
                .map_err(|error| unusable(&error))?;
            if let Some(known) = self.supervisor.app_named(&config.name) {
                let known = known.instances.clone();
                if app["up"] == json!(true) {
                    for id in &known {
                        self.supervisor.start(*id, boot_ms());
                    }
                }
                ids.extend(known);
                continue;
            }
            config.autostart = app["up"] == json!(true);
            let environment = self.intern(environment);
            ids.extend(self.supervisor.add(config, environment, boot_ms())?);
        }
        Ok(self.wait(token, ids, Until::Up))
    }
}

/// What went wrong, in one sentence.
fn summary(problems: &[Value]) -> Value {
    let first = problems.first().cloned().unwrap_or_default();
    let name = first["name"].as_str().unwrap_or_default();
    let text = first["why"]["text"].as_str().unwrap_or_default();
    let more = match problems.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    json!({"code": first["why"]["code"], "message": format!("{name}: {text}{more}")})
}

/// What must hold for every configuration, wherever it comes from.
pub(super) fn check(config: &AppConfig) -> Result<(), Refusal> {
    let problem = rules::problems(config).into_iter().next();
    let problem = problem.map(|(key, problem)| format!("{key}: {problem}"));
    let problem = problem.or_else(|| {
        (!config.program.is_absolute()).then(|| "program: must be an absolute path".to_owned())
    });
    let problem = problem.or_else(|| {
        let folder = &config.cwd;
        (!folder.is_dir()).then(|| {
            format!(
                "cwd: the working directory {} does not exist",
                folder.display()
            )
        })
    });
    match problem {
        None => Ok(()),
        Some(problem) => Err(Refusal::new(
            "INVALID",
            format!("{:?}: {problem}", config.name),
        )),
    }
}

/// Old or new, never half: temporary file, fsync, rename.
pub(super) fn write_atomically(path: &std::path::Path, text: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let partial = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)
}
