//! What `export` and `startup` write is what systemd itself accepts, where its verifier is installed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::manager::Manager;

/// Has systemd read units. It ends well over keys that it does not know, so it must also have nothing to say.
fn verify(folder: &Path, units: &[&str]) {
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(units.iter().map(|unit| folder.join(unit)))
        .output();
    match verified {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && said.is_empty(),
                "{units:?}: {said}"
            );
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
    }
}

#[test]
fn units_are_accepted_by_systemd() {
    let manager = Manager::new("units");
    let folder = manager.folder.join("units folder");
    std::fs::create_dir_all(&folder).unwrap();
    let text = serde_json::json!({"apps": [
        {"name": "my web %h", "script": "/bin/sleep", "args": ["600", "$HOME", "a\"b\\", "%i", "line\nend"], "instances": 3,
         "port": 8080, "memory": "256M", "cpu": "150%", "max_processes": 50, "env": {"A": "x y\n%z \"q\" \\"}, "depends_on": ["db"],
         "stop_exit_codes": [3, 4], "cwd": &folder, "out_file": "o 1.log", "exp_backoff": "250ms", "kill_signal": "SIGINT"},
        {"name": "db", "script": "/bin/sleep", "args": "600", "treekill": false, "autorestart": false, "disable_logs": true},
        {"name": "a.b", "script": "/bin/sleep", "args": "1"}, {"name": "a b", "script": "/bin/sleep", "args": "2"},
        {"name": "1", "script": "while :; do sleep 1; done", "max_restarts": 0},
    ]});
    let file = manager.file("ecosystem.json", &text.to_string());
    let out = manager.folder.join("out");
    let printed = manager.ok(&["export", "systemd", &file, "-o", out.to_str().unwrap()]);
    let mut units: Vec<&str> = printed
        .lines()
        .map(|line| line.rsplit('/').next().unwrap())
        .collect();
    units.sort_unstable();
    let expected = [
        "a-b-2.service",
        "a-b.service",
        "app-1.service",
        "db.service",
        "my-web--h.target",
        "my-web--h@.service",
    ];
    assert_eq!(units, expected);
    verify(&out, &units);
    // Variables may be secrets.
    for unit in &units {
        let mode = std::fs::metadata(out.join(unit))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{unit}");
    }
    manager.ok(&["startup", "-o", out.to_str().unwrap()]);
    verify(&out, &["crust-pm.service"]);
}
