//! The routes of the interface. Version 1; what is under `/v1` keeps its meaning.

use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::{Method, Mode, Request, decode};
use super::driver::Daemon;
use super::{openmetrics, view};
use crate::clock::boot_ms;
use crate::config::AppConfig;
use crate::config::ecosystem::file_digest;
use crate::supervisor::{Environment, Refusal, State};

/// The document that describes the interface.
const OPENAPI: &str = include_str!("openapi.json");

/// A status and a body.
pub(super) type Answer = (u16, Value);

/// Applications to start.
#[derive(Debug, Deserialize)]
pub(super) struct StartBody {
    pub(super) apps: Vec<AppConfig>,
    #[serde(default)]
    pub(super) environment: Environment,
    /// An application that exists gets the new configuration and is restarted, or reloaded.
    #[serde(default)]
    pub(super) update: Update,
    /// Applications of the same configuration file that are not in the list are deleted.
    #[serde(default)]
    pub(super) prune: bool,
}

/// What happens to an application that exists.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Update {
    /// An error.
    #[default]
    Refuse,
    /// New configuration, restart.
    Restart,
    /// New configuration, reload.
    Reload,
    /// Only when the configuration differs: new configuration, reload.
    Changed,
}

impl Daemon {
    /// Answers a request, now or when what it asks for is done.
    pub(super) fn route(&mut self, token: u64, request: &Request) {
        if !self.is_allowed(token, request) {
            let body = json!({"error": {"code": "FORBIDDEN", "message": "a token is needed"}});
            return self.reply(token, &(403, body));
        }
        let mut parts = request.path.trim_matches('/').split('/');
        let path = (
            parts.next().unwrap_or_default(),
            parts.next(),
            parts.next(),
            parts.next(),
        );
        let is_post = request.method == Method::Post;
        let result = match (is_post, path) {
            (false, ("v1", Some("ping"), None, None)) => Ok(Some((200, self.ping()))),
            (false, ("v1", Some("processes"), None, None)) => {
                self.get_list(token, request).map(|()| None)
            }
            (false, ("v1", Some("processes"), Some(which), None)) => {
                self.get_full(&decode(which), request).map(Some)
            }
            (false, ("v1", Some("processes"), Some(which), Some("history"))) => {
                self.get_history(&decode(which), request).map(Some)
            }
            (false, ("v1", Some("processes"), Some(which), Some("log"))) => {
                self.get_log(&decode(which), request).map(Some)
            }
            (false, ("v1", Some("events"), None, None)) => {
                self.stream_events(token, request);
                Ok(None)
            }
            (false, ("v1", Some("live"), None, None)) => {
                self.upgrade(token, request);
                Ok(None)
            }
            (true, ("v1", Some("apps"), None, None)) => self.post_apps(token, request),
            (true, ("v1", Some("apps"), Some(name), Some("scale"))) => {
                self.post_scale(token, &decode(name), request)
            }
            (true, ("v1", Some("processes"), Some(which), Some(action))) => {
                self.post_action(token, &decode(which), action, request)
            }
            (true, ("v1", Some("save"), None, None)) => self.save(request).map(Some),
            (true, ("v1", Some("resurrect"), None, None)) => self.resurrect(token),
            (true, ("v1", Some("shutdown"), None, None)) => self.post_shutdown(token, request),
            (true, ("v1", Some("handover"), None, None)) => self.post_handover(request).map(Some),
            (true, ("v1", Some("dashboard"), None, None)) => self.open_web(request).map(Some),
            (true, ("v1", Some("reopen"), None, None)) => {
                self.tell_holder(&crate::holder::protocol::Request::Reopen);
                Ok(Some((200, json!({"ok": true}))))
            }
            (false, (name, None, None, None)) if self.page(token, name, request) => Ok(None),
            (false, ("health", None, None, None)) => Ok(Some(self.health())),
            (false, ("metrics", None, None, None)) => {
                let text = openmetrics::render(self);
                self.reply_text(token, openmetrics::KIND, &text);
                Ok(None)
            }
            (false, ("openapi.json", None, None, None)) => {
                self.reply_text(token, "application/json", OPENAPI);
                Ok(None)
            }
            _ => Err(Refusal::new(
                "NO_ROUTE",
                format!(
                    "there is no {} {}",
                    if is_post { "POST" } else { "GET" },
                    request.path
                ),
            )),
        };
        match result {
            Ok(Some(answer)) => self.reply(token, &answer),
            Ok(None) => {}
            Err(refusal) => {
                let status = match refusal.code {
                    "NOT_FOUND" | "NO_ROUTE" => 404,
                    "NAME_TAKEN" | "RELOADING" => 409,
                    _ => 400,
                };
                let body = json!({"error": {"code": refusal.code, "message": refusal.message}});
                self.reply(token, &(status, body));
            }
        }
    }

    pub(super) fn reply(&mut self, token: u64, (status, body): &Answer) {
        self.touched.insert(token);
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.mode = Mode::Requests;
            connection.json(*status, body);
        }
    }

    /// Answers with JSON that is text already.
    pub(super) fn reply_json_text(&mut self, token: u64, status: u16, text: &str) {
        self.touched.insert(token);
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.mode = Mode::Requests;
            connection.answer(status, "application/json", text.as_bytes(), "");
        }
    }

    fn reply_text(&mut self, token: u64, kind: &str, text: &str) {
        self.touched.insert(token);
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.answer(200, kind, text.as_bytes(), super::dashboard::SECURITY);
        }
    }

    fn ping(&self) -> Value {
        json!({
            "pid": std::process::id(),
            "version": self.options.version,
            "api": 1,
            "program": self.options.program,
            "generation": self.generation,
            "uptime": boot_ms().saturating_sub(self.started),
            "holder": self.link.as_ref().map(|link| link.holder_pid),
            "home": self.home.path(),
            "problems": self.problems,
        })
    }

    fn get_list(&mut self, token: u64, request: &Request) -> Result<(), Refusal> {
        let ids = request
            .parameter("select")
            .map(|word| self.supervisor.select(&word))
            .transpose()?;
        let text = self.list_text(ids.as_deref());
        self.reply_json_text(token, 200, &text);
        Ok(())
    }

    fn get_full(&mut self, word: &str, request: &Request) -> Result<Answer, Refusal> {
        let ids = self.supervisor.select(word)?;
        let with_env = request.parameter("env").is_some_and(|value| value == "1");
        self.look();
        let rows: Vec<Value> = ids
            .iter()
            .filter_map(|id| {
                let instance = self.supervisor.instance(*id)?;
                let app = self.supervisor.app(&instance.app)?;
                let mut row = self.full(instance, app, with_env);
                row["log_problems"] = self.log_problems(&row);
                row["config_changed"] = config_changed(&app.config).into();
                if !matches!(instance.state, State::Online | State::Launching) {
                    name_thief(&mut row, app.config.port);
                }
                Some(row)
            })
            .collect();
        Ok((200, Value::Array(rows)))
    }

    /// Which of an instance's log files cannot be written, and why.
    fn log_problems(&self, row: &Value) -> Value {
        let paths = ["out_file", "err_file"].map(|key| row[key].as_str().unwrap_or_default());
        let found = self
            .paused_logs
            .iter()
            .filter(|(path, _)| paths.iter().any(|own| path.as_os_str() == *own));
        found
            .map(|(path, problem)| (path.to_string_lossy().into_owned(), json!(problem)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn get_history(&mut self, word: &str, request: &Request) -> Result<Answer, Refusal> {
        let ids = self.supervisor.select(word)?;
        let minutes = request
            .parameter("minutes")
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(60);
        let since = crate::clock::wall_ms().saturating_sub(minutes.saturating_mul(60_000));
        let mut all = serde_json::Map::new();
        for id in ids {
            let Some(uuid) = self
                .supervisor
                .instance(id)
                .map(|instance| instance.uuid.clone())
            else {
                continue;
            };
            let points: Vec<Value> = self
                .store
                .history(&uuid, since)
                .iter()
                .map(|point| {
                    json!({"at": point.at, "cpu": f64::from(point.cpu) / 100.0, "memory": point.memory,
                        "restarts": point.restarts, "lag": point.lag, "requests": point.requests})
                })
                .collect();
            all.insert(id.to_string(), Value::Array(points));
        }
        Ok((200, Value::Object(all)))
    }

    /// 200 when everything that should run runs, else 503 with what does not.
    fn health(&self) -> Answer {
        let down: Vec<Value> = self
            .supervisor
            .instances()
            .filter(|(instance, _)| {
                instance.goal == crate::supervisor::Goal::Up
                    && instance.state != crate::supervisor::State::Online
            })
            .map(|(instance, app)| {
                json!({"id": instance.id, "name": app.config.name, "status": instance.state.name(), "why": view::why(instance, app)})
            })
            .collect();
        let store = self.store.problem();
        let ok = down.is_empty() && store.is_none() && self.paused_logs.is_empty();
        (
            if ok { 200 } else { 503 },
            json!({"status": if ok { "ok" } else { "degraded" }, "down": down, "state": store, "logs": self.paused_logs, "problems": self.problems}),
        )
    }

    fn stream_events(&mut self, token: u64, request: &Request) {
        let since = request
            .parameter("since")
            .and_then(|text| text.parse::<u64>().ok());
        let mut text = Vec::new();
        if let Some(since) = since {
            for event in self.events.since(since) {
                let _ = serde_json::to_writer(&mut text, event);
                text.push(b'\n');
            }
        }
        self.touched.insert(token);
        if let Some(connection) = self.connections.get_mut(&token) {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut chunk = head.as_bytes().to_vec();
            crust_wire::append_chunk(&mut chunk, &text);
            connection.push(&chunk);
            connection.mode = Mode::Events;
            self.listeners.push(token);
        }
    }
}

/// Whether the ecosystem file differs from what was applied, or is gone.
fn config_changed(config: &AppConfig) -> bool {
    match (&config.config_file, &config.config_file_sha256) {
        (Some(file), Some(applied)) => file_digest(file).as_ref() != Some(applied),
        _ => false,
    }
}

/// Says who has the port of a program that does not run.
fn name_thief(row: &mut Value, port: Option<u16>) {
    let Some(port) = port else { return };
    let Some((pid, command)) = crate::procfs::listener_of(port) else {
        return;
    };
    let text = row["why"]["text"].as_str().unwrap_or_default();
    row["why"]["text"] =
        format!("{text}; its port {port} is taken by process {pid} ({command})").into();
    row["port_taken_by"] = json!({"pid": pid, "command": command});
}
