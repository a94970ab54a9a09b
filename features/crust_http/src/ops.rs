//! The natives of `crust:ops/http`.

use crate::connection::Connection;
use crate::listener::Place;
use crate::server::{Callbacks, Server, Settings};
use crust_core::{Call, GlobalValue, Op, OpError, OpResult, Throw, Type};
use slab::Slab;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// See the module documentation.
pub(crate) const OPS: &[Op] = &[
    Op::new("listen", listen),
    Op::new("stop", stop),
    Op::new("serverPort", server_port),
    Op::new("serverPending", server_pending),
    Op::new("serverRef", server_ref),
    Op::new("respond", respond),
    Op::new("respondStart", respond_start),
    Op::new("respondChunk", respond_chunk),
    Op::new("respondEnd", respond_end),
    Op::new("peerAddress", peer_address),
];

/// The servers of the runtime.
#[derive(Default)]
struct Servers {
    list: RefCell<Slab<Rc<Server>>>,
}

/// `listen({hostname, port, reusePort, unix, idleTimeout, maxBody}, onRequest, onDrained, onAborted)`:
/// the server's id.
fn listen<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let options = cx.value(0);
    let unix = options.get("unix")?;
    let place = if unix.type_of() == Type::String {
        Place::Unix(unix.to_text()?)
    } else {
        let port = options.get("port")?.to_number()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked by the caller; saturates"
        )]
        let port = port as u16;
        Place::Tcp {
            host: options.get("hostname")?.to_text()?,
            port,
            reuse_port: options.get("reusePort")?.to_boolean(),
        }
    };
    let idle = options.get("idleTimeout")?.to_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates"
    )]
    let max_body = options.get("maxBody")?.to_number()? as u64;
    let settings = Settings {
        place,
        idle_timeout: (idle > 0.0)
            .then(|| Duration::try_from_secs_f64(idle).unwrap_or(Duration::MAX)),
        max_body,
    };
    let callbacks = Callbacks {
        request: GlobalValue::new(cx.function(1)?),
        drained: GlobalValue::new(cx.function(2)?),
        aborted: GlobalValue::new(cx.function(3)?),
    };
    let server = Server::listen(&settings, callbacks)
        .map_err(|error| listen_error(&error, &settings.place))?;
    let id = cx
        .runtime()
        .state::<Servers>()
        .list
        .borrow_mut()
        .insert(server);
    #[expect(clippy::cast_precision_loss, reason = "a handful of servers")]
    let number = id as f64;
    Ok(cx.make_number(number))
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

fn server<'s>(cx: &Call<'s>) -> Result<Rc<Server>, Throw<'s>> {
    let id: usize = cx.integer(0)?;
    let found = cx
        .runtime()
        .state::<Servers>()
        .list
        .borrow()
        .get(id)
        .cloned();
    found.ok_or_else(|| {
        OpError::error("the server is gone")
            .code("ERR_SERVER_NOT_RUNNING")
            .into()
    })
}

fn connection<'s>(cx: &Call<'s>) -> Result<Option<Rc<Connection>>, Throw<'s>> {
    Ok(server(cx)?.find(cx.integer(1)?))
}

/// `stop(server, force)`: a promise of the last connection's end.
fn stop<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (promise, resolver) = cx.scope().promise()?;
    server(cx)?.stop(cx.boolean(1), resolver);
    Ok(promise)
}

fn server_port<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let port = server(cx)?.port();
    Ok(cx.make_number(f64::from(port)))
}

fn server_pending<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    #[expect(clippy::cast_precision_loss, reason = "at most one per connection")]
    let pending = server(cx)?.pending() as f64;
    Ok(cx.make_number(pending))
}

fn server_ref<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    server(cx)?.set_referenced(cx.boolean(1));
    Ok(cx.undefined())
}

/// Status text and fields of a response: arguments 3 and 4.
fn head<'s>(cx: &Call<'s>) -> Result<(u16, String, Vec<u8>), Throw<'s>> {
    let status: u16 = cx.integer(2)?;
    let text = cx
        .opt_string(3)?
        .unwrap_or_else(|| crust_wire::reason(status).to_owned());
    // Field values are Latin-1: one byte per character.
    let fields = cx
        .string(4)?
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect();
    Ok((status, text, fields))
}

/// `respond(server, handle, status, text, fields, body)`: whether the client was still there.
fn respond<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(connection) = connection(cx)? else {
        return Ok(cx.make_bool(false));
    };
    let (status, text, fields) = head(cx)?;
    let scope = cx.scope();
    let sent = match cx.value(5).type_of() {
        Type::String => connection.respond(scope, status, &text, &fields, cx.string(5)?.as_bytes()),
        Type::Undefined | Type::Null => connection.respond(scope, status, &text, &fields, b""),
        _ => connection.respond(scope, status, &text, &fields, cx.bytes(5)?),
    };
    Ok(cx.make_bool(sent))
}

/// `respondStart(server, handle, status, text, fields, length | -1)`: whether a body may follow.
fn respond_start<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(connection) = connection(cx)? else {
        return Ok(cx.make_bool(false));
    };
    let (status, text, fields) = head(cx)?;
    let length = cx.integer::<i64>(5)?;
    let started = connection.start(
        cx.scope(),
        status,
        &text,
        &fields,
        u64::try_from(length).ok(),
    );
    Ok(cx.make_bool(started))
}

/// `respondChunk(server, handle, data)`: bytes that wait for the client, -1 when it is gone.
fn respond_chunk<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pending = match connection(cx)? {
        None => None,
        Some(connection) if cx.value(2).is_string() => connection.chunk(cx.string(2)?.as_bytes()),
        Some(connection) => connection.chunk(cx.bytes(2)?),
    };
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let number = pending.map_or(-1.0, |pending| pending as f64);
    Ok(cx.make_number(number))
}

/// `respondEnd(server, handle, aborted)`.
fn respond_end<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Some(connection) = connection(cx)? {
        connection.end(cx.scope(), cx.boolean(2));
    }
    Ok(cx.undefined())
}

/// `peerAddress(server, handle)`: `{address, family, port}` or null.
fn peer_address<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(peer) = connection(cx)?.and_then(|connection| connection.peer()) else {
        return Ok(cx.null());
    };
    cx.make_object(&[
        ("address", cx.make_string(&peer.ip().to_string())),
        (
            "family",
            cx.make_string(if peer.is_ipv4() { "IPv4" } else { "IPv6" }),
        ),
        ("port", cx.make_number(f64::from(peer.port()))),
    ])
}
