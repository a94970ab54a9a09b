//! The supervisor with a shell as its program: restarts on change, patience with failures, its end.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::Signal;
use signal_hook::consts::SIGTERM;

use super::{Event, Watch, react_to};
use crate::error::CliError;
use crate::outcome::Outcome;

/// A supervised shell program that says on a pipe what it does.
struct Supervised {
    directory: PathBuf,
    lines: Receiver<String>,
    sender: Sender<Event>,
    supervisor: JoinHandle<Result<Outcome, CliError>>,
}

impl Supervised {
    /// Starts `script`, in which `$1` is the descriptor for reports and `$2` that for `lines`.
    fn start(name: &str, entry: Option<&str>, script: &str) -> Self {
        let directory =
            std::env::temp_dir().join(format!("crust-watch-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("entry"), "").unwrap();
        fs::write(directory.join("loaded"), "").unwrap();
        let (reader, writer): (OwnedFd, OwnedFd) = rustix::pipe::pipe().unwrap();
        let (line_sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(fs::File::from(reader)).lines() {
                if line.is_err() || line_sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        let (script, at) = (script.to_owned(), directory.clone());
        let command = move |descriptor: i32| {
            let mut command = Command::new("sh");
            command.args([
                "-c",
                &script,
                "sh",
                &descriptor.to_string(),
                &writer.as_raw_fd().to_string(),
            ]);
            command.current_dir(&at);
            command
        };
        let entry = entry.map(|entry| directory.join(entry));
        let (sender, events) = channel();
        let supervisor_sender = sender.clone();
        let supervisor = std::thread::spawn(move || {
            let command: Box<dyn Fn(i32) -> Command> = Box::new(command);
            let watch = Watch {
                command,
                entry,
                kill_signal: Signal::TERM,
                clear_screen: false,
            };
            react_to(watch, supervisor_sender, events)
        });
        Self {
            directory,
            lines,
            sender,
            supervisor,
        }
    }

    /// The next line of the program.
    fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    /// Saves a file as editors do, by renaming.
    fn change(&self, file: &str) {
        let path = self.directory.join(file);
        fs::write(path.with_extension("new"), "x").unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    }

    fn end(self) -> Outcome {
        self.sender
            .send(Event::Asked {
                signal: SIGTERM,
                by_terminal: false,
            })
            .unwrap();
        let outcome = self.supervisor.join().unwrap().unwrap();
        fs::remove_dir_all(&self.directory).unwrap();
        outcome
    }
}

/// A line that reports a file in the state it is in.
const REPORT: &str = "stat -c '%i:%s:%.9Z %n' \"$PWD/loaded\" >/dev/fd/$1;";

#[test]
fn a_loaded_file_restarts_the_program_after_its_signal() {
    let script = format!(
        "trap 'echo stopping >/dev/fd/$2; exit 0' TERM
        {REPORT} echo up >/dev/fd/$2; while :; do sleep 0.05; done"
    );
    let program = Supervised::start("loaded", None, &script);
    assert_eq!(program.line(), "up");
    // The report may still be on its way. The shell runs its trap between two commands.
    program.change("loaded");
    assert_eq!(program.line(), "stopping");
    assert_eq!(program.line(), "up");
    assert_eq!(program.end(), Outcome::Code(0));
}

#[test]
fn a_program_that_failed_is_still_watched() {
    let program = Supervised::start("failed", Some("entry"), "echo up >/dev/fd/$2; exit 3");
    assert_eq!(program.line(), "up");
    program.change("entry");
    assert_eq!(program.line(), "up");
    program.change("entry");
    assert_eq!(program.line(), "up");
    // It may be asked to end before or after its program has ended by itself.
    let outcome = program.end();
    assert!(
        [Outcome::Signal(SIGTERM), Outcome::Code(3)].contains(&outcome),
        "{outcome:?}"
    );
}

#[test]
fn a_file_that_changed_before_it_was_watched_restarts_the_program() {
    let program = Supervised::start(
        "early",
        None,
        "if [ -e again ]; then echo again >/dev/fd/$2; exit 0; fi; touch again
        printf '1:0:1.000000001 %s\\n' \"$PWD/loaded\" >/dev/fd/$1",
    );
    assert_eq!(program.line(), "again");
    // It may be asked to end before or after its program has ended by itself.
    let outcome = program.end();
    assert!(
        [Outcome::Signal(SIGTERM), Outcome::Code(0)].contains(&outcome),
        "{outcome:?}"
    );
}
