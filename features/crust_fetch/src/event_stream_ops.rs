//! Natives of `crust:fetch/event_source`: parsers of event streams by number.

use crate::event_stream::{EventStreamParser, EventTooLong};
use crust_core::{Call, Op, OpError, OpResult};
use std::cell::RefCell;
use std::collections::HashMap;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("eventStreamOpen", open),
    Op::new("eventStreamFeed", feed),
    Op::new("eventStreamClose", close),
];

thread_local! {
    // One for each open connection; JS closes it when the connection ends.
    static PARSERS: RefCell<HashMap<u32, EventStreamParser>> = RefCell::default();
}

/// `eventStreamOpen(id, lastEventId)`.
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let parser = EventStreamParser::new(cx.string(1)?);
    let id = cx.integer(0)?;
    PARSERS.with_borrow_mut(|parsers| parsers.insert(id, parser));
    Ok(cx.undefined())
}

/// `eventStreamFeed(id, bytes)`: the last event ID, the reconnection time (-1 for none), then type,
/// data and ID of each event.
fn feed<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    let bytes = cx.bytes(1)?;
    let (events, last_id, retry) = PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers
            .get_mut(&id)
            .ok_or_else(|| OpError::error("the event stream is closed"))?;
        let events = parser
            .feed(bytes)
            .map_err(|EventTooLong| OpError::error("an event is longer than 16 MB"))?;
        Ok::<_, OpError>((events, parser.last_id().to_owned(), parser.retry()))
    })?;
    let scope = cx.scope();
    let retry = retry.map_or(-1.0, |retry| {
        f64::from(u32::try_from(retry).unwrap_or(u32::MAX))
    });
    let mut items = vec![scope.string(&last_id), scope.number(retry)];
    for event in &events {
        items.extend([&event.kind, &event.data, &event.id].map(|text| scope.string(text)));
    }
    Ok(scope.array(&items)?)
}

/// `eventStreamClose(id)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = cx.integer::<u32>(0)?;
    PARSERS.with_borrow_mut(|parsers| parsers.remove(&id));
    Ok(cx.undefined())
}
