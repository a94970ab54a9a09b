//! `crust test` where people see it: in a terminal, and as a pipe or CI gets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../support/pty.rs"]
mod pty;
mod terminal;

use std::path::PathBuf;
use std::process::Command;

use terminal::Terminal;

/// A test that goes on when there is a file called `go`, which the test of the terminal makes.
const WAITING: &str = r#"
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
test("at once", () => {});
test("waits", async () => {
  while (!existsSync("go")) await Bun.sleep(10);
  console.log("printed");
  expect(1).toBe(1);
}, 60_000);
"#;

/// A folder of a test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("crust-test-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("a.test.ts"), WAITING).unwrap();
        Self(path)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crust"));
        command
            .arg("test")
            .args(words)
            .current_dir(&self.0)
            .env("TERM", "xterm-256color")
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("NO_COLOR")
            .env_remove("FORCE_COLOR");
        command
    }

    fn go(&self) {
        std::fs::write(self.0.join("go"), "").unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_terminal_shows_what_runs_below_what_is_done() {
    let folder = Folder::new("terminal");
    let mut terminal = Terminal::start(&mut folder.command(&[]));
    terminal.until("a.test.ts");
    terminal.until("RUNS");
    terminal.until("0/1 files");
    terminal.until("1 pass");
    folder.go();
    let seen = terminal.end();
    // The results stand in the place of what ran.
    let (_, results) = seen.rsplit_once("\x1b[J").unwrap();
    assert!(results.contains("Ran 2 tests across 1 file."), "{seen:?}");
    assert!(!results.contains("RUNS"), "{seen:?}");
    // What a test prints stands above, where the lines were.
    assert!(seen.contains("\x1b[Jprinted\r\n"), "{seen:?}");
}

#[test]
fn ci_and_dumb_terminals_get_plain_lines() {
    let folder = Folder::new("plain");
    folder.go();
    for (name, value) in [("CI", "1"), ("TERM", "dumb")] {
        let mut terminal = Terminal::start(folder.command(&[]).env(name, value));
        let seen = terminal.end();
        assert!(seen.contains("Ran 2 tests"), "{seen:?}");
        assert!(
            !seen.contains("RUNS") && !seen.contains("\x1b[J"),
            "{seen:?}"
        );
    }
    let output = folder.command(&[]).output().unwrap();
    let seen = String::from_utf8(output.stderr).unwrap();
    assert!(seen.contains("Ran 2 tests"), "{seen:?}");
    assert!(!seen.contains('\x1b'), "{seen:?}");
}
