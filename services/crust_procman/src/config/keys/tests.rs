//! What keys mean, line by line, as data.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(keys: &Value) -> (AppConfig, Findings) {
    let context = Context {
        crust: "/bin/crust".into(),
        cwd: "/tmp".into(),
        path: "/usr/bin:/bin".to_owned(),
    };
    let mut findings = Findings::default();
    let config = app(
        keys.as_object().unwrap(),
        "apps[0]",
        &context,
        Some("production"),
        &mut findings,
    );
    (config, findings)
}

#[test]
fn the_keys_of_pm2() {
    let (config, findings) = read(&json!({
        "name": "web", "script": "sleep", "args": "10 'a b'", "instances": "2", "exec_mode": "cluster",
        "max_memory_restart": "512M", "min_uptime": "10s", "kill_timeout": 3000, "wait_ready": true,
        "cron_restart": "0 3 * * *", "env": {"A": 1, "B": "x"}, "env_production": {"B": "y"},
        "env_development": {"B": "z"}, "out_file": "o.log", "watch": ["src"], "ignore_watch": "node_modules",
        "log_type": "json", "autorestart": false, "stop_exit_codes": [0, 3],
    }));
    assert!(
        findings.problems.is_empty() && findings.warnings.is_empty(),
        "{findings:?}"
    );
    assert_eq!((config.instances, config.max_memory), (2, Some(512 << 20)));
    assert_eq!(config.args, ["10", "a b"]);
    assert_eq!((config.min_uptime, config.kill_timeout), (10_000, 3000));
    assert_eq!(
        (config.env["A"].as_str(), config.env["B"].as_str()),
        ("1", "y")
    );
    assert_eq!(config.log.out.as_deref(), Some("/tmp/o.log".as_ref()));
    assert!(config.wait_ready && config.log.json && !config.autorestart);
    assert_eq!(config.stop_exit_codes, [0, 3]);
    assert_eq!(config.watch.unwrap().paths, [PathBuf::from("/tmp/src")]);
}

#[test]
fn every_problem_is_listed_with_its_path() {
    let (_, findings) = read(&json!({
        "script": "sleep", "instances": "many", "kill_timeout": "soon", "cron": "x", "autorestart": "yes",
        "kill_signal": "SIGNOPE", "port": 70000, "health": {"interval": "1s"}, "cwd": "/no/such/folder",
        "no_such_key": 1, "log_date_format": "YYYY",
    }));
    let keys = [
        "instances",
        "kill_timeout",
        "cron",
        "autorestart",
        "kill_signal",
        "port",
        "health",
        "cwd",
    ];
    for key in keys {
        let start = format!("apps[0].{key}: ");
        assert!(
            findings
                .problems
                .iter()
                .any(|problem| problem.starts_with(&start)),
            "{key}: {findings:?}"
        );
    }
    assert_eq!(findings.problems.len(), keys.len());
    assert_eq!(findings.warnings.len(), 2);
    assert_eq!(
        read(&json!({"name": "x"})).1.problems,
        ["apps[0].script: is missing"]
    );
}

#[test]
fn a_problem_names_the_key_that_was_written_and_names_it_once() {
    let problems = |keys: Value| read(&keys).1.problems;
    for (keys, starts) in [
        (json!({"script": 5.5}), vec!["apps[0].script: "]),
        (json!({"script": ["a"]}), vec!["apps[0].script: must be"]),
        (
            json!({"script": "sleep", "port": "x"}),
            vec!["apps[0].port: "],
        ),
        (
            json!({"script": "sleep", "health_url": "https://localhost/"}),
            vec!["apps[0].health_url: "],
        ),
        (
            json!({"script": "/etc/passwd", "exec_interpreter": "cobol"}),
            vec!["apps[0].exec_interpreter: the interpreter \"cobol\""],
        ),
        (
            json!({"script": "sleep", "name": "\u{1b}[2J", "instances": 0.5}),
            vec!["apps[0].instances: ", "apps[0].name: "],
        ),
        (
            json!({"script": "sleep", "log_keep": 1_u64 << 40, "instances": 100_000}),
            vec!["apps[0].instances: ", "apps[0].log_keep: "],
        ),
        (
            json!({"script": "sleep", "health": {"interval": {}, "tcp": "a:1"}}),
            vec!["apps[0].health.interval: must be"],
        ),
        (
            json!({"script": "sleep", "kill_timeout": "9999d"}),
            vec!["apps[0].kill_timeout: "],
        ),
    ] {
        let mut found = problems(keys.clone());
        found.sort();
        assert_eq!(found.len(), starts.len(), "{keys}: {found:?}");
        for (problem, start) in found.iter().zip(starts) {
            assert!(problem.starts_with(start), "{keys}: {problem}");
        }
    }
}

#[test]
fn words_are_split_as_in_a_shell() {
    assert_eq!(
        split("a  'b c' \"d\\\"e\" f\\ g ''").unwrap(),
        ["a", "b c", "d\"e", "f g", ""]
    );
    assert_eq!(split("'open"), None);
}

proptest! {
    #[test]
    fn any_value_is_taken_or_refused(key in "[a-z_]{1,20}", text in ".{0,20}", number in any::<i64>()) {
        let (_, _) = read(&json!({"script": "sleep", key.clone(): text}));
        let (_, _) = read(&json!({"script": "sleep", key: number}));
    }
}
