//! The signals that the daemon gets: to end, to forward, or that a child has ended. It decides nothing.

use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ};

/// Signals that stop everything and end the daemon.
const ENDING: [i32; 3] = [SIGTERM, SIGINT, SIGQUIT];
/// Signals that the applications of a daemon in the foreground get.
const FORWARDED: [i32; 3] = [SIGHUP, SIGUSR1, SIGUSR2];

/// What has arrived, and a pipe that becomes readable with it.
pub(super) struct Signals {
    pub(super) pipe: UnixStream,
    flags: Vec<(i32, Arc<AtomicBool>)>,
}

impl Signals {
    pub(super) fn new(foreground: bool) -> io::Result<Self> {
        let mut numbers = vec![SIGTERM, SIGINT, SIGCHLD];
        if foreground {
            numbers.push(SIGQUIT);
            numbers.extend(FORWARDED);
        } else {
            // A terminal that goes away is no reason to end.
            signal_hook::flag::register(SIGHUP, Arc::default())?;
        }
        // A file that may not grow further is a full disk.
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        let mut flags = Vec::new();
        for number in &numbers {
            let flag = Arc::<AtomicBool>::default();
            signal_hook::flag::register(*number, Arc::clone(&flag))?;
            flags.push((*number, flag));
        }
        // Registered after the flags, so that it rings when they are set.
        let pipe = crate::holder::signal_pipe(&numbers)?;
        Ok(Self { pipe, flags })
    }

    /// The signals since the last call.
    pub(super) fn take(&mut self) -> Vec<i32> {
        while self.pipe.read(&mut [0; 64]).is_ok_and(|length| length > 0) {}
        let set = self
            .flags
            .iter()
            .filter(|(_, flag)| flag.swap(false, Ordering::SeqCst));
        set.map(|(number, _)| *number).collect()
    }
}

/// Whether a signal asks for the end.
pub(super) fn is_ending(number: i32) -> bool {
    ENDING.contains(&number)
}
