//! Standard output and standard error of the process. Lines are written at once until a program
//! prints so fast that system calls would be its main work; from then on standard output is
//! collected and written in blocks, at the latest a few milliseconds later. Order is kept: whoever
//! writes to a descriptor by another way calls [`flush`] first. Never looks at JS values.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Standard output.
pub const STDOUT: i32 = 1;
/// Standard error.
pub const STDERR: i32 = 2;

/// Collected output is written when it reaches this. One write of 64 KiB fills a pipe's default
/// buffer; larger blocks gain nothing measurable.
const BLOCK: usize = 64 * 1024;
/// Writes in quick succession that still go out one by one.
const BURST: u32 = 32;
/// A pause this long, in milliseconds, ends a burst.
const PAUSE_MS: i64 = 10;
/// How long collected output may wait while the program computes.
const DELAY: Duration = Duration::from_millis(5);

struct Buffer {
    bytes: Vec<u8>,
    burst: u32,
    last_write_ms: i64,
    flusher_runs: bool,
    broken: bool,
}

static BUFFER: Mutex<Buffer> = Mutex::new(Buffer {
    bytes: Vec::new(),
    burst: 0,
    last_write_ms: 0,
    flusher_runs: false,
    broken: false,
});
static COLLECTED: Condvar = Condvar::new();
static WRITTEN: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];
static SHARED: AtomicBool = AtomicBool::new(false);

/// The reader of a descriptor is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// Writes `parts` one after the other.
///
/// # Errors
/// [`Broken`] when the other end of the pipe is closed. Other failures of a write to a terminal, file
/// or pipe lose the text: there is nowhere left to say so.
pub fn write(fd: i32, parts: &[&[u8]]) -> Result<(), Broken> {
    let mut buffer = lock();
    if fd != STDOUT {
        buffer.flush();
        drop(buffer);
        return write_all(fd, &parts.concat());
    }
    for part in parts {
        buffer.bytes.extend_from_slice(part);
    }
    if !buffer.may_collect() || buffer.bytes.len() >= BLOCK {
        buffer.flush();
    } else {
        buffer.ensure_flusher();
    }
    if buffer.broken { Err(Broken) } else { Ok(()) }
}

/// Writes what is collected.
pub fn flush() {
    lock().flush();
}

/// Bytes written to standard output and standard error so far.
pub fn written() -> [u64; 2] {
    [0, 1].map(|index| {
        WRITTEN
            .get(index)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    })
}

/// Counts bytes that another part of the process wrote to a descriptor; those that are not standard output
/// or error count for nothing.
pub fn note_written(fd: i32, bytes: usize) {
    let count = WRITTEN.get(usize::try_from(fd - STDOUT).unwrap_or(usize::MAX));
    if let Some(count) = count {
        count.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// From now on another program has our standard output or error: what it writes is in no count.
pub fn share() {
    SHARED.store(true, Ordering::Relaxed);
}

/// Whether another program was ever given standard output or error.
pub fn is_shared() -> bool {
    SHARED.load(Ordering::Relaxed)
}

/// Writes bytes that are no output of the program, and count for nothing, to standard output and error.
pub fn mark(bytes: &[u8]) {
    flush();
    for fd in [STDOUT, STDERR] {
        // Whoever wanted to see the mark is gone.
        let _ = write_uncounted(fd, bytes, &mut 0);
    }
}

fn lock() -> MutexGuard<'static, Buffer> {
    BUFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Buffer {
    /// Whether the program is in the middle of a burst of writes.
    fn may_collect(&mut self) -> bool {
        let now = milliseconds();
        if now - self.last_write_ms > PAUSE_MS {
            self.burst = 0;
        }
        self.last_write_ms = now;
        self.burst = self.burst.saturating_add(1);
        self.burst > BURST
    }

    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        if !self.broken && write_all(STDOUT, &self.bytes).is_err() {
            self.broken = true;
        }
        self.bytes.clear();
    }

    /// Sees to it that collected output is written even when the program never writes again.
    fn ensure_flusher(&mut self) {
        if self.flusher_runs {
            COLLECTED.notify_one();
            return;
        }
        let thread = std::thread::Builder::new()
            .name("stdout".to_owned())
            .spawn(run_flusher);
        self.flusher_runs = thread.is_ok();
        if thread.is_err() {
            self.flush();
        }
    }
}

fn run_flusher() {
    let mut buffer = lock();
    loop {
        while buffer.bytes.is_empty() {
            buffer = COLLECTED
                .wait(buffer)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(buffer);
        std::thread::sleep(DELAY);
        buffer = lock();
        buffer.flush();
    }
}

fn milliseconds() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::MonotonicCoarse);
    now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}

fn descriptor(fd: i32) -> Option<BorrowedFd<'static>> {
    match fd {
        0 => Some(rustix::stdio::stdin()),
        STDOUT => Some(rustix::stdio::stdout()),
        STDERR => Some(rustix::stdio::stderr()),
        _ => None,
    }
}

fn write_all(fd: i32, bytes: &[u8]) -> Result<(), Broken> {
    let mut written = 0;
    let result = write_uncounted(fd, bytes, &mut written);
    note_written(fd, written);
    result
}

fn write_uncounted(fd: i32, mut bytes: &[u8], total: &mut usize) -> Result<(), Broken> {
    let Some(fd) = descriptor(fd) else {
        return Ok(());
    };
    while !bytes.is_empty() {
        match rustix::io::write(fd, bytes) {
            Ok(0) => return Ok(()),
            Ok(written) => {
                bytes = bytes.get(written..).unwrap_or_default();
                *total += written;
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => wait_until_writable(fd),
            Err(rustix::io::Errno::PIPE) => return Err(Broken),
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// A descriptor inherited from another program may be non-blocking.
fn wait_until_writable(fd: BorrowedFd<'_>) {
    use rustix::event::{PollFd, PollFlags, poll};
    // An interrupted wait is tried again by the caller's loop.
    let _ = poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], None);
}

/// Whether a standard descriptor is a terminal.
pub fn is_terminal(fd: i32) -> bool {
    descriptor(fd).is_some_and(rustix::termios::isatty)
}

/// Reads a block of standard input; empty at its end.
///
/// # Errors
/// What `read` fails with.
pub fn read_input() -> io::Result<Vec<u8>> {
    let stdin = rustix::stdio::stdin();
    let mut block = vec![0; BLOCK];
    loop {
        match rustix::io::read(stdin, &mut block) {
            Ok(count) => {
                block.truncate(count);
                return Ok(block);
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                use rustix::event::{PollFd, PollFlags, poll};
                // As above.
                let _ = poll(&mut [PollFd::from_borrowed_fd(stdin, PollFlags::IN)], None);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_burst_of_writes_is_collected() {
        let mut buffer = Buffer {
            bytes: Vec::new(),
            burst: 0,
            last_write_ms: 0,
            flusher_runs: false,
            broken: false,
        };
        let collected = (0..BURST + 8).filter(|_| buffer.may_collect()).count();
        assert_eq!(collected, 8);
        // A pause begins anew.
        buffer.last_write_ms -= PAUSE_MS + 1;
        assert!(!buffer.may_collect());
    }

    #[test]
    fn other_descriptors_than_the_standard_ones_are_refused() {
        assert_eq!(write_all(-1, b"x"), Ok(()));
        assert!(!is_terminal(-1));
    }
}
