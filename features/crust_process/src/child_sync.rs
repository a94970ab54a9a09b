//! Children that the program waits for: `spawnSync` feeds the input, collects the output and ends the
//! child at a time or size limit, all with one `poll` loop. Runs no JS meanwhile.

use crate::child::{figures, outcome};
use crate::command::{Spec, Started, spawn_error};
use crate::system;
use crust_core::{Call, Op, OpError, OpResult};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("childSpawnSync", spawn)];

/// Bytes moved at a time, the default capacity of a pipe.
const CHUNK: usize = 64 * 1024;

/// What ends a child early.
struct Limits {
    deadline: Option<Instant>,
    /// Bytes of one output.
    output: usize,
    signal: i32,
}

/// How a child ended.
struct Ended {
    status: Option<i32>,
    usage: Option<libc::rusage>,
    outputs: Vec<Option<Vec<u8>>>,
    timed_out: bool,
    too_long: bool,
}

/// `childSpawnSync(spec, input, timeout | 0, maxBuffer, killSignal) ->
/// [pid, code, signal, outputs, timedOut, tooLong, usage]`.
fn spawn<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let spec = Spec::read(cx.value(0))?;
    let input = if cx.is_bytes(1) {
        cx.bytes(1)?.to_vec()
    } else {
        Vec::new()
    };
    let (timeout, output) = (cx.number(2)?, cx.number(3)?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from f64 saturates, as wanted"
    )]
    let limits = Limits {
        deadline: (timeout > 0.0 && timeout.is_finite())
            .then(|| Instant::now() + Duration::from_millis(timeout as u64)),
        output: output as usize,
        signal: cx.integer(4)?,
    };
    let config = Arc::clone(&cx.runtime().process().config);
    cx.runtime().flush();
    let mut started = spec.start(&config).map_err(|error| spawn_error(&error))?;
    let pid = started.pid;
    let ended = wait(&mut started, &input, &limits)
        .map_err(|error| OpError::from_io(&error, "spawnSync", None))?;
    let scope = cx.scope();
    let [code, signal] = outcome(scope, ended.status);
    let outputs = scope.array(&[])?;
    for (index, bytes) in (0..).zip(ended.outputs) {
        let value = match bytes {
            Some(bytes) => scope.uint8_array(bytes)?,
            None => scope.null(),
        };
        outputs.set_index(index, value)?;
    }
    let usage = figures(scope, ended.usage.as_ref())?;
    let all = [
        scope.number(f64::from(pid)),
        code,
        signal,
        outputs,
        scope.boolean(ended.timed_out),
        scope.boolean(ended.too_long),
        usage,
    ];
    Ok(scope.array(&all)?)
}

/// Moves bytes until the child has ended and its pipes are closed.
fn wait(started: &mut Started, input: &[u8], limits: &Limits) -> io::Result<Ended> {
    let handle = Pid::from_raw(started.pid)
        .ok_or(Errno::SRCH)
        .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()))?;
    for pipe in started.pipes.iter().flatten() {
        rustix::io::ioctl_fionbio(pipe, true)?;
    }
    let outputs = (0..)
        .zip(&started.pipes)
        .map(|(index, pipe)| (index > 0 && pipe.is_some()).then(Vec::new))
        .collect();
    let mut ended = Ended {
        status: None,
        usage: None,
        outputs,
        timed_out: false,
        too_long: false,
    };
    let mut written = 0;
    if input.is_empty() {
        close_input(started);
    }
    let mut exited = false;
    while !exited || started.pipes.iter().skip(1).any(Option::is_some) {
        let ready = wait_ready(started, &handle, exited, limits)?;
        let Some(ready) = ready else {
            ended.timed_out = true;
            end(started, limits);
            continue_without_deadline(started, &handle, &mut ended)?;
            return Ok(ended);
        };
        if !exited && let Some((status, usage)) = system::reap(started.pid)? {
            (ended.status, ended.usage, exited) = (Some(status), Some(usage), true);
        }
        for index in ready {
            if index == 0 {
                feed(started, input, &mut written);
            } else if drain(started, index, &mut ended, limits.output)? {
                ended.too_long = true;
                end(started, limits);
                continue_without_deadline(started, &handle, &mut ended)?;
                return Ok(ended);
            }
        }
    }
    Ok(ended)
}

fn close_input(started: &mut Started) {
    if let Some(pipe) = started.pipes.first_mut() {
        pipe.take();
    }
}

/// Sends the limit's signal. That the child has ended already is as good.
fn end(started: &Started, limits: &Limits) {
    let _ = system::kill(started.pid, limits.signal);
}

/// After a limit: the child's end is all that is waited for.
fn continue_without_deadline(
    started: &mut Started,
    handle: &OwnedFd,
    ended: &mut Ended,
) -> io::Result<()> {
    started.pipes.clear();
    while ended.status.is_none() {
        let mut fds = [PollFd::new(handle, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some((status, usage)) = system::reap(started.pid)? {
            (ended.status, ended.usage) = (Some(status), Some(usage));
        }
    }
    Ok(())
}

/// The pipes that are ready, or `None` at the deadline.
fn wait_ready(
    started: &Started,
    handle: &OwnedFd,
    exited: bool,
    limits: &Limits,
) -> io::Result<Option<Vec<usize>>> {
    let mut indexes = Vec::new();
    let mut fds = Vec::new();
    for (index, pipe) in started.pipes.iter().enumerate() {
        if let Some(pipe) = pipe {
            indexes.push(index);
            fds.push(PollFd::new(
                pipe,
                if index == 0 {
                    PollFlags::OUT
                } else {
                    PollFlags::IN
                },
            ));
        }
    }
    if !exited {
        fds.push(PollFd::new(handle, PollFlags::IN));
    }
    let left = limits
        .deadline
        .map(|deadline| deadline.saturating_duration_since(Instant::now()));
    if left == Some(Duration::ZERO) {
        return Ok(None);
    }
    let timeout = left.map(|left| Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    });
    match poll(&mut fds, timeout.as_ref()) {
        Ok(0) => return Ok(None),
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(Some(Vec::new())),
        Err(error) => return Err(error.into()),
    }
    let ready = indexes
        .into_iter()
        .zip(&fds)
        .filter(|(_, fd)| !fd.revents().is_empty());
    Ok(Some(ready.map(|(index, _)| index).collect()))
}

/// Writes what the child takes; closes its input when it has all or no longer reads.
fn feed(started: &mut Started, input: &[u8], written: &mut usize) {
    let Some(Some(pipe)) = started.pipes.first() else {
        return;
    };
    let rest = input.get(*written..).unwrap_or_default();
    match rustix::io::write(pipe, rest) {
        Ok(count) => *written += count,
        Err(Errno::AGAIN | Errno::INTR) => return,
        Err(_) => *written = input.len(),
    }
    if *written >= input.len() {
        close_input(started);
    }
}

/// Reads what is there. Answers whether the output is longer than allowed.
fn drain(started: &mut Started, index: usize, ended: &mut Ended, limit: usize) -> io::Result<bool> {
    let (Some(slot), Some(Some(output))) =
        (started.pipes.get_mut(index), ended.outputs.get_mut(index))
    else {
        return Ok(false);
    };
    let Some(pipe) = slot else { return Ok(false) };
    output.reserve(CHUNK);
    match rustix::io::read(&*pipe, rustix::buffer::spare_capacity(output)) {
        // A pseudo terminal without a child gives EIO.
        Ok(0) | Err(Errno::IO) => *slot = None,
        Ok(_) if output.len() > limit => {
            output.truncate(limit);
            return Ok(true);
        }
        Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(false)
}
