//! `--watch`: a supervisor that runs the program in a child of the same binary and starts it again when
//! a file it loaded changes. It never loads the program itself.
//!
//! The child gets one more option, `--loaded-files-descriptor=N`: the number of the pipe's end it
//! inherited, to which it writes the state and the absolute path of every file it loads, one a line. It
//! does so before it reads the file, so that a file with a mistake is watched too. The supervisor watches
//! the file and then compares its state, so that no change falls between the two.

mod files;
mod process;

use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use files::WatchedFiles;
use process::Running;

/// Everything the supervisor reacts to.
#[derive(Debug)]
enum Event {
    /// The child reads a file, which is in a state that any change alters.
    Loaded {
        run: u64,
        path: std::path::PathBuf,
        state: String,
    },
    /// Something happened to a file in a watched directory; without a path, events were lost.
    Changed(Option<std::path::PathBuf>),
    /// The child ended.
    Ended { run: u64, outcome: Outcome },
    /// We were asked to end. The terminal tells the child itself.
    Asked { signal: i32, by_terminal: bool },
}

/// What `--watch` runs.
pub(crate) struct Watch {
    /// Makes the child's command; the argument is the descriptor's number.
    pub(crate) command: Box<dyn Fn(i32) -> Command>,
    /// The file of the program, watched even when the child dies before its first report.
    pub(crate) entry: Option<std::path::PathBuf>,
    pub(crate) kill_signal: Signal,
    pub(crate) clear_screen: bool,
}

/// Editors write a file in several steps; a restart waits until they have been quiet for this long.
const SETTLE: Duration = Duration::from_millis(40);

/// A program that does not end after its signal is killed. Long enough to finish requests under way.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the program until we are told to end.
pub(crate) fn supervise(watch: Watch) -> Result<Outcome, CliError> {
    let (sender, events) = channel();
    watch_signals(&sender)?;
    react_to(watch, sender, events)
}

fn react_to(
    watch: Watch,
    sender: Sender<Event>,
    events: Receiver<Event>,
) -> Result<Outcome, CliError> {
    let files = WatchedFiles::new(sender.clone())?;
    let mut supervisor = Supervisor {
        watch,
        files,
        sender,
        events,
        run: 0,
        running: None,
    };
    supervisor.start()?;
    supervisor.react()
}

struct Supervisor {
    watch: Watch,
    files: WatchedFiles,
    sender: Sender<Event>,
    events: Receiver<Event>,
    /// Counts the starts, to tell reports of an earlier child.
    run: u64,
    running: Option<Running>,
}

impl Supervisor {
    fn start(&mut self) -> Result<(), CliError> {
        self.run += 1;
        if let Some(entry) = self.watch.entry.clone() {
            self.files.add(&entry)?;
        }
        let running =
            Running::start(&*self.watch.command, self.run, &self.sender).map_err(|source| {
                CliError::Spawn {
                    program: "the program".to_owned(),
                    source,
                }
            })?;
        self.running = Some(running);
        Ok(())
    }

    fn react(&mut self) -> Result<Outcome, CliError> {
        loop {
            let event = self
                .events
                .recv()
                .map_err(|error| CliError::Watch(error.to_string()))?;
            let ended = self.handle(event)?;
            if let Some(outcome) = ended {
                return Ok(outcome);
            }
        }
    }

    /// Handles one event; gives an outcome when it ends the supervisor.
    fn handle(&mut self, event: Event) -> Result<Option<Outcome>, CliError> {
        match event {
            Event::Loaded { run, path, state } if run == self.run => {
                if self.files.loaded(&path, &state)? {
                    return self.restart();
                }
                Ok(None)
            }
            Event::Changed(path) if self.files.concerns(path.as_deref()) => self.restart(),
            Event::Ended { run, outcome } if run == self.run => {
                self.running = None;
                self.files.ended(outcome.is_success());
                Ok(None)
            }
            Event::Asked {
                signal,
                by_terminal,
            } => Ok(Some(self.finish(signal, by_terminal))),
            Event::Loaded { .. } | Event::Changed(_) | Event::Ended { .. } => Ok(None),
        }
    }

    fn restart(&mut self) -> Result<Option<Outcome>, CliError> {
        if let Some(outcome) = self.settle() {
            return Ok(Some(outcome));
        }
        let signal = self.watch.kill_signal;
        self.signal(signal);
        if let Some(outcome) = self.wait_for_end() {
            return Ok(Some(outcome));
        }
        self.files.next_run();
        if self.watch.clear_screen {
            message::print("\x1b[2J\x1b[3J\x1b[H");
        }
        self.start()?;
        Ok(None)
    }

    /// Waits until the program's files have been quiet for a moment.
    fn settle(&mut self) -> Option<Outcome> {
        let mut quiet = Instant::now() + SETTLE;
        loop {
            let left = quiet.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Ended { run, .. }) if run == self.run => self.running = None,
                Ok(Event::Changed(path)) if self.files.concerns(path.as_deref()) => {
                    quiet = Instant::now() + SETTLE;
                }
                Ok(Event::Asked {
                    signal,
                    by_terminal,
                }) => {
                    return Some(self.finish(signal, by_terminal));
                }
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    /// Waits for the child's end, killing it after the grace period.
    fn wait_for_end(&mut self) -> Option<Outcome> {
        let deadline = Instant::now() + GRACE;
        while self.running.is_some() {
            match self
                .events
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(Event::Ended { run, .. }) if run == self.run => self.running = None,
                Ok(Event::Asked {
                    signal,
                    by_terminal,
                }) => return Some(self.finish(signal, by_terminal)),
                Ok(_) => {}
                Err(_) => self.kill(),
            }
        }
        None
    }

    /// Passes the signal on, waits for the child and gives its end as ours.
    fn finish(&mut self, signal: i32, by_terminal: bool) -> Outcome {
        if self.running.is_none() {
            return Outcome::Signal(signal);
        }
        if let Some(signal) = Signal::from_named_raw(signal).filter(|_| !by_terminal) {
            self.signal(signal);
        }
        let deadline = Instant::now() + GRACE;
        loop {
            match self
                .events
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(Event::Ended { run, outcome }) if run == self.run => return outcome,
                // Asked again: somebody is in a hurry.
                Ok(Event::Asked { .. }) | Err(RecvTimeoutError::Timeout) => self.kill(),
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return Outcome::Signal(signal),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(running) = &self.running {
            running.signal(signal);
        }
    }

    /// The last resort. Its end is reported like any other.
    fn kill(&self) {
        self.signal(Signal::KILL);
    }
}

/// Turns the signals that ask us to end into events.
fn watch_signals(sender: &Sender<Event>) -> Result<(), CliError> {
    let mut signals = SignalsInfo::<WithOrigin>::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])
        .map_err(|error| CliError::Watch(error.to_string()))?;
    let sender = sender.clone();
    std::thread::spawn(move || {
        for origin in &mut signals {
            let by_terminal = matches!(origin.cause, Cause::Kernel);
            if sender
                .send(Event::Asked {
                    signal: origin.signal,
                    by_terminal,
                })
                .is_err()
            {
                return;
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests;
