//! 12 and 15: many clients at once, clients that talk nonsense, and who may not ask at all.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::time::{Duration, Instant};

use crate::manager::{Manager, is_alive, processes_of, span};

/// A number after a number, the same in every run.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// One order over a connection of its own; its status.
fn order(manager: &Manager, method: &str, path: &str, body: &str) -> u16 {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: pm\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let answer = manager.raw(request.as_bytes(), Duration::from_mins(1));
    let status = answer
        .get(9..12)
        .and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    status.unwrap_or_else(|| panic!("{path}: {}", String::from_utf8_lossy(&answer)))
}

#[test]
fn many_clients_at_once_end_in_the_state_that_was_asked_for() {
    let manager = Manager::new("clients");
    let names = ["a", "b", "c", "d", "e", "f"];
    for name in names {
        manager.ok(&[
            "start",
            "sleep 600",
            "--name",
            name,
            "--env",
            "CRUST_PM_TEST_MARK=clients",
            "--kill-timeout",
            "500",
        ]);
    }
    let end = Instant::now() + span(4, 60);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..64_u64 {
            let manager = &manager;
            scope.spawn(move || {
                let mut seed = 0x9e37_79b9 + client;
                while Instant::now() < end {
                    let name = names[usize::try_from(next(&mut seed) % 6).unwrap()];
                    let path = |action: &str| format!("/v1/processes/{name}/{action}");
                    let status = match next(&mut seed) % 8 {
                        0 => order(manager, "POST", &path("stop"), ""),
                        1 | 2 => order(manager, "POST", &path("start"), ""),
                        3 => order(manager, "POST", &path("restart"), ""),
                        4 => order(manager, "POST", &path("reload"), ""),
                        5 => {
                            let count = 1 + next(&mut seed) % 3;
                            order(
                                manager,
                                "POST",
                                &format!("/v1/apps/{name}/scale"),
                                &format!("{{\"count\":{count}}}"),
                            )
                        }
                        6 => order(manager, "POST", &path("signal"), "{\"signal\":\"SIGKILL\"}"),
                        _ => order(manager, "GET", "/v1/processes", ""),
                    };
                    assert!(matches!(status, 200 | 400 | 404 | 409), "{status}");
                }
            });
        }
    });
    // No order waits for what another one has made impossible.
    let took = begun.elapsed();
    assert!(took < span(4, 60) + Duration::from_secs(25), "{took:?}");
    for name in names {
        order(
            &manager,
            "POST",
            &format!("/v1/apps/{name}/scale"),
            "{\"count\":2}",
        );
        order(&manager, "POST", &format!("/v1/processes/{name}/stop"), "");
    }
    let rows = manager.rows();
    assert!(
        rows.len() == 12
            && rows
                .iter()
                .all(|row| row["status"] == "stopped" && row["pid"] == 0),
        "{rows:?}"
    );
    manager.until("nobody is left", |_| {
        processes_of("CRUST_PM_TEST_MARK=clients").is_empty()
    });
    manager.ok(&["start", "all"]);
    let pids = manager.pids();
    assert!(
        pids.len() == 12 && pids.values().all(|pid| is_alive(*pid)),
        "{pids:?}"
    );
    let mut found = processes_of("CRUST_PM_TEST_MARK=clients");
    // Each is `sh` with a `sleep` below it, or the `sleep` that `sh` became.
    found.retain(|pid| pids.values().any(|known| known == pid));
    assert_eq!(found.len(), 12);
}

#[test]
fn orders_that_cross_each_other() {
    let manager = Manager::new("crossing");
    let line = "trap '' TERM; while :; do sleep 0.1; done";
    manager.ok(&["start", line, "--name", "stubborn", "--kill-timeout", "700"]);
    let pid = manager.pid("stubborn");
    // A start while it is being stopped: it is stopped, then it runs.
    let mut stop = manager
        .command(&["stop", "stubborn", "--silent"])
        .spawn()
        .unwrap();
    manager.until("it is stopping", |manager| {
        manager.status("stubborn") == "stopping"
    });
    manager.ok(&["start", "stubborn", "--silent"]);
    stop.wait().unwrap();
    manager.until("it runs again", |manager| {
        manager.status("stubborn") == "online"
    });
    let next = manager.pid("stubborn");
    assert!(next != pid && !is_alive(pid) && is_alive(next));
    // A delete while it is being restarted.
    let mut restart = manager
        .command(&["restart", "stubborn", "--silent"])
        .spawn()
        .unwrap();
    manager.until("it is stopping", |manager| {
        manager.status("stubborn") == "stopping"
    });
    manager.ok(&["delete", "stubborn", "--silent"]);
    restart.wait().unwrap();
    assert!(manager.rows().is_empty() && !is_alive(next));
}

#[test]
fn nonsense_is_refused_and_disturbs_nobody() {
    let manager = Manager::new("nonsense");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let daemon = manager.daemon();
    let patience = Duration::from_millis(500);
    let status = |bytes: &[u8]| {
        String::from_utf8_lossy(&manager.raw(bytes, patience))
            .chars()
            .take(12)
            .collect::<String>()
    };
    assert_eq!(
        status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        "HTTP/1.1 400"
    );
    assert_eq!(
        status(b"GET /nowhere HTTP/1.1\r\nHost: pm\r\n\r\n"),
        "HTTP/1.1 404"
    );
    assert_eq!(
        status(b"POST /v1/apps HTTP/1.1\r\nHost: pm\r\nContent-Length: 3\r\n\r\n{{{"),
        "HTTP/1.1 400"
    );
    assert_eq!(
        status(b"POST /v1/apps HTTP/1.1\r\nHost: pm\r\nContent-Length: 99999999999\r\n\r\n"),
        "HTTP/1.1 413"
    );
    assert_eq!(
        status(&[b"GET /".as_slice(), &vec![b'x'; 200_000]].concat()),
        "HTTP/1.1 400"
    );
    // Half a request, and a hundred connections that say nothing.
    let mut half = UnixStream::connect(manager.home().join("daemon.sock")).unwrap();
    half.write_all(b"POST /v1/apps HTTP/1.1\r\nHost: pm\r\nContent-Length: 100\r\n\r\n{")
        .unwrap();
    let silent: Vec<UnixStream> = (0..100)
        .map(|_| UnixStream::connect(manager.home().join("daemon.sock")).unwrap())
        .collect();
    assert_eq!(manager.row("a")["restarts"], 0);
    // A client that asks and never reads.
    let mut deaf = UnixStream::connect(manager.home().join("daemon.sock")).unwrap();
    deaf.set_write_timeout(Some(patience)).unwrap();
    for _ in 0..20_000 {
        if deaf
            .write_all(b"GET /openapi.json HTTP/1.1\r\nHost: pm\r\n\r\n")
            .is_err()
        {
            break;
        }
    }
    assert_eq!(manager.daemon(), daemon);
    drop((half, silent, deaf));
    // The holder's socket hears only what it knows.
    let mut holder = UnixStream::connect(manager.home().join("holder.sock")).unwrap();
    holder.write_all(&[0xff; 64]).unwrap();
    holder
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    assert_eq!(holder.read(&mut [0; 16]).unwrap_or(0), 0);
    assert_eq!(
        (manager.status("a").as_str(), manager.daemon()),
        ("online", daemon)
    );
}

#[test]
fn other_users_are_kept_out_and_secrets_in() {
    let manager = Manager::new("secrets");
    manager.ok(&[
        "start",
        "echo $SECRET | wc -c; sleep 600",
        "--name",
        "a",
        "--env",
        "SECRET=swordfish-4711",
    ]);
    manager.until("it has written", |manager| {
        !manager.log("a-out.log").is_empty()
    });
    manager.ok(&["save"]);
    let mode = |name: &str| {
        fs::metadata(manager.home().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode(""), mode("daemon.sock"), mode("holder.sock")),
        (0o700, 0o600, 0o600)
    );
    assert_eq!(
        (mode("state.db"), mode("saved.json"), mode("daemon.lock")),
        (0o600, 0o600, 0o600)
    );
    assert_eq!(mode("logs/a-out.log"), 0o640);
    for words in [
        ["list", "--json"].as_slice(),
        &["describe", "a"],
        &["describe", "a", "--json"],
        &["why", "a", "--json"],
        &["metrics"],
        &["health"],
    ] {
        let output = manager.run(words);
        let said = [output.stdout, output.stderr].concat();
        assert!(
            !String::from_utf8_lossy(&said).contains("swordfish"),
            "{words:?}"
        );
    }
    assert!(manager.ok(&["env", "a"]).contains("SECRET=swordfish-4711"));
    // Nothing listens on the network unless it is asked for.
    let daemon = manager.daemon();
    let sockets = fs::read_dir(format!("/proc/{daemon}/fd"))
        .unwrap()
        .filter_map(Result::ok);
    let inodes: Vec<String> = sockets
        .filter_map(|entry| Some(fs::read_link(entry.path()).ok()?.to_str()?.to_owned()))
        .collect();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = fs::read_to_string(table).unwrap_or_default();
        let ours = text.lines().skip(1).filter(|line| {
            let inode = line.split_ascii_whitespace().nth(9).unwrap_or_default();
            inodes.contains(&format!("socket:[{inode}]"))
        });
        assert_eq!(ours.count(), 0, "{table}");
    }
    // As the superuser we can be somebody else, whom even an open folder does not help.
    if rustix::process::geteuid().is_root() {
        let home = manager.home().to_owned();
        fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
        let socket = home.join("daemon.sock");
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o666)).unwrap();
        let line = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die 'refused'; print $s \"GET /v1/ping HTTP/1.1\\r\\nHost: pm\\r\\n\\r\\n\"; $s->flush; print scalar(<$s>) // 'closed';";
        let output = std::process::Command::new("perl")
            .args(["-e", line])
            .arg(&socket)
            .uid(65534)
            .gid(65534)
            .current_dir("/")
            .output();
        let said = output
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default();
        assert!(!said.contains("HTTP/1.1 200"), "{said}");
    }
}
