//! Natives of terminals: size, raw mode, and what kind of thing a descriptor is.

use crate::system::borrow;
use crust_core::{Call, Op, OpError, OpResult, Scope};
use rustix::fs::FileType;
use rustix::termios::{self, OptionalActions, Termios};
use std::cell::RefCell;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("descriptorKind", descriptor_kind),
    Op::new("windowSize", window_size),
    Op::new("setRawMode", set_raw_mode),
];

/// Settings of terminals in raw mode, to be restored.
#[derive(Default)]
struct Originals {
    by_descriptor: RefCell<Vec<(i32, Termios)>>,
}

/// `descriptorKind(fd)`: `TTY`, `FILE`, `PIPE`, `SOCKET`, `CHAR`, `BLOCK`, `DIRECTORY`, or `CLOSED`.
fn descriptor_kind<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let kind = match rustix::fs::fstat(borrow(fd)) {
        Err(_) => "CLOSED",
        Ok(_) if termios::isatty(borrow(fd)) => "TTY",
        Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => "FILE",
            FileType::Fifo => "PIPE",
            FileType::Socket => "SOCKET",
            FileType::CharacterDevice => "CHAR",
            FileType::BlockDevice => "BLOCK",
            FileType::Directory => "DIRECTORY",
            _ => "UNKNOWN",
        },
    };
    Ok(cx.make_string(kind))
}

/// `windowSize(fd)`: `[columns, rows]`, or `undefined` when it is no terminal.
fn window_size<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    match termios::tcgetwinsize(borrow(cx.integer(0)?)) {
        Ok(size) => cx.make_array(
            [f64::from(size.ws_col), f64::from(size.ws_row)],
            Scope::number,
        ),
        Err(_) => Ok(cx.undefined()),
    }
}

/// `setRawMode(fd, raw)`. `false` restores what the terminal was before; the JS side asks for that at
/// the process's exit.
fn set_raw_mode<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (fd, raw) = (cx.integer(0)?, cx.boolean(1));
    let failed = |error: rustix::io::Errno| OpError::from_io(&error.into(), "setRawMode", None);
    let originals = cx.runtime().state::<Originals>();
    let mut list = originals.by_descriptor.borrow_mut();
    let known = list.iter().position(|(known, _)| *known == fd);
    match (raw, known) {
        (true, None) => {
            let before = termios::tcgetattr(borrow(fd)).map_err(failed)?;
            let mut settings = before.clone();
            settings.make_raw();
            // As libuv's raw mode: output keeps its newline translation.
            settings.output_modes |= termios::OutputModes::ONLCR | termios::OutputModes::OPOST;
            termios::tcsetattr(borrow(fd), OptionalActions::Drain, &settings).map_err(failed)?;
            list.push((fd, before));
        }
        (false, Some(index)) => {
            let (_, before) = list.swap_remove(index);
            termios::tcsetattr(borrow(fd), OptionalActions::Drain, &before).map_err(failed)?;
        }
        _ => {}
    }
    Ok(cx.undefined())
}
