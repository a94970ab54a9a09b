//! What JS answers.

use super::{exchange, server_at};
use crate::compression;
use crate::file_response::{self, FileResponse};
use crate::reply::Reply;
use crust_core::{Call, Op, OpResult, Throw, Type, Value};
use std::cell::Cell;
use std::path::Path;

pub(super) const OPS: &[Op] = &[
    Op::new("respond", respond),
    Op::new("respondCompressed", respond_compressed),
    Op::new("respondStart", respond_start),
    Op::new("respondChunk", respond_chunk),
    Op::new("respondEnd", respond_end),
    Op::new("respondFile", respond_file),
];

thread_local! {
    static FIELDS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    static BODY: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Memory kept for the next response.
const KEPT: usize = 64 * 1024;

/// Runs `work` with an empty buffer that is used again.
fn with_buffer<T>(
    slot: &'static std::thread::LocalKey<Cell<Vec<u8>>>,
    work: impl FnOnce(&mut Vec<u8>) -> T,
) -> T {
    let mut buffer = slot.take();
    let result = work(&mut buffer);
    buffer.clear();
    buffer.shrink_to(KEPT);
    slot.set(buffer);
    result
}

/// Content types that JS names by a number.
const TYPES: [&[u8]; 3] = [
    b"",
    b"Content-Type: text/plain;charset=utf-8\r\n",
    b"Content-Type: application/json;charset=utf-8\r\n",
];

/// Fields of a response: the number of a content type, or whole lines.
fn append_fields<'s>(value: Value<'s>, out: &mut Vec<u8>) -> Result<(), Throw<'s>> {
    if value.is_string() {
        value.append_latin1(out)?;
        return Ok(());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index; saturates"
    )]
    let index = value.to_number()? as usize;
    out.extend_from_slice(TYPES.get(index).copied().unwrap_or_default());
    Ok(())
}

/// A body that is a string, bytes, or nothing.
pub(super) fn append_body<'s>(value: Value<'s>, out: &mut Vec<u8>) -> Result<(), Throw<'s>> {
    match value.type_of() {
        Type::Undefined | Type::Null => {}
        Type::String => value.append_utf8(out)?,
        _ => value.with_bytes(|bytes| out.extend_from_slice(bytes)),
    }
    Ok(())
}

/// Lends a body: bytes where they are, a string's in a buffer. `work` runs no JS.
fn with_body<'s, T: 'static>(
    value: Value<'s>,
    work: impl FnOnce(&[u8]) -> T,
) -> Result<T, Throw<'s>> {
    match value.type_of() {
        Type::Undefined | Type::Null => Ok(work(b"")),
        Type::String => with_buffer(&BODY, |body| {
            value.append_utf8(body)?;
            Ok(work(body))
        }),
        _ => Ok(value.with_bytes(work)),
    }
}

/// Runs `work` with the head that arguments 1 to 3 (status, text, fields) describe.
fn with_reply<'s, T>(
    cx: &Call<'s>,
    work: impl FnOnce(&Reply<'_>) -> Result<T, Throw<'s>>,
) -> Result<T, Throw<'s>> {
    let status: u16 = cx.integer(1)?;
    let own = cx.opt_string(2)?;
    let text = own.as_deref().unwrap_or_else(|| crust_wire::reason(status));
    with_buffer(&FIELDS, |fields| {
        append_fields(cx.value(3), fields)?;
        work(&Reply {
            status,
            text,
            fields,
        })
    })
}

/// `respond(handle, status, text, fields, body)`: whether the client was still there.
fn respond<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(exchange) = exchange(cx)? else {
        return Ok(cx.make_bool(false));
    };
    let sent = with_reply(cx, |reply| {
        with_body(cx.value(4), |body| exchange.respond(reply, body))
    })?;
    Ok(cx.make_bool(sent))
}

/// `respondCompressed(handle, status, text, fields, body, server, slab, offset, headLength)`: as
/// `respond`, encoded as the request's head allows.
fn respond_compressed<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (Some(exchange), Some(server)) = (exchange(cx)?, server_at(cx, 5)?) else {
        return Ok(cx.make_bool(false));
    };
    let head = head_of(cx, 5)?;
    let sent = with_reply(cx, |reply| {
        with_buffer(&BODY, |body| {
            append_body(cx.value(4), body)?;
            let compressed = server.compression().and_then(|compression| {
                let coding = compression.choose(&head, reply.fields, body.len())?;
                compression::compress(coding, reply.fields, body)
            });
            Ok(match compressed {
                Some(compressed) => {
                    let reply = Reply {
                        fields: &compressed.fields,
                        ..*reply
                    };
                    exchange.respond(&reply, &compressed.body)
                }
                None => exchange.respond(reply, body),
            })
        })
    })?;
    Ok(cx.make_bool(sent))
}

/// `respondStart(handle, status, text, fields, length | -1)`: whether a body may follow.
fn respond_start<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(exchange) = exchange(cx)? else {
        return Ok(cx.make_bool(false));
    };
    let length = u64::try_from(cx.integer::<i64>(4)?).ok();
    let started = with_reply(cx, |reply| Ok(exchange.start(reply, length)))?;
    Ok(cx.make_bool(started))
}

/// `respondChunk(handle, data)`: bytes that wait for the client, -1 when it is gone.
fn respond_chunk<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pending = match exchange(cx)? {
        None => None,
        Some(exchange) => with_body(cx.value(1), |body| exchange.chunk(body))?,
    };
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let number = pending.map_or(-1.0, |pending| pending as f64);
    Ok(cx.make_number(number))
}

/// `respondEnd(handle, aborted)`.
fn respond_end<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Some(exchange) = exchange(cx)? {
        exchange.end(cx.boolean(1));
    }
    Ok(cx.undefined())
}

/// `respondFile(handle, status, text, fields, path | fd, type, start, length | -1, server, slab, offset,
/// headLength)`: 1 when the file is on its way, 0 when the client is gone, else the negative errno of
/// opening it.
fn respond_file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(exchange) = exchange(cx)? else {
        return Ok(cx.make_number(0.0));
    };
    let path = cx.string(4)?;
    let (file, metadata) = match file_response::open(Path::new(&path)) {
        Ok(opened) => opened,
        Err(error) => {
            let errno = error
                .raw_os_error()
                .unwrap_or(rustix::io::Errno::ISDIR.raw_os_error());
            return Ok(cx.make_number(f64::from(-errno)));
        }
    };
    let content_type = cx.string(5)?;
    let start = cx.integer::<u64>(6)?.min(metadata.len());
    let rest = metadata.len() - start;
    let length = u64::try_from(cx.integer::<i64>(7)?).map_or(rest, |length| length.min(rest));
    let head = head_of(cx, 8)?;
    let sent = with_reply(cx, |reply| {
        let response = FileResponse {
            file,
            metadata,
            start,
            length,
            status: reply.status,
            text: reply.text,
            fields: reply.fields,
            content_type: &content_type,
        };
        Ok(response.send(&*exchange, &head))
    })?;
    Ok(cx.make_number(f64::from(u8::from(sent))))
}

/// The head of the request that four arguments from `index` on name: server, slab, offset, length.
fn head_of<'s>(cx: &Call<'s>, index: usize) -> Result<Vec<u8>, Throw<'s>> {
    let Some(server) = server_at(cx, index)? else {
        return Ok(Vec::new());
    };
    let heads = server.heads.borrow();
    let (slab, offset) = (cx.integer(index + 1)?, cx.integer(index + 2)?);
    let head = heads.slice(slab, offset, cx.integer(index + 3)?);
    Ok(head.to_vec())
}
