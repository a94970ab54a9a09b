//! Servers: listening, routes, stopping.

use super::{add, server};
use crate::compression::{Coding, Compression};
use crate::file_route::FileRoute;
use crate::listener::Place;
use crate::router::{Answer, Router};
use crate::server::{Batch, Callbacks, Server, Settings};
use crate::static_response::StaticResponse;
use crate::tls;
use crust_core::{Call, GlobalValue, Op, OpError, OpResult, Throw, Type, Value};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

pub(super) const OPS: &[Op] = &[
    Op::new("listen", listen),
    Op::new("setRoutes", set_routes),
    Op::new("stop", stop),
    Op::new("closeIdle", close_idle),
    Op::new("serverPort", server_port),
    Op::new("serverPending", server_pending),
    Op::new("serverRef", server_ref),
];

/// `listen({hostname, port, reusePort, ipv6Only, unix, idleTimeout, maxBody, tls}, onRequests, onDrained,
/// onAborted, onBody)`: `[id, words]`, the server's id and the array of its batches.
fn listen<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let options = cx.value(0);
    let settings = settings(options)?;
    let callbacks = Callbacks {
        requests: GlobalValue::new(cx.function(1)?),
        drained: GlobalValue::new(cx.function(2)?),
        aborted: GlobalValue::new(cx.function(3)?),
        body: GlobalValue::new(cx.function(4)?),
    };
    let (batch, words) = Batch::new(cx.scope())?;
    let server = Server::listen(&settings, callbacks, batch)
        .map_err(|error| listen_error(&error, &settings.place))?;
    let id = add(server)?;
    #[expect(clippy::cast_precision_loss, reason = "below MAX_SERVERS")]
    let id = cx.make_number(id as f64);
    Ok(cx.scope().array(&[id, words])?)
}

fn settings<'s>(options: Value<'s>) -> Result<Settings, Throw<'s>> {
    let idle = options.get("idleTimeout")?.to_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    let max_body = options.get("maxBody")?.to_number()? as u64;
    let tls = options.get("tls")?;
    Ok(Settings {
        place: place(options)?,
        idle_timeout: (idle > 0.0)
            .then(|| Duration::try_from_secs_f64(idle).unwrap_or(Duration::MAX)),
        max_body,
        tls: if tls.is_nullish() {
            None
        } else {
            Some(tls::server_config(tls)?)
        },
        compression: compression(options.get("compression")?)?,
    })
}

/// `[names, leastBytes]`, checked by the caller.
fn compression<'s>(option: Value<'s>) -> Result<Option<Compression>, Throw<'s>> {
    if option.is_nullish() {
        return Ok(None);
    }
    let names = option.get_index(0)?.to_text()?;
    Ok(Some(Compression {
        codings: names.split(',').filter_map(Coding::from_name).collect(),
        least_bytes: small(option.get_index(1)?)? as usize,
    }))
}

fn place<'s>(options: Value<'s>) -> Result<Place, Throw<'s>> {
    let unix = options.get("unix")?;
    if unix.type_of() == Type::String {
        return Ok(Place::Unix(unix.to_text()?));
    }
    let port = options.get("port")?.to_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked by the caller; saturates"
    )]
    let port = port as u16;
    Ok(Place::Tcp {
        host: options.get("hostname")?.to_text()?,
        port,
        reuse_port: options.get("reusePort")?.to_boolean(),
        only_v6: options.get("ipv6Only")?.to_boolean(),
    })
}

fn listen_error(error: &std::io::Error, place: &Place) -> OpError {
    let what = match place {
        Place::Tcp { host, port, .. } => format!("{host}:{port}"),
        Place::Unix(path) => path.replace('\0', "@"),
    };
    match error.raw_os_error() {
        Some(errno) => {
            let (code, text) = crust_core::errno::describe(errno);
            let message = if code == "EADDRINUSE" {
                format!("Failed to start server. Is port {what} in use?")
            } else {
                format!("Failed to listen at {what}: {text}")
            };
            OpError::error(message)
                .code(code)
                .property("syscall", "listen")
                .number_property("errno", f64::from(-errno))
        }
        None => OpError::error(format!("Failed to listen at {what}: {error}")).code("ENOTFOUND"),
    }
}

/// `setRoutes(server, [path, method, kind, …, path, method, kind, …])`: seven values a route. `kind` is
/// 0 for `fetch`, 1 for a handler (its index), 2 for a static response (status, text, lines, body), 3 for
/// a file (path, type, lines, status), 4 for a directory (path, prefix).
fn set_routes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let server = server(cx)?;
    let list = cx.value(1);
    let count = list.get("length")?.to_number()?;
    let mut router = Router::default();
    let mut index = 0_u32;
    while f64::from(index) < count {
        let path = list.get_index(index)?.to_text()?;
        let method = small(list.get_index(index + 1)?)?;
        let pattern = small(list.get_index(index + 2)?)?;
        let answer = answer(&server, list, index + 3)?;
        router.add(&path, u8::try_from(method).unwrap_or(0), answer, pattern);
        index += VALUES;
    }
    server.set_router(router);
    Ok(cx.undefined())
}

/// Values of one route in `setRoutes`.
const VALUES: u32 = 8;

fn small<'s>(value: Value<'s>) -> Result<u32, Throw<'s>> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index; saturates"
    )]
    let number = value.to_number()? as u32;
    Ok(number)
}

fn answer<'s>(server: &Server, list: Value<'s>, index: u32) -> Result<Answer, Throw<'s>> {
    let first = list.get_index(index + 1)?;
    let second = list.get_index(index + 2)?;
    let third = list.get_index(index + 3)?;
    let fourth = list.get_index(index + 4)?;
    Ok(match small(list.get_index(index)?)? {
        1 => Answer::Handler(small(first)?),
        2 => {
            let status = u16::try_from(small(first)?).unwrap_or(200);
            let mut text = second.to_text()?;
            if text.is_empty() {
                crust_wire::reason(status).clone_into(&mut text);
            }
            let (mut lines, mut body) = (Vec::new(), Vec::new());
            third.append_latin1(&mut lines)?;
            super::respond::append_body(fourth, &mut body)?;
            let mut response = StaticResponse::new(status, text, lines, body);
            if let Some(compression) = server.compression() {
                response.compress(compression);
            }
            Answer::Static(Rc::new(response))
        }
        3 => {
            let mut fields = Vec::new();
            third.append_latin1(&mut fields)?;
            Answer::File(Rc::new(FileRoute::File {
                path: PathBuf::from(first.to_text()?),
                content_type: second.to_text()?,
                status: u16::try_from(small(fourth)?).unwrap_or(200),
                fields,
            }))
        }
        4 => Answer::File(Rc::new(FileRoute::Directory {
            path: PathBuf::from(first.to_text()?),
            prefix: second.to_text()?,
        })),
        _ => Answer::Fetch,
    })
}

/// `stop(server, force)`: a promise of the last connection's end.
fn stop<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (promise, resolver) = cx.scope().promise()?;
    match server(cx) {
        Ok(server) => server.stop(cx.scope(), cx.boolean(1), resolver),
        // It has stopped before.
        Err(_) => cx.runtime().event_loop().resolve_later(resolver),
    }
    Ok(promise)
}

fn close_idle<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    server(cx)?.close_idle();
    Ok(cx.undefined())
}

fn server_port<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let port = server(cx)?.port();
    Ok(cx.make_number(f64::from(port)))
}

fn server_pending<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    #[expect(clippy::cast_precision_loss, reason = "at most one per connection")]
    let pending = server(cx).map_or(0, |server| server.pending()) as f64;
    Ok(cx.make_number(pending))
}

fn server_ref<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Ok(server) = server(cx) {
        server.set_referenced(cx.boolean(1));
    }
    Ok(cx.undefined())
}
