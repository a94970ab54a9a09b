//! Natives for what a program in JS cannot see: the state of a promise, what a proxy stands for, the
//! source line an error was made on.

use crate::excerpt::{self, Location};
use crust_core::{Call, Op, OpResult, PromiseState, Value};

pub(crate) const OPS: &[Op] = &[
    Op::new("promiseState", promise_state),
    Op::new("promiseResult", promise_result),
    Op::new("proxyTarget", proxy_target),
    Op::new("errorLocation", error_location),
];

/// 0 pending, 1 fulfilled, 2 rejected; -1 when the value is no promise or the engine does not tell.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn promise_state<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let state = match cx.value(0).promise_state() {
        Some(PromiseState::Pending) => 0.0,
        Some(PromiseState::Fulfilled) => 1.0,
        Some(PromiseState::Rejected) => 2.0,
        None => -1.0,
    };
    Ok(cx.make_number(state))
}

/// The value or reason of a settled promise, `undefined` for anything else.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn promise_result<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx
        .value(0)
        .promise_result()
        .unwrap_or_else(|| cx.undefined()))
}

/// The target of a proxy, also of one that was revoked; `undefined` for anything else.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn proxy_target<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let target = cx
        .value(0)
        .proxy_target()
        .filter(|target| target.is_object());
    Ok(target.unwrap_or_else(|| cx.undefined()))
}

/// `{ file, line, column, lines }` of an error, where `lines` ends with the line itself;
/// `undefined` when its place or its source is not known.
fn error_location<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let error = cx.value(0);
    let Some(location) = from_stack(error).or_else(|| from_properties(error)) else {
        return Ok(cx.undefined());
    };
    let lines = excerpt::lines_before(&location);
    let lines = cx.make_array(lines, |scope, line| scope.string(&line))?;
    cx.make_object(&[
        ("file", cx.make_string(&location.file)),
        ("line", cx.make_number(f64::from(location.line))),
        ("column", cx.make_number(f64::from(location.column))),
        ("lines", lines),
    ])
}

/// The topmost frame with a place. A getter that throws has no stack to show.
fn from_stack(error: Value<'_>) -> Option<Location> {
    let stack = error.get("stack").ok().filter(|stack| stack.is_string())?;
    excerpt::first_place(&stack.to_text().ok()?)
}

/// What the engine notes on every error it makes.
fn from_properties(error: Value<'_>) -> Option<Location> {
    let text = error
        .get("sourceURL")
        .ok()
        .filter(|file| file.is_string())?
        .to_text()
        .ok()?;
    let number = |name| {
        let number = error.get(name).ok()?.to_number().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        Some(number as u32)
    };
    Some(Location {
        file: text,
        line: number("line")?,
        column: number("column")?,
    })
}
