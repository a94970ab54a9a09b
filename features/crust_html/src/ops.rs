//! Natives of `crust:html/html_rewriter`. A step of a rewriter blocks the calling thread for as long as the parser
//! works, and answers when a handler is wanted or the input is used up.

use crate::protocol::{Change, Handlers};
use crate::rewriter::{Rewriter, Step};
use crate::workers;
use crust_core::{Call, Op, OpError, OpResult};
use lol_html::Selector;
use slab::Slab;
use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};

/// The natives of this feature.
pub(crate) const OPS: &[Op] = &[
    Op::new("selectorError", selector_error),
    Op::new("rewriterOpen", rewriter_open),
    Op::new("rewriterWrite", rewriter_write),
    Op::new("rewriterReply", rewriter_reply),
    Op::new("rewriterOutput", rewriter_output),
    Op::new("rewriterClose", rewriter_close),
    Op::new("settleNow", settle_now),
];

/// JS's end of the conversation with a rewriter.
struct Session {
    steps: Receiver<Step>,
    replies: Sender<Vec<Change>>,
    /// Where the rewriter comes back from its thread; empty while a piece of input is being consumed.
    returned: Receiver<Rewriter>,
    give_back: Sender<Rewriter>,
    output: Vec<u8>,
}

thread_local! {
    // JS closes each at its end, at an error, or when it is collected.
    static SESSIONS: RefCell<Slab<Session>> = const { RefCell::new(Slab::new()) };
}

fn rewriter_error(message: impl Into<String>) -> OpError {
    OpError::error(message.into())
}

/// Runs `work` on the session of the first argument.
fn with_session<T>(
    key: usize,
    work: impl FnOnce(&mut Session) -> Result<T, OpError>,
) -> Result<T, OpError> {
    SESSIONS.with_borrow_mut(|sessions| {
        let session = sessions
            .get_mut(key)
            .ok_or_else(|| rewriter_error("the rewriter is closed"))?;
        work(session)
    })
}

/// `selectorError(selector)`: why the selector is refused, or null.
fn selector_error<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(match cx.string(0)?.parse::<Selector>() {
        Ok(_) => cx.null(),
        Err(error) => cx.make_string(&error.to_string()),
    })
}

/// `rewriterOpen(handlers)`: the number of a new rewriter.
fn rewriter_open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handlers: Handlers = serde_json::from_str(&cx.string(0)?)
        .map_err(|error| OpError::type_error(error.to_string()))?;
    let (events, steps) = channel();
    let (replies, changes) = channel();
    let (give_back, returned) = channel();
    let rewriter = Rewriter::new(&handlers, events, changes)
        .map_err(|error| rewriter_error(error.to_string()))?;
    // The receiver is in the same session: it is there.
    let _ = give_back.send(rewriter);
    let session = Session {
        steps,
        replies,
        returned,
        give_back,
        output: Vec::new(),
    };
    let key = SESSIONS.with_borrow_mut(|sessions| sessions.insert(session));
    Ok(cx.make_number(f64::from(u32::try_from(key).unwrap_or(u32::MAX))))
}

/// `rewriterWrite(rewriter, bytes, last)`: consumes input; the first event as JSON, or null when it is used up.
fn rewriter_write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    let bytes = cx.bytes(1)?.to_vec();
    let last = cx.boolean(2);
    let event = with_session(key, |session| {
        let rewriter = session
            .returned
            .try_recv()
            .map_err(|_| rewriter_error("the rewriter is busy or has ended"))?;
        let give_back = session.give_back.clone();
        workers::run(move || rewriter.write(&bytes, last, &give_back))
            .map_err(|error| rewriter_error(error).code("ERR_HTML_REWRITER_BUSY"))?;
        session.next()
    })?;
    Ok(make_event(cx, event.as_deref()))
}

/// `rewriterReply(rewriter, changes)`: the changes of the handler that was asked; then as `rewriterWrite`.
fn rewriter_reply<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    let changes: Vec<Change> = serde_json::from_str(&cx.string(1)?)
        .map_err(|error| OpError::type_error(error.to_string()))?;
    let event = with_session(key, |session| {
        session
            .replies
            .send(changes)
            .map_err(|_| rewriter_error("the rewriter has ended"))?;
        session.next()
    })?;
    Ok(make_event(cx, event.as_deref()))
}

/// `rewriterOutput(rewriter)`: what the input that was used up has become.
fn rewriter_output<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    let output = with_session(key, |session| Ok(std::mem::take(&mut session.output)))?;
    cx.make_bytes(output)
}

/// `rewriterClose(rewriter)`: a handler that waits is told so, and the rewriter ends.
fn rewriter_close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = cx.integer::<u32>(0)? as usize;
    SESSIONS.with_borrow_mut(|sessions| drop(sessions.try_remove(key)));
    Ok(cx.undefined())
}

/// `settleNow()`: runs the microtasks that are due, where the engine can.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn settle_now<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().vm().drain_microtasks();
    Ok(cx.undefined())
}

fn make_event<'s>(cx: &Call<'s>, event: Option<&str>) -> crust_core::Value<'s> {
    event.map_or_else(|| cx.null(), |event| cx.make_string(event))
}

impl Session {
    /// Waits for the rewriter: an event as JSON, or `None` when the input is used up.
    fn next(&mut self) -> Result<Option<String>, OpError> {
        match self.steps.recv() {
            Ok(Step::Event(event)) => serde_json::to_string(&event)
                .map(Some)
                .map_err(|error| rewriter_error(error.to_string())),
            Ok(Step::Output(output)) => {
                self.output = output;
                Ok(None)
            }
            Ok(Step::Failed(message)) => Err(rewriter_error(message)),
            Err(_) => Err(rewriter_error("the rewriter has ended")),
        }
    }
}
