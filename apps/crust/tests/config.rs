//! `crust config` as a sequence of commands on one file: what each leaves, what a killed one leaves, and
//! who may lift the freeze.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crust_header::{ConfigVersion, Feature, HEADER_LENGTH, Header, RegistryHash};

#[path = "support/pty.rs"]
mod pty;

/// What a package manager would have put after the header.
const PACKAGES: &[u8] = b"\x01\0\0\0 a package";

/// A project's folder, removed at the end.
struct Project(PathBuf);

impl Project {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-config-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn with_header() -> Self {
        let project = Self::new();
        let bytes = [Header::DEFAULT.encode().as_slice(), PACKAGES].concat();
        std::fs::write(project.file(), bytes).unwrap();
        project
    }

    fn file(&self) -> PathBuf {
        self.0.join("crust.lockb")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crust"));
        command.arg("config").args(words).current_dir(&self.0);
        command.env_remove("CRUST_CONFIG_SNAPSHOT");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs a command that must succeed; its output.
    fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The header; what follows it must be as it was.
    fn header(&self) -> Header {
        let bytes = std::fs::read(self.file()).unwrap();
        assert_eq!(&bytes[HEADER_LENGTH..], PACKAGES);
        Header::decode_start(&bytes).unwrap()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_new_project_is_written_and_timed() {
    let project = Project::new();
    std::fs::write(project.0.join("package.json"), "{}").unwrap();
    let inside = project.0.join("src");
    std::fs::create_dir(&inside).unwrap();
    let mut command = project.command(&["init", "--registry", "http://127.0.0.1:4873/"]);
    let said = command.current_dir(&inside).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("crust.lockb written in "), "{said}");
    assert!(said.ends_with(" µs\n") || said.ends_with(" ms\n"), "{said}");
    let bytes = std::fs::read(project.file()).unwrap();
    let expected = Header {
        registry: RegistryHash::of_url("http://127.0.0.1:4873"),
        ..Header::DEFAULT
    };
    assert_eq!(bytes, [expected.encode().as_slice(), &[0; 4]].concat());
    assert_eq!(project.ok(&["init"]), "crust.lockb is there already\n");
    assert_eq!(std::fs::read_dir(&project.0).unwrap().count(), 3);
}

#[test]
fn every_field_is_written_and_nothing_else() {
    let project = Project::with_header();
    project.ok(&["set", "rows", "50"]);
    project.ok(&["set", "cols", "132"]);
    project.ok(&["set", "terminal", "raw"]);
    project.ok(&["set", "registry", "0xbcd5d947"]);
    project.ok(&["feature", "enable", "DEBUG", "MOCK_S3"]);
    project.ok(&["feature", "disable", "DEBUG"]);
    project.ok(&["set", "version", "0", "--downgrade"]);
    let header = project.header();
    assert_eq!(header.version, ConfigVersion::Legacy);
    assert_eq!(header.registry, RegistryHash(0xbcd5_d947));
    assert_eq!(header.features.0, Feature::MockS3.mask());
    assert_eq!(header.terminal.mode.name(), "raw");
    assert_eq!(
        (header.terminal.rows.get(), header.terminal.columns.get()),
        (50, 132)
    );
    assert_eq!(project.ok(&["set", "version", "1"]), "version 0 -> 1\n");
}

#[test]
fn writers_at_once_lose_nothing() {
    let project = Project::with_header();
    let start = |feature: &Feature| {
        let mut command = project.command(&["feature", "enable", feature.name()]);
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = Feature::ALL.iter().map(start).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(project.header().features.0, 0x7ff);
}

/// Runs a command again and again and kills it, a little later each time, until it has had the time to
/// end by itself; `check` looks at what each leaves.
fn killed_later_and_later(command: impl Fn() -> Command, check: impl Fn()) {
    let started = Instant::now();
    assert!(command().output().unwrap().status.success());
    let whole = started.elapsed().min(Duration::from_millis(500));
    check();
    for round in 0..40_u32 {
        let mut child = command().stdout(Stdio::null()).spawn().unwrap();
        // The time is what is tried out, not what is waited for.
        std::thread::sleep(whole * round / 32);
        let _ = child.kill();
        let _ = child.wait();
        check();
    }
}

#[test]
fn a_killed_writer_leaves_the_old_or_the_new_header() {
    let project = Project::with_header();
    let round = AtomicU32::new(0);
    let rows = |round: u32| (round % 200 + 1).to_string();
    let command = || {
        let next = round.fetch_add(1, Ordering::Relaxed);
        project.command(&["set", "rows", &rows(next)])
    };
    let last = std::cell::Cell::new(24);
    killed_later_and_later(command, || {
        let now = u32::from(project.header().terminal.rows.get());
        let asked = (round.load(Ordering::Relaxed) - 1) % 200 + 1;
        assert!(
            now == last.get() || now == asked,
            "{now} is neither {} nor {asked}",
            last.get()
        );
        last.set(now);
    });
}

#[test]
fn a_killed_init_leaves_no_file_or_a_whole_one() {
    let project = Project::new();
    let command = || project.command(&["init"]);
    killed_later_and_later(command, || {
        if let Ok(bytes) = std::fs::read(project.file()) {
            assert_eq!(
                bytes,
                [Header::DEFAULT.encode().as_slice(), &[0; 4]].concat()
            );
            std::fs::remove_file(project.file()).unwrap();
        }
    });
}

#[test]
fn a_link_stays_a_link() {
    let project = Project::with_header();
    let real = project.0.join("real.lockb");
    std::fs::rename(project.file(), &real).unwrap();
    std::os::unix::fs::symlink("real.lockb", project.file()).unwrap();
    project.ok(&["set", "rows", "30"]);
    assert!(project.file().is_symlink());
    assert_eq!(project.header().terminal.rows.get(), 30);
}

/// Runs the command with a terminal for its input and output.
fn at_a_terminal(command: &mut Command) -> (bool, String) {
    let (mut child, mut screen) = pty::start(command, 80);
    let success = child.wait().unwrap().success();
    let mut text = vec![0; 4096];
    let length = screen.read(&mut text).unwrap();
    (
        success,
        String::from_utf8_lossy(&text[..length]).into_owned(),
    )
}

#[test]
fn a_person_at_a_terminal_lifts_the_freeze() {
    let project = Project::with_header();
    let frozen = |words: &[&str]| {
        let mut command = project.command(words);
        command.env("CRUST_CONFIG_SNAPSHOT", "1:219");
        command
    };
    let refused = frozen(&["set", "rows", "30", "--unfreeze"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("ERR_CONFIG_FROZEN"));
    let (success, said) = at_a_terminal(&mut frozen(&["set", "rows", "30"]));
    assert!(!success && said.contains("ERR_CONFIG_FROZEN"), "{said}");
    assert_eq!(project.header(), Header::DEFAULT);
    let (success, said) = at_a_terminal(&mut frozen(&["set", "rows", "30", "--unfreeze"]));
    assert!(success && said.contains("rows 24 -> 30"), "{said}");
    assert_eq!(project.header().terminal.rows.get(), 30);
}

/// `watch` prints each change and goes on until it is ended.
#[test]
fn watch_tells_each_change() {
    use std::io::{BufRead as _, BufReader};
    let project = Project::with_header();
    let mut child = project
        .command(&["watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), "watching crust.lockb");
    project.ok(&["set", "rows", "30"]);
    assert_eq!(next(), "rows 24 -> 30");
    project.ok(&["feature", "enable", "DEBUG"]);
    assert_eq!(next(), "feature DEBUG off -> on");
    std::fs::remove_file(project.file()).unwrap();
    assert_eq!(next(), "crust.lockb was removed");
    project.ok(&["init"]);
    assert_eq!(next(), "version 1");
    child.kill().unwrap();
    child.wait().unwrap();
}
