//! `run`: applications in the foreground, as the first process of a container.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};

use rustix::process::Signal;

use crate::manager::{Manager, is_alive, kill, processes_of, signal};

fn start(manager: &Manager, file: &str) -> Child {
    let mut command = manager.command(&["run", file]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn id(child: &Child) -> i32 {
    i32::try_from(child.id()).unwrap()
}

#[test]
fn output_and_exit_code_are_those_of_the_applications() {
    let manager = Manager::new("run");
    let file = manager.file(
        "e.json",
        r#"{"apps": [
            {"name": "one", "script": "echo one; echo bad >&2; exit 0", "autorestart": false},
            {"name": "two", "script": "echo two; exit 7", "autorestart": false, "time": true}]}"#,
    );
    let output = start(&manager, &file).wait_with_output().unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(7), "{out}{err}");
    let mut lines: Vec<&str> = out
        .lines()
        .map(|line| line.rsplit(' ').next().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, ["one", "two"], "{out}");
    assert!(
        err.contains("bad\n") && err.contains("[crust-pm] two exit exit code 7"),
        "{err}"
    );
    // Nothing is left, and nothing comes back later.
    assert!(!manager.home().join("daemon.sock").exists());
    assert_eq!(manager.ok(&["list", "--json"]), "[]\n");
}

#[test]
fn signals_are_forwarded_and_strangers_are_reaped() {
    let manager = Manager::new("init");
    let line = "trap 'echo got HUP' HUP; trap 'echo got USR2' USR2; trap 'echo asked; exit 0' TERM; (setsid sh -c 'echo $$ > \"$STRANGER\"; sleep 0.2' &); echo up; while :; do sleep 0.05; done";
    let stranger = manager.file("stranger", "");
    let file = manager.file(
        "e.json",
        &serde_json::json!({"apps": [{"name": "a", "script": line, "env": {"CRUST_PM_TEST_MARK": "init", "STRANGER": stranger}}]}).to_string(),
    );
    let mut child = start(&manager, &file);
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "up");
    // Other commands reach it as any daemon.
    assert_eq!(manager.status("a"), "online");
    let app = manager.pid("a");
    assert!(
        manager
            .fails(&["run", &file])
            .contains("a daemon runs already")
    );
    signal(id(&child), Signal::HUP).unwrap();
    assert_eq!(lines.next().unwrap(), "got HUP");
    signal(id(&child), Signal::USR2).unwrap();
    assert_eq!(lines.next().unwrap(), "got USR2");
    assert!(is_alive(app));
    // The stranger ends, and nobody is a zombie.
    manager.until("the stranger has ended", |_| {
        let text = std::fs::read_to_string(&stranger).unwrap();
        text.trim().parse().is_ok_and(|pid: i32| !is_alive(pid))
    });
    manager.until("no zombie is left", |manager| {
        let holder = manager.holder();
        let children =
            |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        let all = format!("{} {}", children(id(&child)), children(holder));
        let zombies = all
            .split_ascii_whitespace()
            .filter(|pid| !is_alive(pid.parse().unwrap()));
        zombies.count() == 0
    });
    signal(id(&child), Signal::TERM).unwrap();
    assert_eq!(lines.next().unwrap(), "asked");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(processes_of("CRUST_PM_TEST_MARK=init").is_empty());
}

#[test]
fn a_second_signal_ends_stubborn_programs_and_a_kill_ends_all() {
    let manager = Manager::new("stubborn");
    let line = "trap 'echo no' TERM INT; echo up; while :; do sleep 0.05; done";
    let file = manager.file(
        "e.json",
        &serde_json::json!({"apps": [{"name": "a", "script": line, "kill_timeout": "600s", "env": {"CRUST_PM_TEST_MARK": "stubborn"}}]}).to_string(),
    );
    let mut child = start(&manager, &file);
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "up");
    signal(id(&child), Signal::INT).unwrap();
    assert_eq!(lines.next().unwrap(), "no");
    assert!(child.try_wait().unwrap().is_none());
    signal(id(&child), Signal::INT).unwrap();
    child.wait().unwrap();
    assert!(processes_of("CRUST_PM_TEST_MARK=stubborn").is_empty());
    // Killed without a word, it takes its applications with it.
    let file = manager.file("f.json", "{\"apps\": [{\"name\": \"b\", \"script\": \"echo up; exec sleep 600\", \"env\": {\"CRUST_PM_TEST_MARK\": \"killed\"}}]}");
    let mut child = start(&manager, &file);
    let mut first = [0; 3];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    kill(id(&child));
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    manager.until("its applications are gone", |_| {
        processes_of("CRUST_PM_TEST_MARK=killed").is_empty()
    });
}

#[test]
fn crashes_are_restarted_in_the_foreground_too() {
    let manager = Manager::new("again");
    let file = manager.file(
        "e.json",
        r#"{"apps": [{"name": "a", "script": "echo x >> count; exit 3", "max_restarts": 2, "restart_delay": 10}]}"#,
    );
    let output = start(&manager, &file).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        std::fs::read_to_string(manager.folder.join("count"))
            .unwrap()
            .lines()
            .count(),
        3
    );
    let missing = manager.fails(&["run", "no-such.json"]);
    assert!(missing.contains("INVALID_CONFIGURATION"), "{missing}");
}
