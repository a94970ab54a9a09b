//! The words beside those of every day: diff, import, export, startup, completions, update, logs since a time.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::manager::{Load, Manager, counted, free_port, request};
use crate::reliability::{COUNT, WEB};

#[test]
fn a_diff_says_what_apply_would_do() {
    let manager = Manager::new("diff");
    let file = |instances: u32, more: &str| {
        manager.file("e.json", &format!("{{\"apps\": [{{\"name\": \"a\", \"script\": \"sleep 600\", \"instances\": {instances}, \"env\": {{\"S\": \"secret{instances}\"}}}}{more}]}}"))
    };
    let path = file(1, ", {\"name\": \"b\", \"script\": \"sleep 601\"}");
    let said = String::from_utf8(manager.run(&["diff", &path]).stdout).unwrap();
    assert_eq!(said, "+ a\n+ b\n");
    manager.ok(&["apply", &path]);
    assert_eq!(manager.ok(&["diff", &path]), "");
    let path = file(2, ", {\"name\": \"c\", \"script\": \"sleep 602\"}");
    let output = manager.run(&["diff", &path]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("~ a\n")
            && said.contains("instances: 1 -> 2")
            && said.contains("+ c\n")
            && said.contains("- b "),
        "{said}"
    );
    assert!(said.contains("env.S") && !said.contains("secret"), "{said}");
    manager.ok(&["apply", &path, "--prune"]);
    assert_eq!(manager.json(&["diff", &path, "--json"]), json!([]));
    assert_eq!(manager.rows().len(), 3);
}

#[test]
fn a_changed_file_and_a_taken_port_are_noticed() {
    let manager = Manager::new("noticed");
    let port = free_port();
    let file = |more: &str| {
        manager.file("e.json", &format!("{{\"apps\": [{{\"name\": \"a\", \"script\": \"sleep 600\", \"port\": {port}}}]{more}}}"))
    };
    let path = file("");
    manager.ok(&["start", &path]);
    let changed =
        |manager: &Manager| manager.json(&["describe", "a", "--json"])[0]["config_changed"].clone();
    assert_eq!(changed(&manager), false);
    file(", \"$schema\": \"x\"");
    assert_eq!(changed(&manager), true);
    assert!(manager.ok(&["describe", "a"]).contains("has changed since"));
    let pid = manager.pid("a");
    // What changed is none of its business: it goes on, and the file is known again.
    manager.ok(&["apply", &path]);
    assert_eq!((changed(&manager), manager.pid("a")), (false.into(), pid));
    manager.ok(&["stop", "a"]);
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let why = manager.run(&["why", "a", "--json"]);
    let said = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(
        said.contains(&format!(
            "its port {port} is taken by process {}",
            std::process::id()
        )),
        "{said}"
    );
    drop(listener);
}

#[test]
fn the_interface_is_described_whole() {
    let manager = Manager::new("openapi");
    let described: Value = manager.json(&["openapi"]);
    let paths = described["paths"].as_object().unwrap();
    let source = include_str!("../../../../services/crust_procman/src/daemon/routes.rs");
    for word in [
        "ping",
        "processes",
        "history",
        "log",
        "events",
        "live",
        "apps",
        "scale",
        "save",
        "resurrect",
        "shutdown",
        "dashboard",
        "handover",
        "reopen",
        "health",
        "metrics",
    ] {
        assert!(
            source.contains(&format!("\"{word}\"")),
            "{word} is no route any more"
        );
        assert!(
            paths
                .keys()
                .any(|path| path.split('/').any(|part| part == word)),
            "{word} is not described"
        );
    }
    // What is described as a field of a process is there.
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let row = manager.row("a");
    let fields = described["components"]["schemas"]["Process"]["properties"]
        .as_object()
        .unwrap();
    for field in row.as_object().unwrap().keys() {
        assert!(fields.contains_key(field), "{field} is not described");
    }
}

#[test]
fn units_that_systemd_takes() {
    let manager = Manager::new("units");
    let script = manager.file("app.sh", "#!/bin/sh\nsleep 600\n");
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let file = manager.file(
        "e.json",
        r#"{"apps": [
            {"name": "web", "script": "app.sh", "interpreter": "none", "instances": 2, "args": ["a b", "$HOME", "100%"], "env": {"X": "q\"uote"}, "memory": "100M", "cpu": "50%", "depends_on": "db", "port": 8080},
            {"name": "db", "script": "/bin/sleep", "args": "600", "interpreter": "none", "stop_exit_codes": [3]}]}"#,
    );
    let folder = manager.folder.join("units");
    let said = manager.ok(&[
        "export",
        "systemd",
        &file,
        "--output",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(said.lines().count(), 3);
    manager.ok(&["startup", "--output", folder.to_str().unwrap()]);
    if let Ok(output) = Command::new("systemd-analyze").arg("--version").output()
        && output.status.success()
    {
        // Instances are verified by a name; the template alone has no ExecStart to look at.
        let units = [
            "web@0.service",
            "web.target",
            "db.service",
            "crust-pm.service",
        ]
        .map(|name| folder.join(name));
        fs::copy(folder.join("web@.service"), folder.join("web@0.service")).unwrap();
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .args(units)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let ours: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("crust-pm-test"))
            .collect();
        assert!(ours.is_empty(), "{said}");
    }
    let unit = fs::read_to_string(folder.join("crust-pm.service")).unwrap();
    assert!(
        unit.contains(" proc ping\n") && unit.contains(" proc shutdown\n"),
        "{unit}"
    );
    manager.ok(&["unstartup", "--output", folder.to_str().unwrap()]);
    assert!(!folder.join("crust-pm.service").exists());
    for target in ["kubernetes", "compose", "nomad"] {
        assert!(
            manager
                .ok(&["export", target, &file, "--image", "x:1"])
                .len()
                > 200,
            "{target}"
        );
    }
    assert!(
        manager
            .fails(&["export", "mars", &file])
            .contains("there is no export")
    );
    // Without a file it is what runs.
    manager.ok(&["start", "sleep 600", "--name", "running"]);
    assert!(
        manager
            .ok(&["export", "compose", "--image", "x:1"])
            .contains("  running:\n")
    );
}

#[test]
fn what_shutdown_ends_comes_back_with_the_daemon() {
    let manager = Manager::new("shutdown");
    manager.ok(&["start", "sleep 600", "--name", "up"]);
    manager.ok(&["start", "sleep 600", "--name", "down"]);
    manager.ok(&["stop", "down"]);
    let pid = manager.pid("up");
    manager.ok(&["shutdown"]);
    assert!(!crate::manager::is_alive(pid));
    assert!(!manager.home().join("daemon.sock").exists());
    manager.until("it is back", |manager| manager.status("up") == "online");
    assert_eq!(manager.status("down"), "stopped");
}

#[test]
fn what_others_saved_becomes_an_ecosystem_file() {
    let manager = Manager::new("import");
    manager.file("app.sh", "echo $MODE; exec sleep 600");
    let app = manager.folder.join("app.sh");
    let dump = json!([{"name": "a", "pm_exec_path": app, "pm_cwd": manager.folder, "exec_interpreter": "bash", "env": {"MODE": "imported", "PATH": std::env::var("PATH").unwrap()}}, {"name": "a", "pm_exec_path": app}]);
    let dump = manager.file("dump.pm2", &dump.to_string());
    let file = manager.folder.join("imported.json");
    manager.ok(&["import", &dump, "--output", file.to_str().unwrap()]);
    manager.ok(&["start", file.to_str().unwrap()]);
    assert_eq!(manager.rows().len(), 2);
    manager.until("it has written", |manager| {
        manager.log("a-out.log") == "imported\n"
    });
    let procfile = manager.file("Procfile", "web: echo $PORT; sleep 600\n");
    let imported: Value = serde_json::from_str(&manager.ok(&["import", &procfile])).unwrap();
    assert_eq!(imported["apps"][0]["name"], "web");
    let nothing = manager.file("other.json", "{}");
    assert!(manager.fails(&["import", &nothing]).contains("no list"));
}

#[test]
fn shells_take_the_completions() {
    let manager = Manager::new("completions");
    manager.ok(&["start", "sleep 600", "--name", "some-app"]);
    assert_eq!(manager.ok(&["completions", "names"]), "some-app\n");
    let script = manager.ok(&["completions", "bash"]);
    let line = format!(
        "{script}\nCOMP_WORDS=(crust-pm resta); COMP_CWORD=1; _crust_pm_complete; echo ${{COMPREPLY[@]}}"
    );
    let output = Command::new("bash").args(["-c", &line]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "restart\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for shell in ["zsh", "fish"] {
        let script = manager.ok(&["completions", shell]);
        assert!(
            script.contains("reload") && script.contains("kill-timeout"),
            "{shell}"
        );
    }
    // The help names what the completions offer.
    let help = manager.ok(&["--help"]);
    let fish = manager.ok(&["completions", "fish"]);
    for word in fish.lines().filter_map(|line| line.split("-f -a ").nth(1)) {
        assert!(help.contains(word), "the help lacks {word}");
    }
    assert!(
        manager
            .fails(&["completions", "tcsh"])
            .contains("bash, zsh and fish")
    );
}

#[test]
fn the_daemon_goes_on_as_another_program() {
    let manager = Manager::new("update");
    let port = free_port();
    let app = manager.file("web.js", WEB);
    manager.file("count.pl", COUNT);
    manager.ok(&[
        "start",
        &app,
        "--name",
        "web",
        "--port",
        &port.to_string(),
        "--listen-timeout",
        "60s",
    ]);
    manager.ok(&["start", "count.pl", "--name", "count", "--time"]);
    manager.until("it answers", |_| request(port).is_ok());
    let (pids, daemon, holder) = (manager.pids(), manager.daemon(), manager.holder());
    let load = Load::start(&[port], 2);
    let other = manager.folder.join("newer");
    fs::hard_link(env!("CARGO_BIN_EXE_crust"), &other)
        .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_crust"), &other).map(drop))
        .unwrap();
    for _ in 0..3 {
        manager.ok(&["update", other.to_str().unwrap()]);
        let running = fs::read_link(format!("/proc/{daemon}/exe")).unwrap();
        assert_eq!(running.file_name(), other.file_name());
        assert_eq!(
            (manager.daemon(), manager.holder(), manager.pids()),
            (daemon, holder, pids.clone())
        );
    }
    assert_eq!(manager.ping()["generation"], 3);
    assert!(
        manager
            .fails(&["update", "/bin/false"])
            .contains("no program of ours")
    );
    assert!(
        manager
            .fails(&["update", "/nowhere"])
            .contains("No such file")
    );
    assert_eq!(manager.daemon(), daemon);
    assert!(load.finish_after(20) >= 20);
    assert!(manager.rows().iter().all(|row| row["restarts"] == 0));
    manager.ok(&["stop", "count"]);
    assert!(counted(&manager.log("count-out.log")) > 100);
}

#[test]
fn logs_since_a_time() {
    let manager = Manager::new("since");
    manager.ok(&["start", "echo now; sleep 600", "--name", "a", "--time"]);
    manager.ok(&["start", "echo plain; sleep 600", "--name", "b"]);
    manager.until("they have written", |manager| {
        !manager.log("a-out.log").is_empty() && !manager.log("b-out.log").is_empty()
    });
    let log = manager.log_path("a-out.log");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, format!("2020-01-01T00:00:00.000Z old\n{text}")).unwrap();
    let since = |time: &str| manager.ok(&["logs", "a", "--nostream", "--raw", "--since", time]);
    assert_eq!(since("1h"), text);
    assert_eq!(since("2019-12-31").lines().count(), 2);
    assert_eq!(since("2999-01-01"), "");
    assert!(
        manager
            .fails(&["logs", "b", "--nostream", "--since", "1h"])
            .contains("no times")
    );
    assert!(
        manager
            .fails(&["logs", "a", "--nostream", "--since", "yesterday"])
            .contains("must be a time ago")
    );
}
