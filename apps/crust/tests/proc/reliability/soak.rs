//! 16: nothing grows. A day of the reference is a minute here with `CRUST_TEST_SLOW`.

use std::fs;
use std::time::Instant;

use crate::manager::{Manager, span};

fn resident(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn descriptors(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

#[test]
fn restarts_and_rotations_leave_nothing_behind() {
    let manager = Manager::new("soak");
    manager.ok(&[
        "start",
        "seq 1 3000; sleep 600",
        "--name",
        "a",
        "--log-max-size",
        "10K",
        "--log-keep",
        "3",
    ]);
    manager.ok(&["start", "sleep 600", "--name", "b", "--instances", "3"]);
    let round = || {
        manager.ok(&["restart", "all", "--silent"]);
        manager.ok(&["reload", "b", "--silent"]);
        manager.ok(&["scale", "b", "5", "--silent"]);
        manager.ok(&["scale", "b", "3", "--silent"]);
    };
    // The first rounds fill caches and pools.
    for _ in 0..3 {
        round();
    }
    let (daemon, holder) = (manager.daemon(), manager.holder());
    let look = || [resident(daemon), resident(holder)];
    let (first, files) = (look(), [descriptors(daemon), descriptors(holder)]);
    let end = Instant::now() + span(3, 90);
    let mut rounds = 0_u64;
    while Instant::now() < end || rounds < 3 {
        round();
        rounds += 1;
    }
    manager.until("descriptors are given back", |_| {
        [descriptors(daemon), descriptors(holder)] <= files
    });
    let last = look();
    // A leak of a process's data in each restart would be seen: 4 KB of each of 8 processes a round.
    let allowed = 3072 + rounds * 4;
    for (first, last) in first.into_iter().zip(last) {
        assert!(
            last < first + allowed,
            "{first} KB became {last} KB in {rounds} rounds"
        );
    }
    let aside = fs::read_dir(manager.home().join("logs"))
        .unwrap()
        .filter_map(Result::ok);
    let aside = aside
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("a-out.log.")
        })
        .count();
    assert!(aside <= 3 + 2, "{aside} files put aside");
    assert_eq!((manager.daemon(), manager.holder()), (daemon, holder));
}
