//! Natives of `crust:web/http_fetch`: one HTTP/1.1 exchange, on the background runtime. Redirects,
//! default headers and the Response are JS. No TLS: `https:` never comes here.

mod exchange;

use crust_core::{Call, Op, OpError, OpResult, Runtime, Scope, Throw, background};
use exchange::{Bodies, Head, Request};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::watch;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("httpSend", http_send),
    Op::new("httpRead", http_read),
    Op::new("httpReadAll", http_read_all),
    Op::new("httpCancel", http_cancel),
];

/// An exchange JS has not finished with.
struct Exchange {
    cancel: watch::Sender<bool>,
    bodies: Arc<Bodies>,
}

thread_local! {
    // JS cancels or reads to its end each exchange, at the latest when its Response is collected.
    static EXCHANGES: RefCell<HashMap<u32, Exchange>> = RefCell::default();
}

/// `httpSend(id, method, url, headers, body | undefined)`: a promise of the head: status, reason,
/// then names and values. `headers` is names and values, each followed by NUL.
fn http_send<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    let request = Request {
        method: cx.string(1)?,
        url: cx.string(2)?,
        headers: cx.string(3)?,
        body: if cx.is_bytes(4) {
            cx.bytes(4)?.to_vec()
        } else {
            Vec::new()
        },
    };
    let (cancel, cancelled) = watch::channel(false);
    let bodies = Arc::new(Bodies::default());
    EXCHANGES.with_borrow_mut(|exchanges| {
        exchanges.insert(
            id,
            Exchange {
                cancel,
                bodies: Arc::clone(&bodies),
            },
        )
    });
    settle(
        cx,
        exchange::unless_cancelled(
            cancelled,
            async move { exchange::send(request, &bodies).await },
        ),
        |scope, head| head_to_js(scope, &head),
    )
}

fn head_to_js<'s>(scope: Scope<'s>, head: &Head) -> OpResult<'s> {
    let mut items = vec![
        scope.number(f64::from(head.status)),
        scope.string(&head.reason),
    ];
    items.extend(head.headers.iter().map(|text| scope.string(text)));
    Ok(scope.array(&items)?)
}

fn open(id: u32) -> Result<(watch::Receiver<bool>, Arc<Bodies>), OpError> {
    EXCHANGES.with_borrow(|exchanges| {
        let exchange = exchanges
            .get(&id)
            .ok_or_else(|| OpError::error("the response body is closed"))?;
        Ok((exchange.cancel.subscribe(), Arc::clone(&exchange.bodies)))
    })
}

/// `httpRead(id)`: a promise of the next bytes of the body, null at its end.
fn http_read<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (cancelled, bodies) = open(cx.integer::<u32>(0)?)?;
    settle(
        cx,
        exchange::unless_cancelled(cancelled, async move { bodies.next().await }),
        |scope, chunk| match chunk {
            Some(bytes) => Ok(scope.uint8_array(bytes)?),
            None => Ok(scope.null()),
        },
    )
}

/// `httpReadAll(id)`: a promise of the rest of the body.
fn http_read_all<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (cancelled, bodies) = open(cx.integer::<u32>(0)?)?;
    settle(
        cx,
        exchange::unless_cancelled(cancelled, async move { bodies.all().await }),
        |scope, bytes| Ok(scope.uint8_array(bytes)?),
    )
}

/// `httpCancel(id)`: ends an exchange at any stage.
fn http_cancel<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    if let Some(exchange) = EXCHANGES.with_borrow_mut(|exchanges| exchanges.remove(&id)) {
        // Without a receiver nothing is waiting.
        let _ = exchange.cancel.send(true);
    }
    Ok(cx.undefined())
}

/// A promise settled by what `finish` makes of the future's outcome.
fn settle<'s, T: Send + 'static>(
    cx: &Call<'s>,
    future: impl Future<Output = Result<T, OpError>> + Send + 'static,
    finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
) -> OpResult<'s> {
    let background =
        background::runtime().ok_or_else(|| OpError::error("no background threads can be made"))?;
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
    background.spawn(async move { completion.complete(Box::new(future.await)) });
    Ok(promise)
}
