//! The child under `--watch`: its start, its reports and its end. It never decides to restart.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, kill_process};

use super::Event;
use crate::child;
use crate::outcome::Outcome;

/// A running child.
#[derive(Debug)]
pub(super) struct Running {
    /// The process, until it is reaped.
    living: Arc<Mutex<Option<Pid>>>,
}

impl Running {
    /// Starts the child; its reports and its end arrive as events of `run`.
    pub(super) fn start(
        command: &dyn Fn(i32) -> Command,
        run: u64,
        sender: &Sender<Event>,
    ) -> io::Result<Self> {
        let (reports, child_end) = rustix::pipe::pipe()?;
        fcntl_setfd(&reports, FdFlags::CLOEXEC)?;
        let mut child = command(child_end.as_raw_fd()).spawn()?;
        drop(child_end);
        let living = Arc::new(Mutex::new(child::process_id(&child)));
        let wait_living = Arc::clone(&living);
        let wait_sender = sender.clone();
        std::thread::spawn(move || {
            let outcome = child::wait(&mut child, &wait_living).unwrap_or(Outcome::FAILURE);
            // Without a receiver the supervisor is ending.
            let _ = wait_sender.send(Event::Ended { run, outcome });
        });
        let sender = sender.clone();
        std::thread::spawn(move || read_reports(reports, run, &sender));
        Ok(Self { living })
    }

    pub(super) fn signal(&self, signal: Signal) {
        let living = self.living.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = *living {
            // It may have ended this moment; its end is on its way.
            let _ = kill_process(pid, signal);
        }
    }
}

/// A report: the state of the file, a space, its path.
fn parse(line: &[u8]) -> Option<(String, PathBuf)> {
    let space = line.iter().position(|byte| *byte == b' ')?;
    let state = String::from_utf8(line.get(..space)?.to_vec()).ok()?;
    let path = line.get(space + 1..)?.to_vec();
    Some((state, PathBuf::from(std::ffi::OsString::from_vec(path))))
}

fn read_reports(reports: OwnedFd, run: u64, sender: &Sender<Event>) {
    let mut reports = BufReader::new(File::from(reports));
    loop {
        let mut line = Vec::new();
        match reports.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        let Some((state, path)) = parse(&line) else {
            continue;
        };
        if sender.send(Event::Loaded { run, path, state }).is_err() {
            return;
        }
    }
}
