//! 10: a thousand applications, two hundred killed at once, all deleted.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::manager::{Manager, is_alive, kill, span};

/// A thousand with `CRUST_TEST_SLOW`.
fn how_many() -> usize {
    if span(0, 1) == Duration::ZERO {
        200
    } else {
        1000
    }
}

/// Open descriptors of a process.
fn descriptors(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[test]
fn hundreds_of_applications_start_fall_and_go() {
    let manager = Manager::new("many");
    let count = how_many();
    let apps: Vec<_> = (0..count).map(|at| json!({"name": format!("app-{at}"), "script": "/bin/sleep", "args": "600", "interpreter": "none"})).collect();
    let file = manager.file("many.json", &json!({"apps": apps}).to_string());
    manager.ok(&["start", &file, "--silent"]);
    let pids = manager.pids();
    assert_eq!(pids.len(), count);
    assert!(pids.values().all(|pid| is_alive(*pid)));
    let (daemon, holder) = (manager.daemon(), manager.holder());
    // Plain output costs no descriptor anywhere, a process at most one.
    assert!(descriptors(daemon) < 64, "{}", descriptors(daemon));
    assert!(descriptors(holder) < 64 + count, "{}", descriptors(holder));
    let victims: Vec<i32> = pids.values().copied().step_by(5).collect();
    for pid in &victims {
        kill(*pid);
    }
    manager.until("all are back", |manager| {
        manager
            .pids()
            .values()
            .all(|pid| *pid != 0 && is_alive(*pid) && !victims.contains(pid))
    });
    let restarts: u64 = manager
        .rows()
        .iter()
        .map(|row| row["restarts"].as_u64().unwrap())
        .sum();
    assert_eq!(restarts, u64::try_from(victims.len()).unwrap());
    kill(daemon);
    let now = manager.pids();
    assert_eq!(now.len(), count);
    manager.ok(&["delete", "all"]);
    assert!(manager.rows().is_empty());
    assert!(now.values().all(|pid| !is_alive(*pid)));
}

#[test]
fn few_descriptors_are_enough_or_said_to_be_too_few() {
    let manager = Manager::new("descriptors");
    let apps: Vec<_> = (0..60).map(|at| json!({"name": format!("app-{at}"), "script": "/bin/sleep", "args": "600", "interpreter": "none", "time": true})).collect();
    let file = manager.file("many.json", &json!({"apps": apps}).to_string());
    // The hard limit is what the daemon and the holder get: 60 applications need 120 pipes.
    let line = format!(
        "ulimit -n 64; exec {} start {file} --json",
        manager.program.display()
    );
    let output = manager.command(&[]).get_program().to_owned();
    assert!(!output.is_empty());
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &line])
        .current_dir(&manager.folder)
        .env("CRUST_PM_HOME", manager.home())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Too many open files"), "{said}");
    // Some run, the others say why not, and everybody answers.
    let rows = manager.rows();
    let online = rows.iter().filter(|row| row["status"] == "online").count();
    assert!(online > 5 && online < 60, "{online}");
    manager.ok(&["delete", "all"]);
    assert!(manager.rows().is_empty());
}
