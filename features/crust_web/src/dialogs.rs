//! The native of `crust:web/dialogs`: asks on standard output and reads one line of standard input, while the
//! program waits.

use crust_core::{Call, Op, OpError, OpResult};
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, read, write};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("dialogAsk", dialog_ask)];

/// The longest answer: more than anybody types, and a bound for input that never ends its line.
const LONGEST_ANSWER: usize = 1 << 20;

/// `dialogAsk(text)`: the line that was typed without its end, or null at the end of the input.
fn dialog_ask<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let text = cx.string(0)?;
    // What the program printed before the question comes before it.
    cx.runtime().flush();
    write_all(rustix::stdio::stdout(), text.as_bytes())?;
    Ok(match read_line(rustix::stdio::stdin())? {
        Some(line) => cx.make_string(&line),
        None => cx.null(),
    })
}

fn write_all(output: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<(), OpError> {
    while !bytes.is_empty() {
        match write(output, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(error) => return Err(OpError::from_io(&error.into(), "write", None)),
        }
    }
    Ok(())
}

/// Reads byte by byte, so that the rest of the input stays for `process.stdin`.
fn read_line(input: BorrowedFd<'_>) -> Result<Option<String>, OpError> {
    let mut line = Vec::new();
    let mut byte = [0_u8];
    while line.len() < LONGEST_ANSWER {
        match read(input, &mut byte) {
            Ok(0) if line.is_empty() => return Ok(None),
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => line.push(byte[0]),
            Err(Errno::INTR) => {}
            Err(error) => return Err(OpError::from_io(&error.into(), "read", None)),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}
