//! Options that people know from PM2: `--no-daemon`, `--attach`, `--inspect`, `--heap-prof`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use rustix::process::Signal;

use crate::manager::{Manager, signal};

#[test]
fn without_a_daemon_it_is_in_the_foreground() {
    let manager = Manager::new("no-daemon");
    let output = manager.run(&[
        "start",
        "echo said; exit 7",
        "--name",
        "web",
        "--no-daemon",
        "--no-autorestart",
    ]);
    assert_eq!(output.status.code(), Some(7));
    assert!(String::from_utf8_lossy(&output.stdout).contains("said"));
    assert!(!manager.home().join("daemon.sock").exists());
}

#[test]
fn attached_is_started_and_then_followed() {
    let manager = Manager::new("attach");
    for words in [
        [
            "start",
            "i=0; while :; do echo tick $((i=i+1)); sleep 0.05; done",
            "--name",
            "web",
            "--attach",
            "--raw",
        ]
        .as_slice(),
        &["restart", "web", "--attach", "--raw"],
    ] {
        let mut child = manager
            .command(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ticks = lines
            .map(Result::unwrap)
            .filter(|line| line.starts_with("tick "));
        assert_eq!(ticks.take(5).count(), 5);
        signal(i32::try_from(child.id()).unwrap(), Signal::INT).unwrap();
        child.wait().unwrap();
        // Who looks on is not who keeps it running.
        assert_eq!(manager.status("web"), "online");
    }
    let output = manager.run(&[
        "start",
        "exit 3",
        "--name",
        "bad",
        "--attach",
        "--no-autorestart",
        "--cwd",
        "/no/such",
    ]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn inspectors_are_those_of_other_runtimes() {
    let manager = Manager::new("inspect");
    let script = manager.file("app.js", "setInterval(() => {}, 1000)");
    for option in ["--inspect", "--heap-prof"] {
        let said = manager.fails(&["start", &script, "--name", "web", option]);
        assert!(
            said.contains("programs of crust have no inspector"),
            "{said}"
        );
    }
    // A runtime that says what it was given.
    let node = manager.file("node", "#!/bin/sh\necho \"given $*\"; exec sleep 600");
    fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).unwrap();
    manager.ok(&[
        "start",
        &script,
        "--name",
        "web",
        "--interpreter",
        &node,
        "--inspect=127.0.0.1:9230",
        "--heap-prof",
        "--",
        "arg",
    ]);
    let wanted = format!("given --inspect=127.0.0.1:9230 --heap-prof {script} arg\n");
    manager.until("it has spoken", |manager| {
        manager.log("web-out.log").ends_with('\n')
    });
    assert_eq!(manager.log("web-out.log"), wanted);
    let said = manager.fails(&["start", "sleep 600", "--name", "shell", "--inspect"]);
    assert!(said.contains("is not node, bun or deno"), "{said}");
}
