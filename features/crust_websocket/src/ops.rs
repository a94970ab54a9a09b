//! The natives of `crust:ops/websocket` that both sides use, and those of servers.

use crate::hub::{Hub, Settings};
use crate::registry;
use crate::socket::Socket;
use crust_core::{Call, GlobalValue, Op, OpError, OpResult, Throw};
use crust_wire::websocket::{DeflatePolicy, Opcode, is_sendable};
use std::rc::Rc;
use std::time::Duration;

pub(crate) const OPS: &[Op] = &[
    Op::new("makeHub", make_hub),
    Op::new("hubOpen", hub_open),
    Op::new("hubRemove", hub_remove),
    Op::new("hubTerminate", hub_terminate),
    Op::new("hubPublish", hub_publish),
    Op::new("hubSubscribers", hub_subscribers),
    Op::new("send", send),
    Op::new("close", close),
    Op::new("terminate", terminate),
    Op::new("publish", publish),
    Op::new("subscribe", subscribe),
    Op::new("unsubscribe", unsubscribe),
    Op::new("isSubscribed", is_subscribed),
    Op::new("subscriptions", subscriptions),
    Op::new("buffered", buffered),
    Op::new("remoteAddress", remote_address),
    Op::new("pause", pause),
];

/// `makeHub({…}, callback)`: the hub's number.
fn make_hub<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let options = cx.value(0);
    let number = |name: &str| -> Result<f64, Throw<'s>> { Ok(options.get(name)?.to_number()?) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked by the caller; saturates"
    )]
    let size = |name: &str| -> Result<usize, Throw<'s>> { Ok(number(name)? as usize) };
    let flag = |name: &str| -> Result<bool, Throw<'s>> { Ok(options.get(name)?.to_boolean()) };
    let deflate = if flag("deflate")? {
        Some(DeflatePolicy {
            forget_ours: flag("forgetOurs")?,
            forget_theirs: flag("forgetTheirs")?,
            window: u8::try_from(size("window")?).unwrap_or(15).clamp(9, 15),
        })
    } else {
        None
    };
    let settings = Settings {
        max_payload: size("maxPayload")?,
        backpressure_limit: size("backpressureLimit")?,
        close_on_limit: flag("closeOnLimit")?,
        idle_timeout: Duration::try_from_secs_f64(number("idleTimeout")?).unwrap_or_default(),
        send_pings: flag("sendPings")?,
        publish_to_self: flag("publishToSelf")?,
        deflate,
        wants_pings: flag("wantsPings")?,
        compress: flag("compress")?,
    };
    let hub = Hub::new(settings, GlobalValue::new(cx.function(1)?));
    Ok(count(cx, registry::add_hub(hub)))
}

pub(crate) fn count<'s>(cx: &Call<'s>, count: usize) -> crust_core::Value<'s> {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let number = count as f64;
    cx.make_number(number)
}

pub(crate) fn hub_at<'s>(cx: &Call<'s>, index: usize) -> Result<Rc<Hub>, Throw<'s>> {
    registry::hub(cx.integer(index)?)
        .ok_or_else(|| OpError::error("the hub of these sockets is gone").into())
}

/// The socket of argument 0; `None` once it is closed (JS then says -1).
fn socket<'s>(cx: &Call<'s>) -> Result<Option<Rc<Socket>>, Throw<'s>> {
    let key: i64 = cx.integer(0)?;
    Ok(usize::try_from(key).ok().and_then(registry::socket))
}

/// `hubOpen(hub)`: sockets that are open.
fn hub_open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let open = hub_at(cx, 0)?.open.get();
    Ok(count(cx, open))
}

/// `hubRemove(hub)`: its number is free; sockets that still close keep it alive.
fn hub_remove<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    registry::remove_hub(cx.integer(0)?);
    Ok(cx.undefined())
}

/// `hubTerminate(hub)`: every socket is told that the server goes away, and cut.
fn hub_terminate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    hub_at(cx, 0)?.terminate_all(cx.scope());
    Ok(cx.undefined())
}

/// `hubSubscribers(hub, topic)`.
fn hub_subscribers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let subscribers = hub_at(cx, 0)?.subscribers(&cx.string(1)?);
    Ok(count(cx, subscribers))
}

fn opcode_at<'s>(cx: &Call<'s>, index: usize) -> Result<Opcode, Throw<'s>> {
    Ok(match cx.integer::<u8>(index)? {
        1 => Opcode::Text,
        9 => Opcode::Ping,
        10 => Opcode::Pong,
        _ => Opcode::Binary,
    })
}

/// Calls `work` with the bytes of a string or buffer.
fn with_payload<'s, T>(
    cx: &Call<'s>,
    index: usize,
    work: impl FnOnce(&[u8]) -> T,
) -> Result<T, Throw<'s>> {
    if cx.value(index).is_string() {
        let text = cx.string(index)?;
        return Ok(work(text.as_bytes()));
    }
    Ok(work(cx.bytes(index)?))
}

/// `hubPublish(hub, topic, opcode, data, compress)`: bytes, 0 without subscribers.
fn hub_publish<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hub = hub_at(cx, 0)?;
    let (topic, opcode, compress) = (cx.string(1)?, opcode_at(cx, 2)?, cx.boolean(4));
    let sent = with_payload(cx, 3, |payload| {
        if hub.publish(&topic, opcode, payload, compress, None) {
            payload.len()
        } else {
            0
        }
    })?;
    Ok(count(cx, sent))
}

/// `publish(socket, topic, opcode, data, compress)`: as `hubPublish`, without the socket itself.
fn publish<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(socket) = socket(cx)? else {
        return Ok(cx.make_number(0.0));
    };
    let (topic, opcode, compress) = (cx.string(1)?, opcode_at(cx, 2)?, cx.boolean(4));
    let hub = socket.hub();
    let but = (!hub.settings.publish_to_self).then(|| socket.key());
    let sent = with_payload(cx, 3, |payload| {
        if hub.publish(&topic, opcode, payload, compress, but) {
            payload.len()
        } else {
            0
        }
    })?;
    Ok(count(cx, sent))
}

/// `send(socket, opcode, data, compress)`: bytes, 0 when dropped, -1 under back-pressure.
fn send<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(socket) = socket(cx)? else {
        return Ok(cx.make_number(0.0));
    };
    let (opcode, compress) = (opcode_at(cx, 1)?, cx.boolean(3));
    let sent = with_payload(cx, 2, |payload| socket.send(opcode, payload, compress))?;
    #[expect(clippy::cast_precision_loss, reason = "a size in memory")]
    let number = sent as f64;
    Ok(cx.make_number(number))
}

/// `close(socket, code | 0, reason)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Some(socket) = socket(cx)? {
        let code = u16::try_from(cx.integer::<i64>(1)?).ok();
        let code = code.filter(|code| is_sendable(*code));
        socket.close(cx.scope(), code, &cx.string(2)?);
    }
    Ok(cx.undefined())
}

/// `terminate(socket)`.
fn terminate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Some(socket) = socket(cx)? {
        socket.end(cx.scope(), 1006, "", false);
    }
    Ok(cx.undefined())
}

/// `subscribe(socket, topic)`: whether the socket is subscribed now.
fn subscribe<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let topic = cx.string(1)?;
    let done = socket(cx)?.is_some_and(|socket| socket.subscribe(&topic));
    Ok(cx.make_bool(done))
}

/// `unsubscribe(socket, topic)`.
fn unsubscribe<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let topic = cx.string(1)?;
    let done = socket(cx)?.is_some_and(|socket| socket.unsubscribe(&topic));
    Ok(cx.make_bool(done))
}

/// `isSubscribed(socket, topic)`.
fn is_subscribed<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let topic = cx.string(1)?;
    let is = socket(cx)?.is_some_and(|socket| socket.is_subscribed(&topic));
    Ok(cx.make_bool(is))
}

/// `subscriptions(socket)`: the topics.
fn subscriptions<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let topics = socket(cx)?.map_or_else(Vec::new, |socket| socket.topics());
    cx.make_array(topics, |scope, topic| scope.string(&topic))
}

/// `buffered(socket)`: bytes that wait for the peer.
fn buffered<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let bytes = socket(cx)?.map_or(0, |socket| socket.buffered());
    Ok(count(cx, bytes))
}

/// `remoteAddress(socket)`.
fn remote_address<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let address = socket(cx)?.map_or_else(String::new, |socket| socket.peer());
    Ok(cx.make_string(&address))
}

/// `pause(socket, whether)`.
fn pause<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Some(socket) = socket(cx)? {
        socket.set_paused(cx.boolean(1));
    }
    Ok(cx.undefined())
}
