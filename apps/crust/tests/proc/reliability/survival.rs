//! 1, 3 and 4: daemon, holder and client may die or be stopped; applications go on.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use super::{COUNT, WEB};
use crate::manager::{
    Load, Manager, counted, free_port, is_alive, kill, processes_of, signal, span,
};

/// Fifty processes of every kind.
fn fifty(manager: &Manager, port: u16) {
    let web = manager.file("web.js", WEB);
    manager.file("count.pl", COUNT);
    let file = json!({"apps": [
        {"name": "quiet", "script": "sleep 600", "instances": 25},
        {"name": "native", "script": "/bin/sleep", "args": "601", "interpreter": "none", "instances": 10},
        {"name": "chatty", "script": "count.pl", "instances": 4},
        {"name": "stamped", "script": "count.pl", "instances": 4, "time": true},
        {"name": "tree", "script": "sh -c 'sleep 602 & sleep 602; :'; :", "instances": 5},
        {"name": "web", "script": web, "instances": 2, "port": port, "listen_timeout": "60s"},
    ]});
    let file = manager.file("fifty.json", &file.to_string());
    manager.ok(&["start", &file]);
    manager.until("all are online", |manager| {
        let rows = manager.rows();
        rows.len() == 50 && rows.iter().all(|row| row["status"] == "online")
    });
    manager.until("it answers", |_| crate::manager::request(port).is_ok());
}

fn check_counts(manager: &Manager) {
    for name in ["chatty", "stamped"] {
        for suffix in ["", "-1", "-2", "-3"] {
            let count = counted(&manager.log(&format!("{name}-out{suffix}.log")));
            assert!(count > 10, "{name}{suffix} wrote {count} lines");
        }
    }
}

#[test]
fn fifty_applications_do_not_notice_the_death_of_the_daemon() {
    let manager = Manager::new("fifty");
    let port = free_port();
    fifty(&manager, port);
    let pids = manager.pids();
    let load = Load::start(&[port], 4);
    let (daemon, holder) = (manager.daemon(), manager.holder());
    kill(daemon);
    let (short, middle) = (Duration::from_millis(100), Duration::from_millis(900));
    for pause in [short, middle, span(1, 9)] {
        std::thread::sleep(pause);
        let dead: Vec<_> = pids.iter().filter(|(_, pid)| !is_alive(**pid)).collect();
        assert!(dead.is_empty(), "{dead:?}");
    }
    // The holder has brought a daemon back by itself, and it knows everybody.
    assert_eq!((manager.pids(), manager.holder()), (pids, holder));
    assert_ne!(manager.daemon(), daemon);
    for row in manager.rows() {
        assert_eq!(
            (row["status"].as_str(), row["restarts"].as_u64()),
            (Some("online"), Some(0)),
            "{row}"
        );
        assert!(row["uptime"].as_u64() > Some(1000), "{row}");
    }
    assert!(load.finish_after(20) >= 20);
    check_counts(&manager);
}

#[test]
fn what_happens_while_no_daemon_runs_is_made_up_for() {
    let manager = Manager::new("away");
    manager.ok(&["start", "sleep 600", "--name", "crashing"]);
    manager.ok(&[
        "start",
        "while [ ! -e go ]; do sleep 0.01; done; exit 7",
        "--name",
        "job",
        "--no-autorestart",
    ]);
    let (crashing, job) = (manager.pid("crashing"), manager.pid("job"));
    let away = manager.without_daemon();
    kill(crashing);
    manager.file("go", "");
    let end = Instant::now() + Duration::from_secs(20);
    while is_alive(job) || is_alive(crashing) {
        assert!(Instant::now() < end, "they do not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(away);
    manager.until("the one is up again", |manager| {
        manager.status("crashing") == "online"
    });
    let row = manager.row("crashing");
    assert!(row["restarts"] == 1 && row["pid"] != crashing, "{row}");
    let job = manager.json(&["describe", "job", "--json"]);
    assert_eq!(
        (
            job[0]["status"].as_str(),
            job[0]["last_end"]["code"].as_u64()
        ),
        (Some("stopped"), Some(7)),
        "{job}"
    );
    let crashing = manager.json(&["describe", "crashing", "--json"]);
    assert_eq!(crashing[0]["last_end"]["signal"], "SIGKILL");
}

#[test]
fn the_holder_may_be_killed() {
    let manager = Manager::new("holder");
    manager.file("count.pl", COUNT);
    manager.ok(&["start", "count.pl", "--name", "count"]);
    manager.ok(&["start", "sleep 600", "--name", "quiet", "--instances", "3"]);
    let (pids, holder, daemon) = (manager.pids(), manager.holder(), manager.daemon());
    kill(holder);
    manager.until("the daemon has noticed", |manager| {
        manager.ping()["holder"] != holder
    });
    assert_eq!((manager.pids(), manager.daemon()), (pids.clone(), daemon));
    // It still restarts what ends, with a new holder, and stops what it watches by descriptor.
    kill(pids["quiet:1"]);
    manager.until("it is back", |manager| {
        let now = manager.pids()["quiet:1"];
        now != 0 && now != pids["quiet:1"] && is_alive(now)
    });
    // Then the daemon goes as well: the next one finds those by their keys.
    kill(daemon);
    let next = manager.pids();
    assert_eq!(
        (next["quiet:0"], next["quiet:2"], next["count:0"]),
        (pids["quiet:0"], pids["quiet:2"], pids["count:0"])
    );
    manager.ok(&["stop", "all"]);
    assert!(
        pids.values()
            .chain(next.values())
            .all(|pid| !is_alive(*pid))
    );
    assert!(counted(&manager.log("count-out.log")) > 10);
}

#[test]
fn a_client_killed_half_way_leaves_no_duplicate() {
    let manager = Manager::new("client");
    let words = [
        "start",
        "sleep",
        "--name",
        "slow",
        "--wait-ready",
        "--listen-timeout",
        "60s",
        "--env",
        "CRUST_PM_TEST_MARK=client",
        "--",
        "600",
    ];
    let mut start = manager
        .command(&words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    manager.until("it is launching", |manager| {
        manager.status("slow") == "launching" && manager.pid("slow") > 0
    });
    start.kill().unwrap();
    assert_eq!(start.wait().unwrap().signal(), Some(9));
    let pid = manager.pid("slow");
    assert!(manager.fails(&words).contains("[NAME_TAKEN]"));
    assert_eq!(processes_of("CRUST_PM_TEST_MARK=client"), [pid]);
    manager.ok(&["delete", "slow"]);
    assert!(!is_alive(pid));
}

#[test]
fn a_stopped_daemon_is_reported_and_goes_on_later() {
    let manager = Manager::new("frozen");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let (pid, daemon) = (manager.pid("a"), manager.daemon());
    signal(daemon, Signal::STOP).unwrap();
    let said = manager.fails(&["list"]);
    assert!(said.contains("DAEMON_UNREACHABLE"), "{said}");
    std::thread::sleep(span(0, 55));
    assert!(is_alive(pid));
    signal(daemon, Signal::CONT).unwrap();
    manager.until("it answers", |manager| {
        manager.run(&["list"]).status.success()
    });
    assert_eq!(
        (
            manager.pid("a"),
            manager.daemon(),
            manager.row("a")["restarts"].as_u64()
        ),
        (pid, daemon, Some(0))
    );
}

#[test]
fn of_two_daemons_one_wins() {
    let manager = Manager::new("race");
    let pids: Vec<i32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| manager.daemon())).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
    let second = manager
        .command(&["daemon"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(second.success());
    assert_eq!(manager.daemon(), pids[0]);
}
