//! One worker process: its start, its pipes and its end. Never decides what it runs.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};

use crust_testplan::Position;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{FdFlags, fcntl_setfd};

use super::output::Output;
use crate::session::Session;

/// A running worker. Its pipes do not block our side, except for jobs, which are short lines.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    jobs: Option<File>,
    pub(super) events: File,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
    line: Vec<u8>,
    /// Standard output and error.
    output: [Output; 2],
    /// Where reads go first.
    piece: Vec<u8>,
}

/// An event of a worker is at most this long; 64 MB holds a plan of a million tests.
const LONGEST_LINE: usize = 64 << 20;
/// What one read takes.
const PIECE: usize = 64 << 10;

/// What came of reading events.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// These, and the pipe is open.
    Some(Vec<Vec<u8>>),
    /// These, and there will be no more.
    Ended(Vec<Vec<u8>>),
}

impl Worker {
    /// Starts a worker with a first line of jobs, its settings.
    pub(super) fn start(
        session: &Session,
        option_words: &[std::ffi::OsString],
        number: usize,
        settings: &str,
        coverage: Option<&Path>,
    ) -> io::Result<Self> {
        let (jobs_out, jobs) = rustix::pipe::pipe()?;
        let (events, events_in) = rustix::pipe::pipe()?;
        fcntl_setfd(&jobs, FdFlags::CLOEXEC)?;
        fcntl_setfd(&events, FdFlags::CLOEXEC)?;
        let token = token();
        let mut command = Command::new(&session.exec_path);
        command
            .arg0(&session.display_name)
            .arg("test")
            .args(option_words)
            .arg(format!(
                "--test-worker={},{},{token}{}",
                jobs_out.as_raw_fd(),
                events_in.as_raw_fd(),
                if coverage.is_some() { ",coverage" } else { "" }
            ))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        environment(&mut command, number);
        if let Some(folder) = coverage {
            command.env(crust_host::COVERAGE_VARIABLE, folder);
        }
        let mut child = command.spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        nonblocking(&events)?;
        if let Some(pipe) = &stdout {
            nonblocking(pipe)?;
        }
        if let Some(pipe) = &stderr {
            nonblocking(pipe)?;
        }
        let mut worker = Self {
            child,
            jobs: Some(File::from(jobs)),
            events: File::from(events),
            stdout,
            stderr,
            line: Vec::new(),
            output: [0, 1].map(|_| Output::new(crust_testplan::mark(&token))),
            piece: vec![0; PIECE],
        };
        // A worker that ended at once shows so by its events.
        let _ = worker.give(settings);
        Ok(worker)
    }

    /// Writes a job.
    pub(super) fn give(&mut self, job: &str) -> io::Result<()> {
        let Some(jobs) = &mut self.jobs else {
            return Ok(());
        };
        jobs.write_all(format!("{job}\n").as_bytes())
    }

    /// There will be no more jobs.
    pub(super) fn close(&mut self) {
        self.jobs = None;
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) {
        // It may have ended this moment.
        let _ = self.child.kill();
    }

    /// Waits for its end.
    pub(super) fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// The lines that are there.
    pub(super) fn lines(&mut self) -> Lines {
        let mut lines = Vec::new();
        loop {
            match self.events.read(&mut self.piece) {
                Ok(0) => return Lines::Ended(lines),
                Ok(length) => self.split(length, &mut lines),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Lines::Some(lines);
                }
                Err(_) => return Lines::Ended(lines),
            }
            if self.line.len() > LONGEST_LINE {
                self.kill();
                return Lines::Ended(lines);
            }
        }
    }

    fn split(&mut self, length: usize, lines: &mut Vec<Vec<u8>>) {
        let mut piece = self.piece.get(..length).unwrap_or_default();
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = piece.split_at(end);
            self.line.extend_from_slice(head);
            lines.push(std::mem::take(&mut self.line));
            piece = tail.get(1..).unwrap_or_default();
        }
        self.line.extend_from_slice(piece);
    }

    /// Takes what it printed since the last call, about `most` bytes of each kind.
    pub(super) fn hear(&mut self, most: usize) {
        let [stdout, stderr] = &mut self.output;
        drain(&mut self.stdout, most, &mut self.piece, &mut stdout.held);
        drain(&mut self.stderr, most, &mut self.piece, &mut stderr.held);
    }

    /// What was printed before an event and not passed on yet: standard output, standard error.
    pub(super) fn output_before(&mut self, position: Position) -> [Vec<u8>; 2] {
        if position.marked {
            self.hear_mark();
        }
        let [stdout, stderr] = &mut self.output;
        let [first, second] = position.printed;
        if position.marked {
            [stdout.before_mark(first), stderr.before_mark(second)]
        } else {
            [stdout.before(first), stderr.before(second)]
        }
    }

    /// A mark is in the pipe before its event is, possibly behind a flood.
    fn hear_mark(&mut self) {
        loop {
            let [stdout, stderr] = &self.output;
            let read = stdout.held.len() + stderr.held.len();
            if stdout.has_mark() && stderr.has_mark() {
                return;
            }
            self.hear(stdout.held.len().max(stderr.held.len()) + PIECE);
            let [stdout, stderr] = &self.output;
            if stdout.held.len() + stderr.held.len() == read {
                return;
            }
        }
    }

    /// What was printed and not passed on yet, as far as it belongs before no event.
    pub(super) fn output(&mut self) -> [Vec<u8>; 2] {
        self.output.each_mut().map(Output::free_rest)
    }

    /// All that was printed and not passed on yet, when there will be no more events.
    pub(super) fn last_output(&mut self) -> [Vec<u8>; 2] {
        self.output.each_mut().map(Output::all)
    }
}

/// Takes what is there without waiting; closes the pipe at its end.
fn drain<T: io::Read>(pipe: &mut Option<T>, most: usize, piece: &mut [u8], out: &mut Vec<u8>) {
    while let Some(open) = pipe {
        match open.read(piece) {
            Ok(0) => *pipe = None,
            Ok(length) => out.extend_from_slice(piece.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(_) => *pipe = None,
        }
        if out.len() >= most {
            break;
        }
    }
}

fn nonblocking(pipe: &impl std::os::fd::AsFd) -> io::Result<()> {
    let flags = fcntl_getfl(pipe)?;
    fcntl_setfl(pipe, flags | OFlags::NONBLOCK)?;
    Ok(())
}

/// What no program prints by chance: the standard library's keys of hash maps are random.
fn token() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    let random = || RandomState::new().hash_one(0);
    format!("{:016x}{:016x}", random(), random())
}

/// What tests find in `process.env` beside ours.
fn environment(command: &mut Command, number: usize) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !set("NODE_ENV") {
        command.env("NODE_ENV", "test");
    }
    if !set("TZ") {
        command.env("TZ", "Etc/UTC");
    }
    // With proper tail calls `() => expect(1).toBe(2)` has left the stack when the matcher fails, and nobody
    // could say where. The worker takes the variable out of what tests see.
    command
        .env("JSC_useTailCalls", "false")
        .env("JEST_WORKER_ID", number.to_string())
        .env("BUN_TEST_WORKER_ID", number.to_string());
}
