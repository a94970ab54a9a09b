//! What every user does: start, look, restart, reload, save; and what people get wrong.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::manager::{Manager, free_port, is_alive, kill, request};

#[test]
fn an_application_from_start_to_delete() {
    let manager = Manager::new("life");
    let app = manager.file(
        "app.js",
        "console.log('one'); console.error('oops'); console.log(process.argv.slice(2).join('+')); setInterval(() => {}, 1000);",
    );
    let rows = manager.json(&["start", &app, "--name", "web", "--json", "--", "a", "b c"]);
    assert_eq!(rows[0]["status"], "online");
    let ping = manager.json(&["ping", "--json"]);
    assert!(ping["pid"].as_u64().unwrap() > 0 && !ping["version"].as_str().unwrap().is_empty());
    manager.until("it has written", |manager| {
        manager.log("web-out.log").contains("a+b c\n")
    });
    assert_eq!(
        manager.ok(&[
            "logs",
            "web",
            "--lines",
            "2",
            "--nostream",
            "--raw",
            "--out"
        ]),
        "one\na+b c\n"
    );
    assert_eq!(
        manager.ok(&["logs", "web", "--nostream", "--err"]),
        "0|web | oops\n"
    );
    assert_eq!(
        manager.ok(&["logs", "web", "--nostream", "--grep", "one"]),
        "0|web | one\n"
    );
    let first = manager.pid("web");
    manager.ok(&["restart", "web"]);
    let second = manager.pid("web");
    assert!(first != second && !is_alive(first) && is_alive(second));
    assert_eq!(manager.row("web")["restarts"], 1);
    manager.ok(&["stop", "0"]);
    assert_eq!(
        (manager.row("web")["status"].as_str(), is_alive(second)),
        (Some("stopped"), false)
    );
    manager.ok(&["start", "web"]);
    let third = manager.pid("web");
    assert!(is_alive(third));
    manager.ok(&["delete", "all"]);
    assert!(!is_alive(third));
    assert_eq!(manager.ok(&["list", "--json"]), "[]\n");
}

#[test]
fn the_daemon_may_be_killed() {
    let manager = Manager::new("killed");
    let app = manager.file(
        "count.sh",
        "i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done",
    );
    manager.ok(&["start", &app, "--name", "count"]);
    manager.ok(&["start", "sleep 600", "--name", "quiet"]);
    kill(manager.pid("quiet"));
    manager.until("it is back", |manager| {
        manager.row("quiet")["restarts"] == 1 && manager.pid("quiet") > 0
    });
    let (count, quiet) = (manager.pid("count"), manager.pid("quiet"));
    for _ in 0..3 {
        let daemon =
            i32::try_from(manager.json(&["ping", "--json"])["pid"].as_i64().unwrap()).unwrap();
        kill(daemon);
        let next = manager.json(&["ping", "--json"])["pid"].as_i64().unwrap();
        assert_ne!(next, i64::from(daemon));
        assert_eq!((manager.pid("count"), manager.pid("quiet")), (count, quiet));
    }
    assert!(is_alive(count) && is_alive(quiet));
    assert_eq!(manager.row("quiet")["restarts"], 1);
    let at = manager.log("count-out.log").len();
    manager.until("it goes on writing", |manager| {
        manager.log("count-out.log").len() > at
    });
    manager.ok(&["stop", "count"]);
    let log = manager.log("count-out.log");
    let numbers: Vec<usize> = log.lines().map(|line| line.parse().unwrap()).collect();
    assert!(
        numbers.iter().enumerate().all(|(at, number)| at == *number),
        "a line is missing or twice"
    );
}

#[test]
fn the_exit_of_an_application_is_known_although_no_daemon_saw_it() {
    let manager = Manager::new("unseen");
    manager.ok(&[
        "start",
        "while [ ! -e go ]; do sleep 0.01; done; exit 7",
        "--name",
        "job",
        "--no-autorestart",
    ]);
    let daemon = i32::try_from(manager.json(&["ping", "--json"])["pid"].as_i64().unwrap()).unwrap();
    let job = manager.pid("job");
    // The holder starts a daemon at once; it sees the end or reads it from the holder.
    kill(daemon);
    manager.file("go", "");
    manager.until("it has ended", |_| !is_alive(job));
    manager.until("it is known", |manager| {
        manager.row("job")["status"] == "stopped"
    });
    let why = manager.run(&["why", "job", "--json"]);
    let why: Value = serde_json::from_slice(&why.stdout).unwrap();
    assert_eq!(
        (why[0]["code"].as_str(), why[0]["last_end"]["code"].as_i64()),
        (Some("exit"), Some(7))
    );
}

#[test]
fn what_crashes_is_restarted_until_it_is_given_up() {
    let manager = Manager::new("crash");
    let line = "echo started; echo broken >&2; exit 3";
    let said = manager.run(&[
        "start",
        line,
        "--name",
        "bad",
        "--max-restarts",
        "2",
        "--restart-delay",
        "10",
    ]);
    assert!(said.status.code().is_some());
    manager.until("it is given up", |manager| {
        manager.row("bad")["status"] == "errored"
    });
    let why = manager.run(&["why", "bad"]);
    let text = String::from_utf8(why.stdout).unwrap();
    assert!(
        text.contains("[crash-loop]") && text.contains("exit code 3") && text.contains("| broken"),
        "{text}"
    );
    assert_eq!(why.status.code(), Some(1));
    assert_eq!(manager.log("bad-out.log"), "started\n".repeat(3));
}

#[test]
fn a_stop_leaves_nothing_behind() {
    let manager = Manager::new("tree");
    let line = "trap '' TERM; (trap '' TERM; echo child $$; while :; do sleep 1; done) & sh -c 'echo $$ > leaf; sleep 600' & while :; do sleep 1; done";
    manager.ok(&["start", line, "--name", "tree", "--kill-timeout", "100"]);
    let leaf = manager.folder.join("leaf");
    manager.until("the leaf is there", |_| {
        fs::read_to_string(&leaf).is_ok_and(|text| text.ends_with('\n'))
    });
    let leaf: i32 = fs::read_to_string(&leaf).unwrap().trim().parse().unwrap();
    let tree = manager.pid("tree");
    manager.ok(&["delete", "tree"]);
    manager.until("nobody is left", |_| !is_alive(tree) && !is_alive(leaf));
}

#[test]
fn mistakes_are_said() {
    let manager = Manager::new("mistakes");
    assert!(manager.fails(&["stop", "nobody"]).contains("[NOT_FOUND]"));
    assert!(
        manager
            .fails(&["start", "./no-such.js"])
            .contains("does not exist")
    );
    assert!(
        manager
            .fails(&["start", "sleep", "--memory", "lots", "--", "1"])
            .contains("memory: must be bytes")
    );
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    assert!(
        manager
            .fails(&["start", "sleep 601", "--name", "a"])
            .contains("[NAME_TAKEN]")
    );
    manager.ok(&["start", "sleep 601", "--name", "a", "--force"]);
    assert!(manager.fails(&["flie"]).contains("unknown command"));
    let file = manager.file(
        "bad.json",
        r#"{"apps": [{"name": "x"}, {"script": "sleep", "port": "x", "kill_timeout": []}]}"#,
    );
    let said = manager.fails(&["start", &file]);
    for part in [
        "apps[0].script: is missing",
        "apps[1].port",
        "apps[1].kill_timeout",
        "[INVALID_CONFIGURATION]",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn ecosystem_files_in_every_language() {
    let manager = Manager::new("ecosystem");
    manager.file("app.sh", "echo $MODE $NODE_APP_INSTANCE; sleep 600");
    let json = manager.file("a.json", "{\"apps\": [{\"name\": \"json\", \"script\": \"app.sh\", /* two */ \"instances\": 2, \"env\": {\"MODE\": \"dev\"}, \"env_production\": {\"MODE\": \"prod\"}, \"flux\": 1}]}");
    let toml = manager.file("b.toml", "[[apps]]\nname = \"toml\"\nscript = \"app.sh\"\n");
    let js = manager.file(
        "ecosystem.config.js",
        "module.exports = {apps: [{name: 'js', script: './app.sh', env: {MODE: String(1 + 1)}}]};",
    );
    let ts = manager.file(
        "d.config.ts",
        "const name: string = 'ts'; export default {apps: [{name, script: 'app.sh'}]};",
    );
    let output = manager.run(&["start", &json, &toml, &js, &ts, "--env", "production"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && said.contains("apps[0].flux is not known"),
        "{said}"
    );
    manager.until("they have written", |manager| {
        manager.log("json-out.log") == "prod 0\n"
            && manager.log("json-out-1.log") == "prod 1\n"
            && manager.log("js-out.log") == "2 0\n"
    });
    assert_eq!(
        manager.json(&["list", "--json"]).as_array().unwrap().len(),
        5
    );
    let before = manager.pid("js");
    manager.ok(&["apply", &js]);
    assert_eq!(manager.pid("js"), before);
    manager.ok(&["scale", "json", "1"]);
    assert_eq!(
        manager.json(&["list", "--json"]).as_array().unwrap().len(),
        4
    );
}

#[test]
fn what_was_saved_comes_back() {
    let manager = Manager::new("saved");
    manager.ok(&["start", "sleep 600", "--name", "a", "--env", "X=1"]);
    manager.ok(&["start", "sleep 600", "--name", "b"]);
    manager.ok(&["stop", "b"]);
    manager.ok(&["save"]);
    let a = manager.pid("a");
    manager.ok(&["kill"]);
    assert!(!is_alive(a));
    assert_eq!(manager.ok(&["list", "--json"]), "[]\n");
    manager.ok(&["resurrect"]);
    assert_eq!(
        (
            manager.row("a")["status"].as_str(),
            manager.row("b")["status"].as_str()
        ),
        (Some("online"), Some("stopped"))
    );
    assert!(manager.ok(&["env", "a"]).contains("X=1\n"));
}

#[test]
fn a_flood_of_lines_is_kept_whole() {
    let manager = Manager::new("flood");
    let line = "seq 1 200000; echo last words; exit 0";
    for (name, option) in [("plain", "--raw"), ("stamped", "--time")] {
        manager.run(&["start", line, "--name", name, "--no-autorestart", option]);
        let file = format!("{name}-out.log");
        manager.until("it has all", |manager| {
            manager.log(&file).ends_with("last words\n")
        });
        let log = manager.log(&file);
        let last = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
        let numbers = log.lines().take(200_000).map(last);
        assert!(
            numbers.eq((1..=200_000).map(|number: u32| number.to_string())),
            "{name}"
        );
    }
}

#[test]
fn a_damaged_state_is_kept_aside() {
    let manager = Manager::new("damaged");
    manager.ok(&["start", "sleep 600", "--name", "a"]);
    let pid = manager.pid("a");
    let daemon = i32::try_from(manager.json(&["ping", "--json"])["pid"].as_i64().unwrap()).unwrap();
    manager.ok(&["save"]);
    // The holder brings a daemon back by itself, so the file must be bad before.
    for end in ["", "-wal"] {
        let path = manager.home().join(format!("state.db{end}"));
        if Path::exists(&path) {
            fs::write(&path, "this is no database, whatever it was before").unwrap();
        }
    }
    kill(daemon);
    let ping = manager.json(&["ping", "--json"]);
    assert!(ping["problems"].to_string().contains("put aside"), "{ping}");
    assert_eq!(manager.pid("a"), pid);
}

#[test]
fn an_application_says_when_it_is_ready() {
    let manager = Manager::new("ready");
    let app = manager.file(
        "app.js",
        "const fs = require('fs'); const t = setInterval(() => { if (fs.existsSync('go')) { clearInterval(t); process.send('ready'); } }, 5); setInterval(() => {}, 1000);",
    );
    let mut start = manager.command(&["start", &app, "--wait-ready", "--listen-timeout", "20s"]);
    let mut start = start.stdout(Stdio::null()).spawn().unwrap();
    manager.until("it is launching", |manager| {
        manager.row("app")["status"] == "launching" && manager.pid("app") > 0
    });
    assert!(start.try_wait().unwrap().is_none());
    manager.file("go", "");
    assert!(start.wait().unwrap().success());
    assert_eq!(manager.row("app")["status"], "online");
    let once = manager.file("once.js", "console.log('done');");
    manager.ok(&["start", &once, "--no-autorestart"]);
    manager.until("nothing holds it open", |manager| {
        manager.row("once")["status"] == "stopped"
    });
    assert_eq!(manager.log("once-out.log"), "done\n");
}

#[test]
fn limits_restart_times_and_changes_restart_an_application() {
    let manager = Manager::new("guards");
    let hog = manager.file(
        "hog.js",
        "globalThis.keep = new Uint8Array(256 << 20).fill(1); setInterval(() => {}, 1000);",
    );
    manager.ok(&[
        "start",
        &hog,
        "--memory",
        "200M",
        "--exp-backoff",
        "60s",
        "--max-backoff",
        "60s",
    ]);
    manager.ok(&[
        "start",
        "sleep 600",
        "--name",
        "cron",
        "--cron",
        "* * * * * *",
    ]);
    manager.file("watched.txt", "1");
    let folder = manager.folder.join("src");
    fs::create_dir(&folder).unwrap();
    manager.ok(&[
        "start",
        "sleep 600",
        "--name",
        "watch",
        "--watch",
        "--ignore-watch",
        "ignored",
        "--watch=src",
    ]);
    fs::create_dir(folder.join("ignored")).unwrap();
    fs::write(folder.join("ignored/a"), "").unwrap();
    fs::write(folder.join("b"), "").unwrap();
    manager.until("it is restarted for a change", |manager| {
        manager.row("watch")["restarts"] == 1
    });
    manager.until("it is restarted at its time", |manager| {
        manager.row("cron")["restarts"].as_u64() > Some(1)
    });
    manager.until("it is ended for its memory", |manager| {
        let reason = manager.row("hog")["reason"].clone();
        reason == "memory-limit" || reason == "oom"
    });
    let why = String::from_utf8(manager.run(&["why", "hog"]).stdout).unwrap();
    assert!(
        why.contains("[memory-limit]") || why.contains("[oom]"),
        "{why}"
    );
    assert_eq!(manager.row("watch")["restarts"], 1);
}

#[test]
fn health_and_dependencies() {
    let manager = Manager::new("health");
    let file = manager.file(
        "e.json",
        r#"{"apps": [
        {"name": "web", "script": "sleep", "args": "600", "depends_on": "db"},
        {"name": "db", "script": "sleep", "args": "600", "exp_backoff": "60s", "max_backoff": "60s",
         "health": {"command": "test ! -e ill", "interval": "50ms", "start": 0, "retries": 2}}]}"#,
    );
    let mut start = manager.command(&["start", &file]);
    assert!(start.output().unwrap().status.success());
    assert_eq!(manager.row("web")["status"], "online");
    assert!(manager.ok(&["health"]).contains("\"ok\""));
    manager.file("ill", "");
    manager.until("it is found ill", |manager| {
        manager.row("db")["reason"] == "unhealthy"
    });
    let health = manager.run(&["health"]);
    assert!(
        !health.status.success()
            && String::from_utf8(health.stdout)
                .unwrap()
                .contains("test ! -e ill")
    );
    assert!(manager.ok(&["metrics"]).ends_with("# EOF\n"));
}

#[test]
fn a_reload_under_load_fails_no_request() {
    let manager = Manager::new("reload");
    let port = free_port();
    let app = manager.file(
        "app.js",
        "const server = Bun.serve({hostname: '127.0.0.1', port: Number(process.env.PORT), async fetch() { await Bun.sleep(5); return new Response('fine'); }});\n\
         process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });",
    );
    // Two instances share the port without a word about it in the program.
    manager.ok(&[
        "start",
        &app,
        "--name",
        "web",
        "--instances",
        "2",
        "--port",
        &port.to_string(),
        "--listen-timeout",
        "20s",
    ]);
    manager.until("it answers", |_| request(port).is_ok());
    let stop = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::SeqCst;
    std::thread::scope(|scope| {
        let load = || {
            let mut count = 0;
            while !stop.load(order) {
                request(port).expect("a request failed");
                count += 1;
            }
            count
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(load)).collect();
        let outputs: Vec<Output> = (0..3).map(|_| manager.run(&["reload", "web"])).collect();
        stop.store(true, order);
        let total: u32 = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum();
        assert!(total > 50, "{total} requests are no load");
        for output in outputs {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "{said}\n{}",
                manager.ok(&["describe", "web"])
            );
        }
        assert_eq!(manager.row("web")["restarts"], 3);
    });
    let other = manager.run(&[
        "start",
        &app,
        "--name",
        "other",
        "--port",
        &port.to_string(),
        "--max-restarts",
        "1",
    ]);
    assert!(other.status.code().is_some());
    manager.until("the port is taken", |manager| {
        manager.row("other")["status"] == "errored"
    });
    assert!(manager.log("other-error.log").contains("EADDRINUSE"));
    let broken = manager.file("app.js", "process.exit(4)");
    assert_eq!(broken, app);
    assert!(manager.fails(&["reload", "web"]).contains("keeps serving"));
    request(port).unwrap();
}
