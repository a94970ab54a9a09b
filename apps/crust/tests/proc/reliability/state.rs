//! 2 and 9: what the state says is checked against the system, and a damaged one is said so.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::manager::{Manager, is_alive, kill};

/// Kills daemon, holder and the named application, and hands the state to `change` before anybody reads it.
fn while_all_is_dead(manager: &Manager, app: i32, change: impl FnOnce(PathBuf)) {
    manager.ok(&["save"]);
    let holder = manager.holder();
    let lock = manager.without_daemon();
    kill(holder);
    kill(app);
    change(manager.home().join("state.db"));
    drop(lock);
}

#[test]
fn a_process_number_that_came_again_is_not_touched() {
    let manager = Manager::new("reused");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let pid = manager.pid("a");
    let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
    while_all_is_dead(&manager, pid, |state| {
        let database = rusqlite::Connection::open(state).unwrap();
        let (old, new) = (format!(",{pid}]"), format!(",{}]", stranger.id()));
        let changed = database
            .execute("UPDATE apps SET instances = replace(instances, ?1, ?2) WHERE instances LIKE '%' || ?1 || '%'", [old, new])
            .unwrap();
        assert_eq!(changed, 1);
    });
    manager.until("it runs", |manager| manager.status("a") == "online");
    let row = manager.row("a");
    assert!(
        row["restarts"] == 1 && row["pid"] != stranger.id() && row["pid"] != pid,
        "{row}"
    );
    let last = manager.json(&["describe", "a", "--json"]);
    assert_eq!(last[0]["last_end"]["reason"], "lost", "{last}");
    manager.ok(&["stop", "a"]);
    manager.ok(&["delete", "a"]);
    assert!(
        stranger.try_wait().unwrap().is_none(),
        "the stranger was ended"
    );
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn a_state_cut_short_at_any_place_is_noticed_or_whole() {
    let manager = Manager::new("cut");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    for part in [0, 1, 17, 99, 100] {
        let pid = manager.pid("a");
        assert!(is_alive(pid));
        manager.ok(&["save"]);
        let lock = manager.without_daemon();
        let path = manager.home().join("state.db");
        // What the killed daemon had written last is moved into the file itself.
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        database.close().unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() * part / 100]).unwrap();
        drop(lock);
        // The holder knows everything that runs, so nothing is lost whatever the file says.
        manager.until("it is known again", |manager| {
            manager.run(&["list"]).status.success()
        });
        assert_eq!(manager.pid("a"), pid, "{part} %");
        let problems = manager.ping()["problems"].to_string();
        assert_eq!(
            problems.contains("put aside"),
            (0..100).contains(&part),
            "{part} %: {problems}"
        );
    }
}

#[test]
fn a_disk_that_takes_nothing_costs_nothing_but_the_news() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let manager = Manager::new("nospace");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    manager.ok(&["save"]);
    let saved = fs::read(manager.home().join("saved.json")).unwrap();
    let daemon = manager.daemon();
    // Files of the daemon may not grow: to its state that is a full disk.
    let limit = |most: Option<u64>| {
        let limits = Rlimit {
            current: most,
            maximum: None,
        };
        prlimit(Pid::from_raw(daemon), Resource::Fsize, limits).unwrap();
    };
    limit(Some(0));
    manager.ok(&["start", "sleep 600", "--name", "b"]);
    manager.until("it is said", |manager| {
        let health = manager.run(&["health"]);
        !health.status.success()
            && !String::from_utf8_lossy(&health.stdout).contains("\"state\":null")
    });
    assert!(manager.fails(&["save"]).contains("[IO]"));
    // Old or new, never half.
    assert_eq!(fs::read(manager.home().join("saved.json")).unwrap(), saved);
    assert_eq!(
        (manager.status("a").as_str(), manager.status("b").as_str()),
        ("online", "online")
    );
    limit(None);
    manager.until("it is well again", |manager| {
        manager.run(&["health"]).status.success()
    });
    manager.ok(&["save"]);
    let (pid, holder) = (manager.pid("b"), manager.holder());
    assert_eq!(manager.daemon(), daemon);
    // What could not be written then was written later: the state alone knows "b".
    let lock = manager.without_daemon();
    kill(holder);
    drop(lock);
    manager.until("it is known", |manager| {
        manager.run(&["list"]).status.success()
    });
    assert_eq!(manager.pid("b"), pid);
}

#[test]
fn another_version_of_the_state_is_put_aside() {
    let manager = Manager::new("version");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let pid = manager.pid("a");
    while_all_is_dead(&manager, pid, |state| {
        let database = rusqlite::Connection::open(state).unwrap();
        database.pragma_update(None, "user_version", 4711).unwrap();
    });
    manager.until("it answers", |manager| {
        manager.run(&["ping"]).status.success()
    });
    let problems = manager.ping()["problems"].to_string();
    assert!(
        problems.contains("version is 4711") && problems.contains("aside"),
        "{problems}"
    );
    let said = manager.run(&["ping"]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("put aside"));
    let kept = fs::read_dir(manager.home()).unwrap().filter_map(Result::ok);
    assert!(
        kept.into_iter()
            .any(|entry| entry.file_name().to_string_lossy().ends_with(".aside"))
    );
}
