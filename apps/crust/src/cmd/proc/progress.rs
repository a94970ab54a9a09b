//! What is said while a command waits: a line on a terminal, once it takes longer than a moment, and gone when the
//! answer is there. Nothing where nobody looks.

use std::io::IsTerminal as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::message;

/// Faster answers need no word.
const MOMENT: Duration = Duration::from_millis(400);
/// Between two updates of the line.
const BEAT: Duration = Duration::from_millis(200);

/// Says that something is waited for, until it is dropped.
pub(super) struct Progress {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// `what` is what is being done, as "restarting web".
    pub(super) fn start(what: String) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self {
                end: None,
                thread: None,
            };
        }
        let (end, ended) = channel();
        let thread = std::thread::Builder::new().spawn(move || {
            let start = Instant::now();
            let mut shown = false;
            let mut wait = MOMENT;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let seconds = start.elapsed().as_secs_f32();
                message::write_error(&format!("\r\x1b[2K{what} … {seconds:.1} s"));
                shown = true;
                wait = BEAT;
            }
            if shown {
                message::write_error("\r\x1b[2K");
            }
        });
        Self {
            end: Some(end),
            thread: thread.ok(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It only writes a line.
            let _ = thread.join();
        }
    }
}
