//! 7 and 8: floods, slow readers, full disks, files that somebody moves or deletes.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use super::COUNT;
use crate::manager::{Manager, counted, is_alive};

/// Kilobytes of a process in memory.
fn resident(pid: i32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn fifo(path: &std::path::Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_slow_log_slows_its_application_and_nobody_else() {
    let manager = Manager::new("slow");
    let pipe = manager.folder.join("pipe");
    fifo(&pipe);
    let reader = pipe.clone();
    // A reader of 2 MB a second stands for a slow disk.
    let reader = std::thread::spawn(move || {
        let mut file = fs::File::open(reader).unwrap();
        let (mut all, mut piece) = (Vec::new(), vec![0; 20_000]);
        loop {
            let length = file.read(&mut piece).unwrap();
            all.extend_from_slice(&piece[..length]);
            if length == 0 || all.ends_with(b"last\n") {
                return all;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    manager.file("count.pl", COUNT);
    manager.ok(&["start", "count.pl", "--name", "other", "--time"]);
    let before = resident(manager.holder());
    let flood = "i=0; seq 0 399999; echo last; sleep 600";
    manager.ok(&[
        "start",
        flood,
        "--name",
        "flood",
        "--log-max-size",
        "1G",
        "--output",
        pipe.to_str().unwrap(),
    ]);
    let mut most = 0;
    while !reader.is_finished() {
        most = most.max(resident(manager.holder()));
        let lines = manager.log("other-out.log").lines().count();
        let deadline = Instant::now() + Duration::from_secs(5);
        while manager.log("other-out.log").lines().count() <= lines {
            assert!(
                Instant::now() < deadline,
                "the other application's log stands still"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    let all = reader.join().unwrap();
    let text = String::from_utf8(all).unwrap();
    assert_eq!(counted(text.strip_suffix("last\n").unwrap()), 400_000);
    assert!(
        most < before + (24 << 10),
        "the holder grew from {before} to {most} KB"
    );
}

#[test]
fn dropped_output_is_counted_to_the_byte() {
    let manager = Manager::new("dropped");
    let pipe = manager.folder.join("pipe");
    fifo(&pipe);
    // Open for reading, so that there is somebody, and not read for a while.
    let mut file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    let options = [
        "--log-full",
        "drop",
        "--log-max-size",
        "1G",
        "--output",
        pipe.to_str().unwrap(),
    ];
    manager.ok(&[
        [
            "start",
            "seq 1 600000; echo all > written; sleep 600",
            "--name",
            "flood",
        ]
        .as_slice(),
        &options,
    ]
    .concat());
    // The program is not held up although nobody reads.
    manager.until("it has written everything", |manager| {
        manager.folder.join("written").exists()
    });
    let total: u64 = (1..=600_000_u64)
        .map(|number| number.to_string().len() as u64 + 1)
        .sum();
    let mut text = Vec::new();
    let mut piece = vec![0; 65_536];
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let length = file.read(&mut piece).unwrap();
        text.extend_from_slice(&piece[..length]);
        if String::from_utf8_lossy(&text).contains("bytes were dropped") && text.ends_with(b"\n") {
            break;
        }
        assert!(Instant::now() < deadline, "no word of what was dropped");
    }
    let text = String::from_utf8(text).unwrap();
    let is_marker = |line: &&str| line.contains("bytes were dropped");
    let number = |line: &str| {
        line.split(' ')
            .find_map(|word| word.parse::<u64>().ok())
            .unwrap()
    };
    let dropped: u64 = text.lines().filter(is_marker).map(number).sum();
    let kept: u64 = text
        .lines()
        .filter(|line| !is_marker(line))
        .map(|line| line.len() as u64 + 1)
        .sum();
    assert!(dropped > 0);
    assert_eq!(dropped + kept, total);
}

#[test]
fn a_full_disk_holds_output_back_until_there_is_room() {
    let manager = Manager::new("full");
    let log = manager.folder.join("log");
    symlink("/dev/full", &log).unwrap();
    manager.file("count.pl", COUNT);
    manager.ok(&[
        "start",
        "count.pl",
        "--name",
        "count",
        "--log-max-size",
        "1G",
        "--output",
        log.to_str().unwrap(),
    ]);
    let pid = manager.pid("count");
    manager.until("it is said", |manager| {
        manager
            .ok(&["describe", "count", "--json"])
            .contains("No space left")
    });
    let health = manager.run(&["health"]);
    assert!(
        !health.status.success()
            && String::from_utf8_lossy(&health.stdout).contains("No space left")
    );
    assert!(is_alive(pid));
    // Room comes back.
    fs::remove_file(&log).unwrap();
    let start = Instant::now();
    manager.until("it goes on", |_| {
        fs::read_to_string(&log).is_ok_and(|text| text.lines().count() > 100)
    });
    assert!(start.elapsed() < Duration::from_secs(20));
    manager.until("it is well", |manager| {
        manager.run(&["health"]).status.success()
    });
    manager.ok(&["stop", "count"]);
    let text = fs::read_to_string(&log).unwrap();
    assert!(counted(&text) > 100);
    assert_eq!(manager.row("count")["restarts"], 0);
}

#[test]
fn log_files_may_be_deleted_and_moved() {
    let manager = Manager::new("moved");
    manager.file("count.pl", COUNT);
    manager.ok(&["start", "count.pl", "--name", "count", "--time"]);
    let (log, moved) = (
        manager.log_path("count-out.log"),
        manager.log_path("moved.log"),
    );
    manager.until("it writes", |manager| {
        manager.log("count-out.log").lines().count() > 50
    });
    fs::rename(&log, &moved).unwrap();
    manager.ok(&["reopen"]);
    manager.until("it writes to a new file", |_| {
        fs::read_to_string(&log).is_ok_and(|text| text.lines().count() > 50)
    });
    fs::remove_dir_all(manager.home().join("logs")).unwrap();
    // A folder that is gone is made again.
    manager.ok(&["reopen"]);
    manager.until("it writes to a new folder", |_| {
        fs::read_to_string(&log).is_ok_and(|text| text.lines().count() > 50)
    });
    assert_eq!(manager.row("count")["restarts"], 0);
}

#[test]
fn files_put_aside_hold_every_line() {
    let manager = Manager::new("rotated");
    let options = [
        "--log-max-size",
        "100K",
        "--log-keep",
        "100",
        "--no-autorestart",
    ];
    manager.run(
        &[
            ["start", "seq 0 199999", "--name", "flood"].as_slice(),
            &options,
        ]
        .concat(),
    );
    let folder = manager.home().join("logs");
    let aside = || -> Vec<std::path::PathBuf> {
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .collect();
        files.retain(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("flood-out.log.")
        });
        files.sort();
        files
    };
    manager.until("all is written and packed", |manager| {
        manager.log("flood-out.log").ends_with("199999\n")
            && aside().len() > 5
            && aside()
                .iter()
                .all(|path| path.extension().is_some_and(|end| end == "zst"))
    });
    let mut text = String::new();
    for path in aside() {
        let bytes = zstd::stream::decode_all(fs::File::open(path).unwrap()).unwrap();
        text.push_str(&String::from_utf8(bytes).unwrap());
    }
    text.push_str(&manager.log("flood-out.log"));
    assert_eq!(counted(&text), 200_000);
    // `logs` goes back into them.
    let last = manager.ok(&[
        "logs",
        "flood",
        "--nostream",
        "--raw",
        "--out",
        "--lines",
        "150000",
    ]);
    assert_eq!(last.lines().count(), 150_000);
    let shown = last.lines().count();
    let ends = (last.lines().next(), last.lines().last());
    assert!(
        last.starts_with("50000\n") && last.ends_with("199999\n"),
        "{shown} lines, {ends:?}, of {:?}",
        aside()
    );
}
