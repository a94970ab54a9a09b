//! `serve [PATH] [PORT]`: the files of a folder as an application, as PM2 has it. The server itself is
//! `crust_procman`'s, and reads what it serves from its environment.

use serde_json::{Map, Value, json};

use super::{Line, input, start};
use crate::args::Parsed;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::program::{self, Source};
use crate::session::Session;

/// Where it listens unless told.
const PORT: &str = "8080";

/// `serve [PATH] [PORT] [--spa] [--basic-auth-username USER --basic-auth-password PASSWORD] [--host HOST]`.
pub(super) fn serve(line: &Line) -> Result<Outcome, CliError> {
    let (path, port) = match line.words.as_slice() {
        [] => (".", None),
        [path] => (path.as_str(), None),
        [path, port] => (path.as_str(), Some(port.as_str())),
        _ => return Err(start::refused("serve takes a folder and a port")),
    };
    let port = port.or_else(|| line.value("port")).unwrap_or(PORT);
    let folder = std::path::absolute(path)
        .and_then(|folder| folder.canonicalize())
        .ok()
        .filter(|folder| folder.is_dir());
    let Some(folder) = folder else {
        return Err(start::refused(&format!(
            "there is no folder {path:?} to serve"
        )));
    };
    let auth = (line.value("auth_user"), line.value("auth_password"));
    if auth.0.is_some() != auth.1.is_some() {
        return Err(start::refused(
            "--basic-auth-username and --basic-auth-password belong together",
        ));
    }
    let mut keys = input::keys(line);
    keys.entry("name")
        .or_insert_with(|| json!(format!("static-page-server-{port}")));
    keys.insert("script".to_owned(), json!("serve"));
    keys.insert("port".to_owned(), json!(port));
    keys.insert("cwd".to_owned(), json!(folder));
    let mut variables = match keys.remove("env") {
        Some(Value::Object(variables)) => variables,
        _ => Map::new(),
    };
    let folder = folder.to_string_lossy();
    for (name, value) in [
        ("PM2_SERVE_PATH", Some(folder.as_ref())),
        ("PM2_SERVE_SPA", line.has("spa").then_some("true")),
        ("PM2_SERVE_HOST", line.value("host")),
        ("PM2_SERVE_BASIC_AUTH_USERNAME", auth.0),
        ("PM2_SERVE_BASIC_AUTH_PASSWORD", auth.1),
    ] {
        if let Some(value) = value {
            variables.insert(name.to_owned(), json!(value));
        }
    }
    keys.insert("env".to_owned(), Value::Object(variables));
    start::begin(line, &[start::app_of(line, &keys)?])
}

/// `crust proc static`: the server. It is what an application of `serve` executes.
pub(super) fn run(session: &Session) -> Result<Outcome, CliError> {
    let source = Source::Code {
        code: crust_procman::STATIC_SERVER_SOURCE.to_owned(),
        print: false,
    };
    program::run(session, &Parsed::default(), source, &[])
}
