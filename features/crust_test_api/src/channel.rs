//! The two pipes between a worker and `crust test`: jobs come in, one a line, events go out, one a line,
//! with the place in the output where they belong. Never interprets either.

use crust_core::{Call, Op, OpError, OpResult};
use crust_testplan::Position;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};

/// The natives of this feature.
pub(crate) const OPS: &[Op] = &[
    Op::new("openChannel", open_channel),
    Op::new("nextJob", next_job),
    Op::new("send", send),
];

struct Channel {
    jobs: BufReader<File>,
    /// None for a reporter, which only listens.
    events: Option<File>,
    /// What was printed at the last event.
    printed: [u64; 2],
    /// What stands in the output at an event, where others print, too.
    mark: Vec<u8>,
}

thread_local! {
    static CHANNEL: RefCell<Option<Channel>> = const { RefCell::new(None) };
}

/// A second handle on an inherited descriptor, which the programs that tests start do not inherit.
fn open(descriptor: i32, write: bool) -> Result<File, OpError> {
    let path = format!("/proc/self/fd/{descriptor}");
    let mut options = File::options();
    if write {
        options.append(true);
    } else {
        options.read(true);
    }
    options
        .open(&path)
        .map_err(|error| OpError::from_io(&error, "open", Some(&path)))
}

/// `openChannel(jobs, events, token)`: descriptors, -1 for none, and what nobody else prints.
fn open_channel<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let channel = Channel {
        jobs: BufReader::new(open(cx.integer(0)?, false)?),
        events: match cx.integer(1)? {
            -1 => None,
            descriptor => Some(open(descriptor, true)?),
        },
        printed: [0; 2],
        mark: crust_testplan::mark(&cx.string(2)?),
    };
    CHANNEL.set(Some(channel));
    // A test that never comes back would outlive a runner that was killed. Where this fails it still ends
    // with its jobs.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    Ok(cx.undefined())
}

fn closed() -> OpError {
    OpError::error("the channel to the test runner is not open").code("ERR_TEST_CHANNEL")
}

/// `nextJob()`: waits for a line; `undefined` when there will be none.
fn next_job<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut line = String::new();
    let read = CHANNEL.with_borrow_mut(|channel| {
        let channel = channel.as_mut().ok_or_else(closed)?;
        channel
            .jobs
            .read_line(&mut line)
            .map_err(|error| OpError::from_io(&error, "read", None))
    })?;
    if read == 0 {
        return Ok(cx.undefined());
    }
    Ok(cx.make_string(line.trim_end_matches('\n')))
}

/// `send(line)`: after everything that was printed so far.
fn send<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut line = cx.string(0)?;
    line.push('\n');
    cx.runtime().flush();
    let printed = crust_console::output::written();
    CHANNEL.with_borrow_mut(|channel| {
        let channel = channel.as_mut().ok_or_else(closed)?;
        let marked = crust_console::output::is_shared();
        if marked {
            crust_console::output::mark(&channel.mark);
        }
        if marked || channel.printed != printed {
            channel.printed = printed;
            line.insert_str(0, &Position { printed, marked }.prefix());
        }
        let events = channel.events.as_mut().ok_or_else(closed)?;
        events
            .write_all(line.as_bytes())
            .map_err(|error| OpError::from_io(&error, "write", None))
    })?;
    Ok(cx.undefined())
}
