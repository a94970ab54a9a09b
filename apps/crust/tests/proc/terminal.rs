//! `monit` in a terminal of its own.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::manager::{Manager, PATIENCE};
use crate::pty;

/// A program with a terminal, whose output is collected.
struct Terminal {
    child: Child,
    keyboard: File,
    seen: Arc<Mutex<String>>,
}

impl Terminal {
    fn start(manager: &Manager, words: &[&str]) -> Self {
        let mut command = manager.command(words);
        let (child, keyboard) = pty::start(command.env("TERM", "xterm-256color"), 120);
        let mut screen = keyboard.try_clone().unwrap();
        let seen = Arc::new(Mutex::new(String::new()));
        let collected = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length) = screen.read(&mut piece)
                && length > 0
            {
                collected
                    .lock()
                    .unwrap()
                    .push_str(&String::from_utf8_lossy(&piece[..length]));
            }
        });
        Self {
            child,
            keyboard,
            seen,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn tail(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let letters: Vec<char> = seen.chars().collect();
        letters[letters.len().saturating_sub(3000)..]
            .iter()
            .collect()
    }

    /// Waits until the text has been written, whatever stands between its words.
    fn until(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen.lock().unwrap().contains(text) {
            assert!(
                Instant::now() < deadline,
                "never on the screen: {text}
{:?}",
                self.tail()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn the_screen_shows_what_runs_and_keys_act_on_it() {
    let manager = Manager::new("monit");
    manager.ok(&[
        "start",
        "echo written-by-first; sleep 600",
        "--name",
        "first",
    ]);
    manager.ok(&["start", "sleep 600", "--name", "second"]);
    let (first, second) = (manager.pid("first"), manager.pid("second"));
    let mut terminal = Terminal::start(&manager, &["monit"]);
    terminal.until("written-by-first");
    terminal.until("second");
    terminal.press("r");
    manager.until("it is restarted", |manager| {
        manager.row("first")["restarts"] == 1
    });
    assert_ne!(manager.pid("first"), first);
    // Stopping asks first; a no changes nothing.
    terminal.press("jsn");
    terminal.until("stop second? y/n");
    assert_eq!(manager.pid("second"), second);
    terminal.press("sy");
    manager.until("it is stopped", |manager| {
        manager.status("second") == "stopped"
    });
    terminal.press("?");
    terminal.until("pause");
    terminal.press("q");
    terminal.press("q");
    assert!(terminal.child.wait().unwrap().success());
    // The terminal is as before: the other screen was left.
    terminal.until("\u{1b}[?1049l");
    assert!(manager.fails(&["monit"]).contains("needs a terminal"));
}

#[test]
fn a_command_that_waits_says_so_and_cleans_up() {
    let manager = Manager::new("progress");
    let line = "trap '' TERM; while :; do sleep 0.1; done";
    manager.ok(&["start", line, "--name", "slow", "--kill-timeout", "1500"]);
    let mut terminal = Terminal::start(&manager, &["stop", "slow"]);
    terminal.until("stop slow … ");
    assert!(terminal.child.wait().unwrap().success());
    // The line is gone before the table.
    terminal.until("\u{1b}[2Kid");
    assert_eq!(manager.status("slow"), "stopped");
}
