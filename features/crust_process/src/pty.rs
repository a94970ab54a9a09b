//! Natives of pseudo terminals: opening a pair, its size and its settings. Starts nothing in them and
//! reads nothing from them; `pipes` does.

use crate::system::borrow;
use crust_core::{Call, Op, OpError, OpResult, Scope};
use crust_header::{Feature, TerminalMode};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, Termios, Winsize,
    tcgetattr, tcsetattr, tcsetwinsize,
};
use std::os::fd::{IntoRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("terminalDefaults", defaults),
    Op::new("terminalOpen", open),
    Op::new("terminalResize", resize),
    Op::new("terminalRawMode", raw_mode),
    Op::new("terminalFlags", flags),
    Op::new("terminalSetFlags", set_flags),
];

/// `terminalDefaults() -> [mode, cols, rows]`, from the project header.
fn defaults<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let config = &cx.runtime().process().config;
    let terminal = config.header.terminal;
    let raw = config.has(Feature::TerminalRaw);
    let mode = match terminal.mode {
        TerminalMode::Cooked if raw => TerminalMode::Raw,
        mode => mode,
    };
    let scope = cx.scope();
    Ok(scope.array(&[
        scope.string(mode.name()),
        scope.number(terminal.columns.get().into()),
        scope.number(terminal.rows.get().into()),
    ])?)
}

/// `terminalOpen(mode, cols, rows) -> [ours, the child's]`.
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mode = cx.string(0)?;
    let size = size(cx.integer(1)?, cx.integer(2)?);
    let (ours, theirs) = pair(&mode, size).map_err(failed)?;
    let numbers = [ours, theirs].map(|fd| f64::from(fd.into_raw_fd()));
    cx.make_array(numbers, Scope::number)
}

fn pair(mode: &str, size: Winsize) -> Result<(OwnedFd, OwnedFd), Errno> {
    if mode == "pipe" {
        let (ours, theirs) = UnixStream::pair()
            .map_err(|error| Errno::from_raw_os_error(error.raw_os_error().unwrap_or_default()))?;
        return Ok((ours.into(), theirs.into()));
    }
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let ours = openpt(flags | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let theirs = ioctl_tiocgptpeer(&ours, flags | OpenptFlags::CLOEXEC)?;
    tcsetwinsize(&theirs, size)?;
    let mut settings = tcgetattr(&theirs)?;
    cooked(&mut settings);
    if mode == "raw" {
        raw(&mut settings);
    }
    tcsetattr(&theirs, OptionalActions::Now, &settings)?;
    Ok((ours, theirs))
}

/// What a terminal window starts with, beyond the kernel's defaults.
fn cooked(settings: &mut Termios) {
    settings.input_modes |= InputModes::BRKINT
        | InputModes::ICRNL
        | InputModes::IXON
        | InputModes::IXANY
        | InputModes::IMAXBEL
        | InputModes::IUTF8;
    settings.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
    settings.local_modes |= LocalModes::ISIG
        | LocalModes::ICANON
        | LocalModes::IEXTEN
        | LocalModes::ECHO
        | LocalModes::ECHOE
        | LocalModes::ECHOK
        | LocalModes::ECHOCTL
        | LocalModes::ECHOKE;
    settings.control_modes |= ControlModes::CREAD | ControlModes::CS8 | ControlModes::HUPCL;
}

/// As libuv's raw mode: output keeps its newline translation.
fn raw(settings: &mut Termios) {
    settings.make_raw();
    settings.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// `terminalResize(fd, cols, rows)`: the program in it gets SIGWINCH.
fn resize<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let size = size(cx.integer(1)?, cx.integer(2)?);
    tcsetwinsize(borrow(fd), size).map_err(failed)?;
    Ok(cx.undefined())
}

/// `terminalRawMode(fd, on)`.
fn raw_mode<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let mut settings = tcgetattr(borrow(fd)).map_err(failed)?;
    if cx.boolean(1) {
        raw(&mut settings);
    } else {
        cooked(&mut settings);
    }
    tcsetattr(borrow(fd), OptionalActions::Now, &settings).map_err(failed)?;
    Ok(cx.undefined())
}

/// `terminalFlags(fd) -> [input, output, local, control]`.
fn flags<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let settings = tcgetattr(borrow(cx.integer(0)?)).map_err(failed)?;
    let words = [
        settings.input_modes.bits(),
        settings.output_modes.bits(),
        settings.local_modes.bits(),
        settings.control_modes.bits(),
    ];
    cx.make_array(words.map(f64::from), Scope::number)
}

/// `terminalSetFlags(fd, which, word)`: `which` is the place in `terminalFlags`.
fn set_flags<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let (which, word): (u8, u32) = (cx.integer(1)?, cx.integer(2)?);
    let mut settings = tcgetattr(borrow(fd)).map_err(failed)?;
    match which {
        0 => settings.input_modes = InputModes::from_bits_retain(word),
        1 => settings.output_modes = OutputModes::from_bits_retain(word),
        2 => settings.local_modes = LocalModes::from_bits_retain(word),
        _ => settings.control_modes = ControlModes::from_bits_retain(word),
    }
    tcsetattr(borrow(fd), OptionalActions::Now, &settings).map_err(failed)?;
    Ok(cx.undefined())
}

fn failed(error: Errno) -> OpError {
    OpError::from_io(&error.into(), "terminal", None)
}
