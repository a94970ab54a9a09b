//! The interface over TCP, for dashboards and scrapers: who may use it, and the live connection.

use std::net::{IpAddr, Ipv4Addr, TcpListener};

use crust_wire::websocket::{
    Decoder, Event, Opcode, Role, append_close, append_frame, append_switch, is_key,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::{Connection, Mode, Request, Stream};
use super::driver::{Daemon, Task, WEB};
use super::follow::Followed;
use super::routes::Answer;
use crate::clock::boot_ms;
use crate::poller::Interest;
use crate::procfs;
use crate::supervisor::Refusal;

/// What is shown in a browser needs nothing from elsewhere and may not be framed.
pub(super) const SECURITY: &str = "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n";

/// Keeps the token of a page's address for what the page asks for.
const COOKIE: &str = "crust_pm_token";

/// The files of the page: name, type, text.
const PAGE: [(&str, &str, &str); 3] = [
    (
        "",
        "text/html; charset=utf-8",
        include_str!("../../dashboard/index.html"),
    ),
    (
        "app.css",
        "text/css; charset=utf-8",
        include_str!("../../dashboard/style.css"),
    ),
    (
        "app.js",
        "text/javascript; charset=utf-8",
        include_str!("../../dashboard/dist/app.js"),
    ),
];

/// Between two lists on a live connection.
const LIVE_MS: u64 = 1000;
/// Messages of a dashboard are short.
const LONGEST_MESSAGE: usize = 64 << 10;
/// Where the dashboard listens unless told otherwise.
const PORT: u16 = 9615;

/// Where the page is to be.
#[derive(Debug, Default, Deserialize)]
struct WebBody {
    host: Option<String>,
    port: Option<u16>,
}

impl Daemon {
    /// Whether a request may be answered. Over the Unix socket the kernel has said who it is; a loopback
    /// connection must be of the same user and to a loopback name, any other must bring the token.
    pub(super) fn is_allowed(&self, token: u64, request: &Request) -> bool {
        let Some(connection) = self.connections.get(&token) else {
            return false;
        };
        let Stream::Tcp(stream) = &connection.stream else {
            return true;
        };
        let is_token = |given: &str| same(given.as_bytes(), self.token.as_bytes());
        let given = request.parameter("token").or_else(|| {
            let field = request.field("authorization")?;
            field.strip_prefix("Bearer ").map(ToOwned::to_owned)
        });
        if given.is_some_and(|given| is_token(&given)) {
            return true;
        }
        let host = request.field("host").unwrap_or_default();
        let origin = request.field("origin");
        let same_origin = origin.is_none_or(|origin| origin == format!("http://{host}"));
        // A browser sends it by itself, so who asks must be our own page.
        if same_origin && cookie(request).is_some_and(|given| is_token(&given)) {
            return true;
        }
        let (Ok(peer), Ok(here)) = (stream.peer_addr(), stream.local_addr()) else {
            return false;
        };
        peer.ip().is_loopback() && is_loopback_name(&host) && same_origin && {
            let user = procfs::peer_user(peer, here);
            user == Some(rustix::process::geteuid().as_raw()) || user == Some(0)
        }
    }

    /// A file of the page. With the token in its address, the page's own requests get it as a cookie.
    pub(super) fn page(&mut self, token: u64, name: &str, request: &Request) -> bool {
        let Some((_, kind, text)) = PAGE.iter().find(|(known, _, _)| *known == name) else {
            return false;
        };
        let cookie = request.parameter("token").map(|_| {
            format!(
                "Set-Cookie: {COOKIE}={}; Path=/; HttpOnly; SameSite=Strict\r\n",
                self.token
            )
        });
        self.touched.insert(token);
        if let Some(connection) = self.connections.get_mut(&token) {
            let fields = format!("{SECURITY}{}", cookie.unwrap_or_default());
            connection.answer(200, kind, text.as_bytes(), &fields);
        }
        true
    }

    /// Opens the dashboard's port.
    pub(super) fn open_web(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let body: WebBody = serde_json::from_slice(&request.body)
            .map_err(|error| Refusal::new("INVALID", format!("the body is not usable: {error}")))?;
        let named = body.port.is_none() && body.host.is_none();
        // A name would have to be looked up, and nothing here waits for others.
        let host = match body.host.as_deref() {
            None | Some("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(host) => host.parse().map_err(|_| {
                Refusal::new(
                    "INVALID",
                    format!("host: {host:?} is no address of a network"),
                )
            })?,
        };
        let port = body.port.unwrap_or(PORT);
        // The one that is open already is as good, unless another was asked for.
        let open = self.web.as_ref().and_then(|web| web.local_addr().ok());
        if let Some(local) = open
            .filter(|local| named || (local.ip() == host && (port == 0 || local.port() == port)))
        {
            return Ok(self.web_address(local));
        }
        if let Some(web) = self.web.take() {
            self.poller.remove(&web);
        }
        let fail = |error: std::io::Error| {
            let by = procfs::listener_of(port)
                .map(|(pid, line)| format!(": process {pid} ({line}) has it"));
            Refusal::new(
                if error.kind() == std::io::ErrorKind::AddrInUse {
                    "PORT_IN_USE"
                } else {
                    "IO"
                },
                format!(
                    "cannot listen at {host}, port {port}: {error}{}",
                    by.unwrap_or_default()
                ),
            )
        };
        let listener = TcpListener::bind((host, port)).map_err(fail)?;
        listener.set_nonblocking(true).map_err(fail)?;
        let local = listener.local_addr().map_err(fail)?;
        self.poller
            .add(&listener, WEB, Interest::Read)
            .map_err(fail)?;
        self.web = Some(listener);
        Ok(self.web_address(local))
    }

    /// Where the page is, with the token where one is needed.
    fn web_address(&self, local: std::net::SocketAddr) -> Answer {
        let query = if local.ip().is_loopback() {
            String::new()
        } else {
            format!("?token={}", self.token)
        };
        let shown = match local.ip() {
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        (
            200,
            json!({"url": format!("http://{shown}:{}/{query}", local.port()), "port": local.port()}),
        )
    }

    /// Turns a request into a live connection.
    pub(super) fn upgrade(&mut self, token: u64, request: &Request) {
        let key = request
            .field("sec-websocket-key")
            .filter(|key| request.upgrades && is_key(key));
        let Some(key) = key else {
            let body = json!({"error": {"code": "INVALID", "message": "this is a WebSocket"}});
            return self.reply(token, &(400, body));
        };
        let Some(connection) = self.connections.get_mut(&token) else {
            return;
        };
        let mut head = Vec::new();
        append_switch(&mut head, &key, None, b"");
        connection.push(&head);
        connection.mode =
            Mode::WebSocket(Box::new(Decoder::new(Role::Server, LONGEST_MESSAGE, None)));
        self.touched.insert(token);
        self.listeners.push(token);
        self.schedule(boot_ms(), Task::Live);
    }

    /// Sends the list to every dashboard, and again in a second while there is one.
    pub(super) fn live(&mut self) {
        let watched = self.listeners.iter().any(|token| {
            self.connections
                .get(token)
                .is_some_and(|connection| matches!(connection.mode, Mode::WebSocket(_)))
        });
        if !watched {
            return;
        }
        let list = self.list_text(None);
        let (at, problems) = (crate::clock::wall_ms(), json!(self.problems));
        let text = format!(
            "{{\"type\":\"list\",\"at\":{at},\"processes\":{list},\"problems\":{problems}}}"
        );
        for token in self.listeners.clone() {
            if let Some(connection) = self.connections.get_mut(&token)
                && matches!(connection.mode, Mode::WebSocket(_))
            {
                send_text(connection, &text);
                self.touched.insert(token);
            }
        }
        self.send_output();
        if !self.tasks.iter().any(|task| task.0.1 == Task::Live) {
            self.schedule(boot_ms() + LIVE_MS, Task::Live);
        }
    }

    /// Sends what the chosen processes have written.
    fn send_output(&mut self) {
        for token in &self.listeners {
            let Some(connection) = self.connections.get_mut(token) else {
                continue;
            };
            let Some(mut followed) = connection.followed.take() else {
                continue;
            };
            for (stream, text) in followed.news() {
                let message =
                    json!({"type": "log", "id": followed.id, "stream": stream, "text": text});
                send_text(connection, &message.to_string());
                self.touched.insert(*token);
            }
            connection.followed = Some(followed);
        }
    }

    /// A dashboard says whose output it wants, as `{"log": 3}`.
    fn follow(&mut self, token: u64, text: &[u8]) {
        let Ok(message) = serde_json::from_slice::<Value>(text) else {
            return;
        };
        let id = message["log"]
            .as_u64()
            .and_then(|id| u32::try_from(id).ok());
        let followed = id.and_then(|id| {
            let instance = self.supervisor.instance(id)?;
            let app = self.supervisor.app(&instance.app)?;
            let (out, err) = super::spawning::log_files(&self.home, &app.config, instance.index);
            Some(Followed::new(id, out, err))
        });
        if let Some(connection) = self.connections.get_mut(&token) {
            connection.followed = followed;
        }
        self.send_output();
    }

    /// What a dashboard sends: pings, whose output it wants, and its goodbye.
    pub(super) fn websocket_ready(&mut self, token: u64) {
        let Some(connection) = self.connections.get_mut(&token) else {
            return;
        };
        let mut input = std::mem::take(&mut connection.input);
        let mut at = 0;
        let mut wanted = None;
        while let Some(rest) = input.get_mut(at..).filter(|rest| !rest.is_empty()) {
            let Mode::WebSocket(decoder) = &mut connection.mode else {
                return;
            };
            let mut answer = Vec::new();
            let mut over = false;
            let taken = match decoder.decode(rest) {
                Ok((taken, event)) => {
                    match event {
                        Some(Event::Ping(payload)) => {
                            append_frame(&mut answer, Opcode::Pong, false, None, &payload);
                        }
                        Some(Event::Text(text)) => wanted = Some(text.into_owned()),
                        Some(Event::Close(_)) => {
                            append_close(&mut answer, Some(1000), "", None);
                            over = true;
                        }
                        _ => {}
                    }
                    taken
                }
                Err(violation) => {
                    append_close(&mut answer, Some(violation.code()), "", None);
                    over = true;
                    rest.len()
                }
            };
            at += taken.max(1);
            connection.push(&answer);
            if over {
                connection.close_soon();
                break;
            }
        }
        self.touched.insert(token);
        if let Some(text) = wanted {
            self.follow(token, &text);
        }
    }
}

/// The token in a request's cookies.
fn cookie(request: &Request) -> Option<String> {
    let field = request.field("cookie")?;
    field.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_owned())
    })
}

fn send_text(connection: &mut Connection, text: &str) {
    let mut frame = Vec::new();
    append_frame(&mut frame, Opcode::Text, false, None, text.as_bytes());
    connection.push(&frame);
}

/// Names that only mean this machine; another could be made to point here by its owner.
fn is_loopback_name(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Compares in a time that does not tell how much was right.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0, |sum, (left, right)| sum | (left ^ right))
            == 0
}
