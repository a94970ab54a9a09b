//! One run of a program: its input, its output, the reactions to that output and the time limit.
//! A program that outlives its limit is killed with everything it started.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::case::{Case, Reaction};
use crate::sandbox::Sandbox;

/// More output than this is a program that does not end.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) end: End,
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    Exit(i32),
    Signal(i32),
    /// Killed at the time limit or the limit of output.
    Killed(&'static str),
}

enum Piece {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Closed,
}

/// Runs `program` on the case in its sandbox.
pub(crate) fn run(program: &Path, case: &Case, sandbox: &Sandbox) -> Result<Outcome> {
    let mut child = spawn(program, case, sandbox)?;
    let mut stdin = child.stdin.take();
    if case.on.iter().all(|reaction| reaction.stdin.is_none()) {
        feed(stdin.take(), case.stdin.clone());
    }
    let (sender, pieces) = channel();
    if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
        read(stdout, sender.clone(), Piece::Stdout);
        read(stderr, sender, Piece::Stderr);
    }
    let mut run = Run {
        pid: Pid::from_child(&child),
        deadline: Instant::now() + case.timeout(),
        reactions: case.on.clone(),
        stdin,
        seen: 0,
        stdout: Vec::new(),
        stderr: Vec::new(),
    };
    let killed = run.collect(&pieces, sandbox)?;
    drop(run.stdin);
    if killed.is_some() {
        // The group may be gone already; then there is nothing to end.
        let _ = kill_process_group(run.pid, Signal::KILL);
    }
    let status = child.wait()?;
    let end = killed.map_or_else(|| end(status), End::Killed);
    Ok(Outcome {
        stdout: run.stdout,
        stderr: run.stderr,
        end,
    })
}

struct Run {
    pid: Pid,
    deadline: Instant,
    reactions: Vec<Reaction>,
    stdin: Option<ChildStdin>,
    /// Where in `stdout` the text of the next reaction is looked for.
    seen: usize,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Run {
    /// Reads until both streams are closed; returns why the program has to be killed.
    fn collect(
        &mut self,
        pieces: &Receiver<Piece>,
        sandbox: &Sandbox,
    ) -> Result<Option<&'static str>> {
        let mut open = 2;
        while open > 0 {
            let left = self.deadline.saturating_duration_since(Instant::now());
            match pieces.recv_timeout(left) {
                Ok(Piece::Stdout(bytes)) => {
                    self.stdout.extend(bytes);
                    self.react(sandbox)?;
                }
                Ok(Piece::Stderr(bytes)) => self.stderr.extend(bytes),
                Ok(Piece::Closed) => open -= 1,
                Err(RecvTimeoutError::Timeout) => return Ok(Some("the time limit")),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.stdout.len() + self.stderr.len() > MAX_OUTPUT {
                return Ok(Some("the limit of output"));
            }
        }
        Ok(None)
    }

    fn react(&mut self, sandbox: &Sandbox) -> Result<()> {
        while let Some(reaction) = self.reactions.first() {
            let wanted = reaction.stdout.as_bytes();
            let rest = &self.stdout[self.seen..];
            let Some(at) = rest
                .windows(wanted.len())
                .position(|window| window == wanted)
            else {
                return Ok(());
            };
            self.seen += at + wanted.len();
            let reaction = self.reactions.remove(0);
            self.act(&reaction, sandbox)?;
        }
        Ok(())
    }

    fn act(&mut self, reaction: &Reaction, sandbox: &Sandbox) -> Result<()> {
        if let Some(path) = &reaction.write {
            std::fs::write(sandbox.root.join(path), &reaction.text)?;
        }
        if let (Some(text), Some(stdin)) = (&reaction.stdin, &mut self.stdin) {
            // A program that no longer reads is judged by its output.
            let _ = stdin.write_all(text.as_bytes());
        }
        if let Some(name) = &reaction.signal {
            kill_process(self.pid, signal(name)?)?;
        }
        Ok(())
    }
}

fn spawn(program: &Path, case: &Case, sandbox: &Sandbox) -> Result<Child> {
    let folder = case
        .cwd
        .as_ref()
        .map_or(sandbox.root.clone(), |cwd| sandbox.root.join(cwd));
    let mut command = Command::new(program);
    command
        .args(
            case.args
                .iter()
                .map(|word| word.replace("[DIR]", &sandbox.root.to_string_lossy())),
        )
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &sandbox.root)
        .env("TMPDIR", std::env::temp_dir())
        .env("CRUST_CODE_CACHE", "off")
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    for passed_on in ["CRUST_ENGINE", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(passed_on) {
            command.env(passed_on, value);
        }
    }
    command.envs(&case.env);
    command
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}

fn feed(stdin: Option<ChildStdin>, text: String) {
    if let Some(mut stdin) = stdin {
        thread::spawn(move || {
            // A program may end without reading its input.
            let _ = stdin.write_all(text.as_bytes());
        });
    }
}

fn read(mut from: impl Read + Send + 'static, into: Sender<Piece>, wrap: fn(Vec<u8>) -> Piece) {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = from.read(&mut buffer).unwrap_or(0);
            let piece = if length == 0 {
                Piece::Closed
            } else {
                wrap(buffer[..length].to_vec())
            };
            if into.send(piece).is_err() || length == 0 {
                return;
            }
        }
    });
}

fn end(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Killed("an unknown cause"),
    }
}

/// The signals a case may name.
pub(crate) fn signal(name: &str) -> Result<Signal> {
    Ok(match name {
        "SIGHUP" => Signal::HUP,
        "SIGINT" => Signal::INT,
        "SIGTERM" => Signal::TERM,
        "SIGKILL" => Signal::KILL,
        "SIGUSR1" => Signal::USR1,
        "SIGUSR2" => Signal::USR2,
        "SIGPIPE" => Signal::PIPE,
        "SIGABRT" => Signal::ABORT,
        other => bail!("unknown signal {other}"),
    })
}
