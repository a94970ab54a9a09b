//! 6, 11 and 14: programs that crash, leave children behind, or take too much.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::manager::{Manager, is_alive, processes_of};

/// The milliseconds of every announced delay of an application.
fn delays(manager: &Manager, name: &str) -> Vec<u64> {
    let answer = manager.raw(
        b"GET /v1/events?since=0 HTTP/1.1\r\nHost: pm\r\n\r\n",
        Duration::from_millis(500),
    );
    let text = String::from_utf8_lossy(&answer).into_owned();
    let events = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events
        .filter(|event| event["event"] == "backoff" && event["name"] == name)
        .filter_map(|event| event["detail"].as_str()?.split(' ').nth(2)?.parse().ok())
        .collect()
}

#[test]
fn delays_of_a_crash_loop_double_up_to_their_limit() {
    let manager = Manager::new("backoff");
    let line = "echo x; exit 3";
    let options = [
        "--exp-backoff",
        "20",
        "--max-backoff",
        "200",
        "--max-restarts",
        "7",
    ];
    manager.run(&[["start", line, "--name", "bad"].as_slice(), &options].concat());
    manager.until("it is given up", |manager| {
        manager.status("bad") == "errored"
    });
    let delays = delays(&manager, "bad");
    assert_eq!(delays.len(), 7, "{delays:?}");
    for (at, delay) in delays.iter().enumerate() {
        let middle = (20_u64 << at).min(200);
        assert!(
            (middle * 9 / 10..=middle * 11 / 10).contains(delay),
            "delay {at} is {delay}, not about {middle}"
        );
    }
    assert_eq!(manager.log("bad-out.log").lines().count(), 8);
    // A fixed delay gives up as well.
    manager.run(&[
        "start",
        line,
        "--name",
        "fixed",
        "--restart-delay",
        "20",
        "--max-restarts",
        "3",
    ]);
    manager.until("it is given up", |manager| {
        manager.status("fixed") == "errored"
    });
    assert_eq!(manager.log("fixed-out.log").lines().count(), 4);
    // A new start begins anew.
    manager.run(&["start", "bad"]);
    manager.until("it is given up again", |manager| {
        manager.log("bad-out.log").lines().count() == 16
    });
}

#[test]
fn a_loop_in_backoff_says_when_it_goes_on() {
    let manager = Manager::new("waiting");
    manager.run(&[
        "start",
        "exit 1",
        "--name",
        "bad",
        "--exp-backoff",
        "60s",
        "--max-backoff",
        "60s",
    ]);
    manager.until("it waits", |manager| manager.status("bad") == "backoff");
    let why = manager.run(&["why", "bad", "--json"]);
    let why: Value = serde_json::from_slice(&why.stdout).unwrap();
    let left = why[0]["restart_in"].as_u64().unwrap();
    assert!(
        why[0]["code"] == "backoff" && (30_000..67_000).contains(&left),
        "{why}"
    );
    // Nothing is waited for: it is deleted at once.
    let start = Instant::now();
    manager.ok(&["delete", "bad"]);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(manager.rows().is_empty());
}

#[test]
fn descendants_that_hide_are_found() {
    let manager = Manager::new("hiding");
    let lines = [
        ("wrapped", "sh -c 'sh -c \"sleep 600\" & sleep 600; :'; :"),
        ("session", "setsid sleep 600 & sleep 600"),
        ("double", "(setsid sh -c 'sleep 600 & exit' &) ; sleep 600"),
        (
            "stubborn",
            "trap '' TERM HUP INT; (trap '' TERM; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done') & while :; do sleep 1; done",
        ),
        (
            "orphan",
            "(setsid sh -c 'sleep 600' </dev/null >/dev/null 2>&1 &) ; exit 0",
        ),
    ];
    for (name, line) in lines {
        let mark = format!("CRUST_PM_TEST_MARK={name}");
        manager.run(&[
            "start",
            line,
            "--name",
            name,
            "--kill-timeout",
            "200",
            "--env",
            &mark,
            "--no-autorestart",
        ]);
        if name != "orphan" {
            manager.until("its descendants are there", |_| {
                processes_of(&mark).len() >= 2
            });
        }
    }
    for (name, _) in lines {
        let mark = format!("CRUST_PM_TEST_MARK={name}");
        let pids = processes_of(&mark);
        manager.ok(&["delete", name]);
        manager.until("nobody is left", |_| processes_of(&mark).is_empty());
        assert!(pids.iter().all(|pid| !is_alive(*pid)), "{name}");
    }
}

#[test]
fn too_much_memory_of_a_child_counts() {
    let manager = Manager::new("hog");
    let hog = "perl -e '$x = \"x\" x (120 << 20); sleep 600' & wait";
    let options = [
        "--memory",
        "60M",
        "--exp-backoff",
        "60s",
        "--max-backoff",
        "60s",
    ];
    manager.ok(&[
        "start",
        "sleep 600",
        "--name",
        "neighbour",
        "--memory",
        "60M",
    ]);
    manager.run(&[["start", hog, "--name", "hog"].as_slice(), &options].concat());
    manager.until("it is ended", |manager| {
        matches!(
            manager.row("hog")["reason"].as_str(),
            Some("memory-limit" | "oom")
        )
    });
    assert_eq!(manager.status("neighbour"), "online");
    assert_eq!(manager.row("neighbour")["restarts"], 0);
}

#[test]
fn strange_children_disturb_nobody() {
    let manager = Manager::new("strange");
    let zeros = "head -c 300000 /dev/zero; echo end; sleep 600";
    manager.ok(&["start", zeros, "--name", "zeros", "--time"]);
    manager.ok(&[
        "start",
        "exec >&- 2>&-; sleep 600",
        "--name",
        "closed",
        "--time",
    ]);
    manager.ok(&[
        "start",
        "kill -STOP $$; sleep 600",
        "--name",
        "stopped",
        "--kill-timeout",
        "200",
    ]);
    let long = "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end; sleep 600";
    manager.ok(&["start", long, "--name", "long", "--log-format", "json"]);
    manager.until("all is written", |manager| {
        manager.log("zeros-out.log").ends_with("end\n")
            && manager.log("long-out.log").contains("\"message\":\"end\"")
    });
    let zeros = fs::read(manager.log_path("zeros-out.log")).unwrap();
    assert_eq!(memchr::memchr_iter(0, &zeros).count(), 300_000);
    let long = manager.log("long-out.log");
    let letters: usize = long
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["message"]
                .as_str()
                .unwrap()
                .matches('x')
                .count()
        })
        .sum();
    assert_eq!(letters, 10_000_000);
    let pid = manager.pid("stopped");
    manager.ok(&["delete", "stopped"]);
    assert!(!is_alive(pid));
    assert_eq!(manager.status("closed"), "online");
}

#[test]
fn the_kernel_holds_limits_where_it_may() {
    let manager = Manager::new("kernel");
    let options = [
        "--memory",
        "60M",
        "--cpu",
        "40%",
        "--max-processes",
        "20",
        "--exp-backoff",
        "60s",
        "--max-backoff",
        "60s",
    ];
    let start = |name: &str, line: &str| {
        manager.run(&[["start", line, "--name", name].as_slice(), &options].concat())
    };
    start("quiet", "sleep 600");
    let held = manager.json(&["describe", "quiet", "--json"])[0]["limits_held_by"].clone();
    if held != "kernel" {
        // Where no group may be made, it says so, and limits are held by looking.
        assert_eq!(held, "sampling");
        return;
    }
    start("leaf", "perl -e '$x = \"x\" x (300 << 20); sleep 600'");
    manager.until("it is killed for its memory", |manager| {
        manager.status("leaf") == "backoff" || manager.row("leaf")["reason"] == "oom"
    });
    // A processor share is held without a restart.
    start("busy", "while :; do :; done");
    // Twenty processes are not exceeded, whatever is tried.
    start(
        "forks",
        "i=0; while [ $i -lt 60 ]; do sleep 600 & i=$((i+1)); done; wait",
    );
    std::thread::sleep(Duration::from_secs(4));
    let busy = manager.row("busy");
    assert!(
        busy["cpu"].as_f64() < Some(60.0) && busy["restarts"] == 0 && busy["status"] == "online",
        "{busy}"
    );
    assert_eq!(
        (
            manager.status("quiet").as_str(),
            manager.row("quiet")["restarts"].as_u64()
        ),
        ("online", Some(0))
    );
    manager.ok(&["delete", "all"]);
}
