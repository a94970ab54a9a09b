//! Natives that write and read the standard descriptors.

use crate::output::{self, Broken};
use crust_core::{Call, Op, OpError, OpResult};
use std::cell::Cell;

pub(crate) const OPS: &[Op] = &[
    Op::new("write", write),
    Op::new("writeLine", write_line),
    Op::new("writeBytes", write_bytes),
    Op::new("isTerminal", is_terminal),
    Op::new("useColors", use_colors),
    Op::new("readInput", read_input),
];

thread_local! {
    static REGISTERED: Cell<bool> = const { Cell::new(false) };
}

/// Collected output is flushed whenever the runtime flushes.
fn register(cx: &Call<'_>) {
    if !REGISTERED.replace(true) {
        cx.runtime().on_flush(output::flush);
    }
}

fn emit(cx: &Call<'_>, fd: i32, parts: &[&[u8]]) {
    register(cx);
    // Nobody reads any more: as with SIGPIPE the program ends, quietly.
    if output::write(fd, parts) == Err(Broken) {
        cx.runtime().exit_now(0);
    }
}

/// `write(fd, text) -> bytes written`.
#[expect(
    clippy::cast_precision_loss,
    reason = "no string is longer than 2^53 bytes"
)]
fn write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, text) = (cx.integer(0)?, cx.string(1)?);
    emit(cx, fd, &[text.as_bytes()]);
    Ok(cx.make_number(text.len() as f64))
}

/// `writeLine(fd, text)`.
fn write_line<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, text) = (cx.integer(0)?, cx.string(1)?);
    emit(cx, fd, &[text.as_bytes(), b"\n"]);
    Ok(cx.undefined())
}

/// `writeBytes(fd, bytes) -> bytes written`.
#[expect(
    clippy::cast_precision_loss,
    reason = "no buffer is longer than 2^53 bytes"
)]
fn write_bytes<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let bytes = cx.bytes(1)?;
    emit(cx, fd, &[bytes]);
    Ok(cx.make_number(bytes.len() as f64))
}

fn is_terminal<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    Ok(cx.make_bool(output::is_terminal(fd)))
}

/// Whether output to a descriptor is coloured: `FORCE_COLOR` and `NO_COLOR` decide, else the terminal.
fn use_colors<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let colors = match (variable("FORCE_COLOR"), variable("NO_COLOR")) {
        (Some(force), _) => force != "0" && force != "false",
        (None, Some(_)) => false,
        (None, None) => {
            output::is_terminal(fd) && variable("TERM").is_none_or(|term| term != "dumb")
        }
    };
    Ok(cx.make_bool(colors))
}

/// `readInput() -> Promise<Uint8Array | null>`: the next block of standard input, null at its end.
fn read_input<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    output::flush();
    cx.spawn_blocking(
        || output::read_input().map_err(|error| OpError::from_io(&error, "read", None)),
        |scope, block| {
            if block.is_empty() {
                Ok(scope.null())
            } else {
                Ok(scope.uint8_array(block)?)
            }
        },
    )
}
