//! Two minutes (with `CRUST_TEST_SLOW`; else some seconds) in which the daemon and applications are killed
//! at random, while a checker counts process ids, requests and log lines.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::manager::{Load, Manager, counted, free_port, is_alive, kill, span};
use crate::reliability::{COUNT, WEB};

/// A number after a number, the same in every run.
fn next(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed >> 33).unwrap()
}

/// The list, from whichever daemon answers.
fn list(manager: &Manager) -> BTreeMap<String, (i32, u64)> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let output = manager.run(&["list", "--json"]);
        if output.status.success() {
            let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let row = |row: &serde_json::Value| {
                let name = format!("{}:{}", row["name"].as_str().unwrap(), row["instance"]);
                let pid = i32::try_from(row["pid"].as_i64().unwrap()).unwrap();
                (name, (pid, row["restarts"].as_u64().unwrap()))
            };
            return rows.as_array().unwrap().iter().map(row).collect();
        }
        // A daemon may be killed under a question; the next one answers.
        assert!(
            Instant::now() < deadline,
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn daemon_and_applications_are_killed_at_random() {
    let manager = Manager::new("kills");
    let port = free_port();
    manager.file("web.js", WEB);
    manager.file("count.pl", COUNT);
    let file = json!({"apps": [
        {"name": "victim", "script": "/bin/sleep", "args": "600", "interpreter": "none", "instances": 8, "min_uptime": 0, "max_backoff": "50ms"},
        {"name": "steady", "script": "/bin/sleep", "args": "601", "interpreter": "none", "instances": 4},
        {"name": "count", "script": "count.pl", "instances": 2},
        {"name": "stamped", "script": "count.pl", "time": true},
        {"name": "web", "script": "web.js", "port": port, "listen_timeout": "60s"},
    ]});
    let file = manager.file("kills.json", &file.to_string());
    manager.ok(&["start", &file, "--silent"]);
    manager.until("it answers", |_| crate::manager::request(port).is_ok());
    let load = Load::start(&[port], 2);
    let first = list(&manager);
    let is_victim = |name: &str| name.starts_with("victim");
    let mut killed: BTreeMap<String, u64> = BTreeMap::new();
    let (mut daemons, mut seed) = (0, 0x2545_f491_4f6c_dd1d);
    let end = Instant::now() + span(10, 120);
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(next(&mut seed) as u64 % 150));
        let now = list(&manager);
        for (name, (pid, _)) in &now {
            assert!(
                is_victim(name) || first[name].0 == *pid,
                "{name} is not what it was"
            );
        }
        if next(&mut seed).is_multiple_of(3) {
            kill(manager.daemon());
            daemons += 1;
            continue;
        }
        let victims: Vec<_> = now
            .iter()
            .filter(|(name, (pid, _))| is_victim(name) && *pid != 0)
            .collect();
        if let Some((name, (pid, _))) = victims.get(next(&mut seed) % victims.len().max(1))
            && is_alive(*pid)
        {
            kill(*pid);
            *killed.entry((*name).clone()).or_default() += 1;
        }
    }
    manager.until("all are up", |manager| {
        list(manager)
            .values()
            .all(|(pid, _)| *pid != 0 && is_alive(*pid))
    });
    let last = list(&manager);
    assert_eq!(last.len(), first.len());
    for (name, (_, restarts)) in &last {
        assert_eq!(
            *restarts,
            killed.get(name).copied().unwrap_or(0),
            "restarts of {name}"
        );
    }
    assert!(
        daemons > 3 && killed.values().sum::<u64>() > 3,
        "{daemons} daemons, {killed:?}"
    );
    let requests = load.finish();
    assert!(requests > 50, "{requests} requests");
    manager.ok(&["stop", "all", "--silent"]);
    for name in ["count-out.log", "count-out-1.log", "stamped-out.log"] {
        let lines = counted(&manager.log(name));
        assert!(lines > 1000, "{name}: {lines} lines");
    }
}
