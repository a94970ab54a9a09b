//! What this program itself says: data on standard output, messages for people on standard error.
//! A reader that went away is no error.

use std::io::{IsTerminal as _, Write as _};

use crust_diag::{Diagnostic, Style, render};

/// Writes `text` to standard output.
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A closed pipe, as in `crust --help | head -1`, is the reader's choice.
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// Writes bytes to standard output.
pub(crate) fn print_bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Writes `error: text` to standard error.
pub(crate) fn error(text: &str) {
    labelled("error", RED, text);
}

/// Writes `note: text` to standard error.
pub(crate) fn note(text: &str) {
    labelled("note", BLUE, text);
}

/// Writes `warn: text` to standard error.
pub(crate) fn warn(text: &str) {
    labelled("warn", YELLOW, text);
}

/// Writes the command of a script, as `$ text`, to standard error.
pub(crate) fn command(text: &str) {
    let line = if colored() {
        format!("{DIM}$ {text}{RESET}\n")
    } else {
        format!("$ {text}\n")
    };
    write_error(&line);
}

/// Renders a problem with a file to standard error.
pub(crate) fn diagnostic(problem: &Diagnostic) {
    let style = if colored() {
        Style::Colour
    } else {
        Style::Plain
    };
    write_error(&render(problem, style));
}

const RED: &str = "\x1b[31m";
const BLUE: &str = "\x1b[34m";
const YELLOW: &str = "\x1b[33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

fn labelled(label: &str, color: &str, text: &str) {
    let line = if colored() {
        format!("{color}{label}{RESET}: {text}\n")
    } else {
        format!("{label}: {text}\n")
    };
    write_error(&line);
}

pub(crate) fn write_error(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Colour is for terminals; `NO_COLOR` and `FORCE_COLOR` decide otherwise.
fn colored() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    match std::env::var_os("FORCE_COLOR") {
        Some(value) => value != "0",
        None => std::io::stderr().is_terminal(),
    }
}
