//! Reporters that users write: a program of its own has the module, and reads the run from a pipe. Never
//! knows what the module does with it.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};

use crust_testplan::report::{Event, Lines, Reporter};

use crate::error::CliError;
use crate::session::Session;

/// A running reporter.
pub(super) struct Foreign {
    name: String,
    child: Child,
    /// Closed when the reporter does not read any more.
    pipe: Option<ChildStdin>,
}

/// Whether a name of `--reporter` is that of a module.
pub(super) fn is_module(name: &str) -> bool {
    name.contains('/') || name.contains('.')
}

impl Foreign {
    /// Starts the process for a module, named as in `--reporter`.
    pub(super) fn start(
        session: &Session,
        option_words: &[std::ffi::OsString],
        name: &str,
    ) -> Result<Self, CliError> {
        let mut child = Command::new(&session.exec_path)
            .arg0(&session.display_name)
            .arg("test")
            .args(option_words)
            .arg(format!("--test-worker=reporter,{name}"))
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|source| CliError::Spawn {
                program: format!("the reporter {name}"),
                source,
            })?;
        let pipe = child.stdin.take();
        Ok(Self {
            name: name.to_owned(),
            child,
            pipe,
        })
    }

    /// Tells it what happened. One that reads no more has ended, which its end shows.
    pub(super) fn tell(&mut self, event: Event<'_>) {
        let Some(pipe) = &mut self.pipe else {
            return;
        };
        let mut line = String::new();
        Lines.report(event, &mut line);
        if pipe.write_all(line.as_bytes()).is_err() {
            self.pipe = None;
        }
    }

    /// Waits until it has reported everything; whether it could.
    pub(super) fn finish(&mut self) -> bool {
        self.pipe = None;
        match self.child.wait() {
            Ok(status) if status.success() => true,
            _ => {
                crate::message::error(&format!("the reporter {} failed", self.name));
                false
            }
        }
    }
}
