//! What people and programs get wrong: each is told, and nothing else happens.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::manager::{Manager, PATIENCE};

#[test]
fn words_that_take_no_name_refuse_one() {
    let manager = Manager::new("extra-word");
    manager.ok(&["start", "sleep 600", "--name", "web"]);
    let pid = manager.pid("web");
    assert!(manager.fails(&["kill", "web"]).contains("`delete`"));
    assert!(manager.fails(&["shutdown", "web"]).contains("`stop`"));
    for word in ["list", "ping", "save", "events", "health", "dashboard"] {
        let said = manager.fails(&[word, "extra"]);
        assert!(said.contains("\"extra\""), "{word}: {said}");
    }
    assert_eq!(manager.pid("web"), pid);
    // Where nothing was found no table says that there is nothing.
    let output = manager.run(&["stop", "nobody"]);
    assert!(output.stdout.is_empty() && output.status.code() == Some(1));
    manager.ok(&["scale", "web", "3"]);
    manager.ok(&["scale", "web", "-2"]);
    assert_eq!(manager.rows().len(), 1);
    assert!(manager.fails(&["scale", "web", "-2"]).contains("[INVALID]"));
    assert_eq!(manager.json(&["kill", "--json"])["ended"], true);
    assert_eq!(manager.json(&["kill", "--json"])["ended"], false);
}

#[test]
fn an_empty_list_does_not_replace_a_saved_one() {
    let manager = Manager::new("save-empty");
    manager.ok(&["start", "sleep 600", "--name", "web"]);
    manager.ok(&["save"]);
    manager.ok(&["delete", "all"]);
    let output = manager.run(&["save"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && said.contains("--force"),
        "{said}"
    );
    manager.ok(&["resurrect"]);
    assert_eq!(manager.status("web"), "online");
    manager.ok(&["delete", "all"]);
    manager.ok(&["save", "--force"]);
    manager.ok(&["resurrect"]);
    assert!(manager.rows().is_empty());
}

#[test]
fn the_ecosystem_file_of_the_folder_is_taken() {
    let manager = Manager::new("default-file");
    for word in ["start", "apply", "validate", "diff", "run"] {
        let said = manager.fails(&[word]);
        assert!(said.contains("ecosystem.config.js"), "{word}: {said}");
    }
    manager.file(
        "ecosystem.config.js",
        "module.exports = {apps: [{name: 'web', script: 'sleep 600'}]}",
    );
    assert!(manager.ok(&["validate"]).contains("1 applications: web"));
    manager.ok(&["start"]);
    assert_eq!(manager.status("web"), "online");
    assert!(manager.ok(&["diff"]).is_empty());
}

#[test]
fn what_cannot_come_is_not_waited_for() {
    let manager = Manager::new("in-vain");
    let begun = Instant::now();
    let said = manager.fails(&["start", "sleep 600", "--name", "web", "--depends-on", "db"]);
    assert!(
        said.contains("it waits for \"db\"") && said.contains("[dependency]"),
        "{said}"
    );
    assert!(begun.elapsed() < PATIENCE / 3, "it waited");
    assert_eq!(manager.status("web"), "launching");
    manager.ok(&["start", "sleep 600", "--name", "db"]);
    manager.until("web follows", |manager| manager.status("web") == "online");
    let file = manager.file(
        "cycle.json",
        r#"{"apps": [{"name": "a", "script": "sleep 1", "depends_on": ["b"]}, {"name": "b", "script": "sleep 1", "depends_on": "c"},
            {"name": "c", "script": "sleep 1", "depends_on": ["d", "b"]}, {"name": "d", "script": "sleep 1"}]}"#,
    );
    let said = manager.fails(&["validate", &file]);
    assert!(
        said.contains("apps[1].depends_on: forms a cycle: b -> c -> b"),
        "{said}"
    );
    let output = manager.run(&["start", "sleep 600", "--name", "e", "--env", "production"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("env_production"));
    // Two scripts of one name on one line are two applications, or none.
    for folder in ["one", "two"] {
        fs::create_dir_all(manager.folder.join(folder)).unwrap();
        manager.file(&format!("{folder}/app.sh"), "sleep 600");
    }
    let said = manager.fails(&["start", "one/app.sh", "two/app.sh"]);
    assert!(said.contains("[NAME_TAKEN]"), "{said}");
    assert!(manager.status("app").is_empty());
}

#[test]
fn who_asks_a_thousand_times_before_it_reads_gets_every_answer() {
    const COUNT: usize = 2000;
    let manager = Manager::new("pipelined");
    manager.ok(&["start", "sleep 600", "--name", "web", "-i", "20"]);
    let mut stream = UnixStream::connect(manager.home().join("daemon.sock")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let asks = std::thread::spawn(move || {
        let one = b"GET /v1/processes HTTP/1.1\r\nHost: pm\r\n\r\n";
        for _ in 0..COUNT - 1 {
            writer.write_all(one).unwrap();
        }
        let last = b"GET /v1/ping HTTP/1.1\r\nHost: pm\r\nConnection: close\r\n\r\n";
        writer.write_all(last).unwrap();
    });
    // Nothing is read for a while; others are answered meanwhile.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(manager.rows().len(), 20);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    asks.join().unwrap();
    let answers = memchr::memmem::find_iter(&bytes, b"HTTP/1.1 200 OK").count();
    assert_eq!(answers, COUNT);
}

#[test]
fn a_program_that_floods_its_channel_disturbs_nobody() {
    let manager = Manager::new("channel-flood");
    for (name, source) in [("lines", "yes ''"), ("endless", "cat /dev/zero")] {
        let script = manager.file(
            &format!("{name}.sh"),
            &format!("echo '\"ready\"' >&$NODE_CHANNEL_FD; exec {source} >&$NODE_CHANNEL_FD"),
        );
        manager.ok(&["start", &script, "--name", name, "--wait-ready"]);
    }
    let begun = Instant::now();
    for round in 0..5 {
        manager.ok(&["start", "sleep 600", "--name", &format!("other{round}")]);
    }
    assert!(begun.elapsed() < PATIENCE / 2, "the others waited");
    assert_eq!(manager.rows().len(), 7);
    let status = fs::read_to_string(format!("/proc/{}/status", manager.holder())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let peak: u64 = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    assert!(peak < 200_000, "the holder took {peak} kB");
}

#[test]
fn places_that_cannot_be_are_named() {
    let manager = Manager::new("places");
    let long = manager.folder.join("x".repeat(120));
    let output = manager
        .command(&["list"])
        .env("CRUST_PM_HOME", &long)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("too long for the sockets"), "{said}");
    manager.ok(&["start", "sleep 600", "--name", "web"]);
    for body in ["{\"port\": 99999}", "[]", "{\"host\": \"some.name\"}", "5"] {
        let text = format!(
            "POST /v1/dashboard HTTP/1.1\r\nHost: pm\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = manager.raw(text.as_bytes(), PATIENCE);
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.contains("INVALID"),
            "{body}: {answer}"
        );
    }
    assert!(
        manager
            .fails(&["dashboard", "--host", "no.such.invalid"])
            .contains("no.such.invalid")
    );
    // A log that is a pipe is not waited for.
    let pipe = manager.folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let pipe = pipe.to_str().unwrap();
    manager.ok(&[
        "start",
        "sleep 600",
        "--name",
        "piped",
        "--time",
        "--output",
        pipe,
    ]);
    manager.ok(&["logs", "piped", "--nostream"]);
    manager.ok(&["flush", "piped"]);
    let answer = manager.raw(
        b"GET /v1/processes/piped/log HTTP/1.1\r\nHost: pm\r\nConnection: close\r\n\r\n",
        PATIENCE,
    );
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}
