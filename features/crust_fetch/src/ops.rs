//! Natives of `crust:fetch/exchange`: sending, the pieces of bodies in both directions, and
//! cancelling. One call brings the whole head, with the body where it came along.

use crate::error::FetchError;
use crate::exchange::{Exchange, Head, Plan, add_fields};
use crate::options::Options;
use crate::outgoing::{Outgoing, Writer};
use crate::pool;
use crate::route::Route;
use bytes::Bytes;
use crust_core::{Call, Op, OpError, OpResult, Runtime, Scope, Throw, background};
use hyper::{HeaderMap, Method, Uri};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("send", send),
    Op::new("write", write),
    Op::new("room", room),
    Op::new("finish", finish),
    Op::new("read", read),
    Op::new("readAll", read_all),
    Op::new("readText", read_text),
    Op::new("cancel", cancel),
    Op::new("preconnect", preconnect),
];

/// Bits of `send`'s flags.
const KEEP: u32 = 1;
const DECODE: u32 = 2;
const TIME_OUT: u32 = 4;
/// A whole body of ASCII up to this size comes as text behind its head, which is one crossing.
const TEXT: usize = 16 * 1024;

thread_local! {
    // JS cancels or reads to its end each exchange, at the latest when its Response is collected.
    static EXCHANGES: RefCell<HashMap<u32, Arc<Exchange>>> = RefCell::default();
}

/// `send(id, flags, method, url, fields, options, upload, body)`: a promise of the head. `fields` is
/// names and values, each followed by NUL; `options` is JSON or empty; `upload` is the length of a
/// body that comes by `write`, -1 if that is unknown, -2 for the whole `body` (text, bytes,
/// undefined).
///
/// The answer is text where the body is over and short text itself: the length of the head, NUL, the
/// head, the body. Otherwise it is an array: such a text without a body, the bytes that came along,
/// and whether they are all.
fn send<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    let flags = cx.integer::<u32>(1)?;
    let url = cx.string(3)?;
    let (writer, body) = outgoing(cx)?;
    let exchange = Arc::new(Exchange::new(url, writer, flags & TIME_OUT != 0));
    let plan = plan(cx, flags, &exchange.url, body).map_err(|error| error.to_op(&exchange.url))?;
    EXCHANGES.with_borrow_mut(|exchanges| exchanges.insert(id, Arc::clone(&exchange)));
    let background = runtime()?;
    let (promise, complete) = promise(cx, head_to_js)?;
    background.spawn(async move {
        let outcome = exchange.guard(exchange.perform(plan)).await;
        complete(outcome.map_err(|error| error.to_op(&exchange.url)));
    });
    Ok(promise)
}

fn outgoing<'s>(cx: &Call<'s>) -> Result<(Option<Writer>, Outgoing), Throw<'s>> {
    let upload = cx.number(6)?;
    if upload < -1.5 {
        return Ok((None, Outgoing::Whole(body_bytes(cx, 7)?)));
    }
    let length = if upload < 0.0 {
        None
    } else {
        Some(cx.integer::<u64>(6)?)
    };
    let (writer, body) = Outgoing::pieces(length);
    Ok((Some(writer), body))
}

/// Bytes or text that JS passed; undefined is nothing.
fn body_bytes<'s>(cx: &Call<'s>, index: usize) -> Result<Bytes, Throw<'s>> {
    if cx.is_bytes(index) {
        return Ok(Bytes::copy_from_slice(cx.bytes(index)?));
    }
    Ok(cx.opt_string(index)?.map(Bytes::from).unwrap_or_default())
}

fn plan(cx: &Call<'_>, flags: u32, url: &str, body: Outgoing) -> Result<Plan, FetchError> {
    let invalid = |what: String| FetchError::InvalidRequest(what);
    let text = |index: usize| cx.string(index).map_err(|_| FetchError::Cancelled);
    let method =
        Method::from_bytes(text(2)?.as_bytes()).map_err(|error| invalid(error.to_string()))?;
    let uri: Uri = url.parse().map_err(|error| invalid(format!("{error}")))?;
    let mut headers = HeaderMap::new();
    add_fields(&mut headers, &text(4)?)?;
    let options = Options::parse(&text(5)?)?;
    Ok(Plan {
        method,
        route: Arc::new(Route::new(&uri, &options)?),
        uri,
        headers,
        body,
        may_keep: flags & KEEP != 0,
        decode: flags & DECODE != 0,
    })
}

fn head_to_js<'s>(scope: Scope<'s>, head: Head) -> OpResult<'s> {
    let Head {
        status,
        reason,
        fields,
        bytes,
        is_done,
    } = head;
    let length = 3 + 1 + reason.chars().count() + 1 + fields.chars().count();
    let mut text = String::with_capacity(fields.len() + bytes.len() + 64);
    // Writing to a string cannot fail.
    let _ = write!(text, "{length}\0{status}\0{reason}\0{fields}");
    if is_done && bytes.len() <= TEXT && bytes.is_ascii() {
        text.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
        return Ok(scope.string(&text));
    }
    let items = [
        scope.string(&text),
        scope.uint8_array(bytes)?,
        scope.boolean(is_done),
    ];
    Ok(scope.array(&items)?)
}

fn find(id: u32) -> Result<Arc<Exchange>, OpError> {
    EXCHANGES
        .with_borrow(|exchanges| exchanges.get(&id).cloned())
        .ok_or_else(|| OpError::error("the exchange is over").code("ABORT_ERR"))
}

/// The writer of an exchange's body; `None` when the exchange is over or has another body.
fn writer(id: u32) -> Option<Writer> {
    let exchange = find(id).ok()?;
    let writer = exchange
        .writer
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    writer.clone()
}

/// `write(id, bytes | text)`: how many bytes wait after it; -1 when nobody takes more.
fn write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let bytes = body_bytes(cx, 1)?;
    let waiting = writer(cx.integer(0)?).and_then(|writer| writer.write(bytes));
    let number = waiting.map_or(-1.0, |waiting| {
        f64::from(u32::try_from(waiting).unwrap_or(u32::MAX))
    });
    Ok(cx.make_number(number))
}

/// `room(id)`: a promise of true once the body has room for more, false when nobody takes more.
fn room<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let writer = writer(cx.integer(0)?);
    let background = runtime()?;
    let (promise, complete) = promise(cx, |scope, has_room| Ok(scope.boolean(has_room)))?;
    background.spawn(async move {
        complete(Ok(match writer {
            Some(writer) => writer.room().await,
            None => false,
        }));
    });
    Ok(promise)
}

/// `finish(id, complete)`: the body is complete, or will never be.
fn finish<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Ok(exchange) = find(cx.integer(0)?) {
        let mut slot = exchange
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Without its end, dropping the writer fails the request.
        if let Some(writer) = slot.take()
            && cx.boolean(1)
        {
            writer.end();
        }
    }
    Ok(cx.undefined())
}

/// `read(id)`: a promise of the next bytes of the body, null at its end.
fn read<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let exchange = find(cx.integer(0)?)?;
    let background = runtime()?;
    let (promise, complete) = promise(cx, |scope, chunk: Option<Vec<u8>>| match chunk {
        Some(bytes) => Ok(scope.uint8_array(bytes)?),
        None => Ok(scope.null()),
    })?;
    background.spawn(async move {
        let outcome = exchange.read().await;
        complete(outcome.map_err(|error| error.to_op(&exchange.url)));
    });
    Ok(promise)
}

/// `readAll(id)`: a promise of the rest of the body.
fn read_all<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let exchange = find(cx.integer(0)?)?;
    let background = runtime()?;
    let (promise, complete) = promise(cx, |scope, bytes| Ok(scope.uint8_array(bytes)?))?;
    background.spawn(async move {
        let outcome = exchange.read_all().await;
        complete(outcome.map_err(|error| error.to_op(&exchange.url)));
    });
    Ok(promise)
}

/// `readText(id, bytes)`: a promise of the rest of the body as text, behind bytes that came along
/// with the head.
fn read_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let exchange = find(cx.integer(0)?)?;
    let mut all = cx.bytes(1)?.to_vec();
    let background = runtime()?;
    let (promise, complete) = promise(cx, |scope, text: String| Ok(scope.string(&text)))?;
    background.spawn(async move {
        let outcome = exchange.read_all().await.map(|rest| {
            all.extend_from_slice(&rest);
            to_text(all)
        });
        complete(outcome.map_err(|error| error.to_op(&exchange.url)));
    });
    Ok(promise)
}

/// "UTF-8 decode": without the byte order mark.
fn to_text(mut bytes: Vec<u8>) -> String {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// `cancel(id)`: ends an exchange at any stage.
fn cancel<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    if let Some(exchange) = EXCHANGES.with_borrow_mut(|exchanges| exchanges.remove(&id)) {
        exchange.cancel();
    }
    Ok(cx.undefined())
}

/// `preconnect(url, options)`: connects in the background. What fails fails again when it is needed.
fn preconnect<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let url = cx.string(0)?;
    let options = Options::parse(&cx.string(1)?).map_err(|error| error.to_op(&url))?;
    let route = url
        .parse::<Uri>()
        .map_err(|error| FetchError::InvalidRequest(error.to_string()))
        .and_then(|uri| Route::new(&uri, &options))
        .map_err(|error| error.to_op(&url))?;
    runtime()?.spawn(async move { drop(pool::preconnect(&Arc::new(route)).await) });
    Ok(cx.undefined())
}

fn runtime() -> Result<&'static tokio::runtime::Runtime, OpError> {
    background::runtime().ok_or_else(|| OpError::error("no background threads can be made"))
}

#[expect(
    clippy::type_complexity,
    reason = "a closure has no name to give the type"
)]
/// A promise, and what settles it from any thread by what `finish` makes of the outcome.
fn promise<'s, T: Send + 'static>(
    cx: &Call<'s>,
    finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
) -> Result<
    (
        crust_core::Value<'s>,
        impl FnOnce(Result<T, OpError>) + Send + 'static,
    ),
    Throw<'s>,
> {
    let (promise, resolver) = cx.scope().promise()?;
    let completion =
        Runtime::current()
            .event_loop()
            .completion(move |scope, outcome: Box<dyn Any>| {
                let Ok(outcome) = outcome.downcast::<Result<T, OpError>>() else {
                    return;
                };
                match outcome
                    .map_err(Throw::Error)
                    .and_then(|value| finish(scope, value))
                {
                    Ok(value) => resolver.resolve(value),
                    Err(thrown) => resolver.reject(thrown.to_js(scope)),
                }
            });
    Ok((promise, move |outcome| {
        completion.complete(Box::new(outcome));
    }))
}
