//! The threads that rewriters run on. A rewriter holds one only while it consumes a piece of input, which includes
//! the time its handlers take; a thread without work ends after a while.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Rewriters that wait for asynchronous handlers at one time. A server that answers so many requests with a
/// rewriter in the middle of a handler each uses this many stacks; what comes on top is refused.
const MOST_THREADS: usize = 512;
/// Threads kept for the next rewriter.
const MOST_IDLE: usize = 4;
const IDLE_TIME: Duration = Duration::from_secs(5);
/// The rewriter does not recurse with the document: its stack of open elements is on the heap.
const STACK_SIZE: usize = 512 * 1024;

type Job = Box<dyn FnOnce() + Send>;

static THREADS: AtomicUsize = AtomicUsize::new(0);
static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// Runs a job on a thread of its own; gives it back when there are too many.
pub(crate) fn run(job: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let mut job: Job = Box::new(job);
    while let Some(idle) = pop_idle() {
        // A thread that has just gave up waiting is gone.
        match idle.send(job) {
            Ok(()) => return Ok(()),
            Err(refused) => job = refused.0,
        }
    }
    if THREADS.fetch_add(1, Ordering::Relaxed) >= MOST_THREADS {
        THREADS.fetch_sub(1, Ordering::Relaxed);
        return Err(format!(
            "more than {MOST_THREADS} rewriters are waiting for their handlers"
        ));
    }
    let started = thread::Builder::new()
        .name("html-rewriter".to_owned())
        .stack_size(STACK_SIZE)
        .spawn(move || work(job));
    match started {
        Ok(_) => Ok(()),
        Err(error) => {
            THREADS.fetch_sub(1, Ordering::Relaxed);
            Err(error.to_string())
        }
    }
}

fn pop_idle() -> Option<Sender<Job>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop()
}

/// Counts a thread until it ends, however it does.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}

fn work(first: Job) {
    let _counted = Counted;
    let mut job = first;
    loop {
        job();
        let (sender, receiver) = channel();
        {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() >= MOST_IDLE {
                break;
            }
            idle.push(sender);
        }
        match receiver.recv_timeout(IDLE_TIME) {
            Ok(next) => job = next,
            Err(_) => break,
        }
    }
}
