//! 17: what PM2 users have works by changing the command.

use std::fs;

use serde_json::Value;

use crate::manager::Manager;

/// The same two applications in every language that PM2 reads.
fn corpus(manager: &Manager) -> Vec<String> {
    let apps = r#"[{"name": "api", "script": "./app.sh", "instances": 2, "exec_mode": "cluster", "env": {"MODE": "dev", "N": 1}, "env_production": {"MODE": "prod"}, "args": "one 'two three'", "max_memory_restart": "300M", "kill_timeout": 3000, "merge_logs": false, "vizion": false},
        {"name": "job", "script": "./app.sh", "cwd": "sub", "autorestart": false, "out_file": "./job.out", "error_file": "./job.err", "cron_restart": "0 3 * * *"}]"#;
    fs::create_dir_all(manager.folder.join("sub")).unwrap();
    manager.file(
        "app.sh",
        "echo $MODE $NODE_APP_INSTANCE $name \"$1\" \"$2\"; exec sleep 600",
    );
    manager.file("sub/app.sh", "pwd; exec sleep 600");
    let yaml = "apps:\n  - name: api\n    script: ./app.sh\n    instances: 2\n    exec_mode: cluster\n    env: {MODE: dev, N: 1}\n    env_production:\n      MODE: prod\n    args: \"one 'two three'\"\n    max_memory_restart: 300M\n    kill_timeout: 3000\n    merge_logs: false\n    vizion: false\n  - name: job\n    script: ./app.sh\n    cwd: sub\n    autorestart: false\n    out_file: ./job.out\n    error_file: ./job.err\n    cron_restart: '0 3 * * *'\n";
    vec![
        manager.file("pm2.json", &format!("{{\"apps\": {apps}}}")),
        manager.file("list.json", apps),
        manager.file(
            "ecosystem.config.js",
            &format!("module.exports = {{ apps: {apps} }};"),
        ),
        manager.file(
            "ecosystem.config.cjs",
            &format!("const apps = {apps};\nmodule.exports = {{ apps }};"),
        ),
        manager.file(
            "ecosystem.config.mjs",
            &format!("export default {{ apps: {apps} }};"),
        ),
        manager.file("pm2.yaml", yaml),
        manager.file("pm2.yml", yaml),
    ]
}

#[test]
fn every_kind_of_ecosystem_file_means_the_same() {
    let manager = Manager::new("corpus");
    let mut first: Option<Value> = None;
    for file in corpus(&manager) {
        let output = manager.run(&["validate", &file, "--env", "production", "--json"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{file}: {said}");
        let mut apps: Value = serde_json::from_slice(&output.stdout).unwrap();
        for app in apps.as_array_mut().unwrap() {
            for key in ["config_file", "config_file_sha256"] {
                app.as_object_mut().unwrap().remove(key);
            }
        }
        let first = first.get_or_insert_with(|| apps.clone());
        assert_eq!(*first, apps, "{file}");
    }
    let apps = first.unwrap();
    assert_eq!(
        (
            &apps[0]["env"]["MODE"],
            &apps[0]["env"]["N"],
            &apps[0]["instances"]
        ),
        (&"prod".into(), &"1".into(), &2.into())
    );
    assert_eq!(
        (&apps[0]["max_memory"], &apps[0]["kill_timeout"]),
        (&(300 << 20).into(), &3000.into())
    );
}

#[test]
fn what_pm2_gives_to_programs_is_given() {
    let manager = Manager::new("pm2");
    let file = corpus(&manager).remove(2);
    manager.ok(&["start", &file]);
    manager.until("they have written", |manager| {
        manager.log("api-out.log") == "dev 0 api one two three\n"
            && manager.log("api-out-1.log") == "dev 1 api one two three\n"
    });
    let sub = manager.folder.join("sub");
    manager.until("it has written to its own file", |_| {
        fs::read_to_string(sub.join("job.out")).is_ok_and(|text| text.trim().ends_with("/sub"))
    });
    // Messages in both directions, and the id of the process.
    let app = manager.file(
        "msg.js",
        "console.log('id', process.env.pm_id, process.env.name); process.on('message', (text) => { if (text === 'shutdown') { console.log('asked to end'); process.exit(0); } }); process.send('ready');",
    );
    manager.ok(&[
        "start",
        &app,
        "--name",
        "msg",
        "--wait-ready",
        "--listen-timeout",
        "60s",
    ]);
    manager.until("it has written", |manager| {
        manager.log("msg-out.log").starts_with("id 3 msg")
    });
    let file = manager.file("msg.json", "{\"apps\": [{\"name\": \"polite\", \"script\": \"msg.js\", \"shutdown_with_message\": true, \"wait_ready\": true, \"listen_timeout\": \"60s\", \"kill_timeout\": \"60s\"}]}");
    manager.ok(&["start", &file]);
    manager.ok(&["stop", "polite"]);
    assert!(manager.log("polite-out.log").ends_with("asked to end\n"));
    let why = manager.json(&["describe", "polite", "--json"]);
    assert_eq!(why[0]["last_end"]["code"], 0);
}

#[test]
fn unknown_keys_are_named() {
    let manager = Manager::new("unknown");
    manager.file("app.sh", "sleep 600");
    let file = manager.file("e.json", "{\"apps\": [{\"script\": \"app.sh\", \"instnces\": 2, \"log_date_format\": \"YYYY\", \"pmx\": true}], \"deploy\": {}}");
    let output = manager.run(&["validate", &file]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success());
    for part in [
        "apps[0].instnces is not known",
        "apps[0].log_date_format has no effect",
        "deploy is not part",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("pmx"), "{said}");
}
