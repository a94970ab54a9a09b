//! Units of systemd: one service for each application, a template and a target where it has several processes.

use std::fmt::Write as _;
use std::path::Path;

use super::{Export, label, seconds, variables};
use crate::Home;
use crate::config::AppConfig;

// Writing to a string cannot fail, so the results below are dropped.

pub(super) fn render(apps: &[AppConfig]) -> Export {
    let mut export = Export::default();
    for app in apps {
        let name = label(&app.name);
        let many = app.instances > 1;
        let text = service(app, many, apps, &mut export);
        if many {
            export.file(format!("{name}@.service"), text);
            export.file(format!("{name}.target"), target(app, &name));
        } else {
            export.file(format!("{name}.service"), text);
        }
    }
    export
}

/// The name of what stands for a whole application.
fn unit(app: &AppConfig) -> String {
    let end = if app.instances > 1 {
        "target"
    } else {
        "service"
    };
    format!("{}.{end}", label(&app.name))
}

fn service(app: &AppConfig, many: bool, apps: &[AppConfig], export: &mut Export) -> String {
    let mut text = String::from("[Unit]\n");
    let number = if many { " (%i)" } else { "" };
    let _ = writeln!(text, "Description={}{number}", plain(&app.name));
    for name in &app.depends_on {
        match apps.iter().find(|other| other.name == *name) {
            Some(other) => {
                let _ = writeln!(text, "Requires={0}\nAfter={0}", unit(other));
            }
            None => export.warn(
                app,
                &format!("it depends on \"{name}\", which is not exported"),
            ),
        }
    }
    if many {
        let _ = writeln!(text, "PartOf={}", unit(app));
    }
    // As many starts as the crash loop allows before it is given up.
    let window = seconds(
        app.min_uptime
            .max(1)
            .saturating_mul(u64::from(app.max_restarts) + 1),
    );
    let _ = writeln!(
        text,
        "StartLimitIntervalSec={window}\nStartLimitBurst={}",
        app.max_restarts.saturating_add(1)
    );
    text.push_str("\n[Service]\n");
    let line: Vec<String> = std::iter::once(app.program.to_string_lossy().into_owned())
        .chain(app.args.iter().cloned())
        .map(|word| quoted(&word, true))
        .collect();
    let _ = writeln!(text, "Type=exec\nExecStart={}", line.join(" "));
    let _ = writeln!(text, "WorkingDirectory={}", path(&app.cwd, app, export));
    for (name, value) in variables(app) {
        if !is_variable(&name) {
            export.warn(
                app,
                &format!("systemd takes no variable {name:?}: it is left out"),
            );
            continue;
        }
        let _ = writeln!(
            text,
            "Environment={}",
            quoted(&format!("{name}={value}"), false)
        );
    }
    if many {
        let _ = writeln!(
            text,
            "Environment=\"{}=%i\" \"CRUST_INSTANCE_ID=%i\"",
            plain(&app.instance_var)
        );
    }
    if let Some(user) = &app.user {
        let _ = writeln!(text, "User={}", plain(user));
    }
    if let Some(group) = &app.group {
        let _ = writeln!(text, "Group={}", plain(group));
    }
    restarts(app, &mut text);
    limits(app, &mut text);
    output(app, many, &mut text, export);
    if app.health.is_some() {
        export.warn(
            app,
            "systemd has no health probes: the check is not exported",
        );
    }
    if app.cron.is_some() {
        export.warn(app, "restart times (cron) need a timer of your own");
    }
    if app.watch.is_some() {
        export.warn(
            app,
            "restarts on changed files (watch) need a path unit of your own",
        );
    }
    if app.wait_ready {
        export.warn(
            app,
            "the message \"ready\" is not heard: systemd takes it as started",
        );
    }
    if !many {
        text.push_str("\n[Install]\nWantedBy=multi-user.target\n");
    }
    text
}

fn restarts(app: &AppConfig, text: &mut String) {
    let _ = writeln!(
        text,
        "Restart={}",
        if app.autorestart { "always" } else { "no" }
    );
    let first = [app.restart_delay, app.exp_backoff]
        .into_iter()
        .find(|delay| *delay > 0);
    let _ = writeln!(text, "RestartSec={}ms", first.unwrap_or(100));
    if !app.stop_exit_codes.is_empty() {
        let codes: Vec<String> = app
            .stop_exit_codes
            .iter()
            .map(ToString::to_string)
            .collect();
        let _ = writeln!(
            text,
            "RestartPreventExitStatus={0}\nSuccessExitStatus={0}",
            codes.join(" ")
        );
    }
    let signal = crate::daemon::signal_name_of(&app.kill_signal);
    let _ = writeln!(
        text,
        "KillSignal={signal}\nTimeoutStopSec={}ms",
        app.kill_timeout
    );
    let _ = writeln!(
        text,
        "KillMode={}",
        if app.treekill {
            "control-group"
        } else {
            "process"
        }
    );
}

fn limits(app: &AppConfig, text: &mut String) {
    if let Some(memory) = app.max_memory {
        let _ = writeln!(text, "MemoryMax={memory}");
    }
    if let Some(processes) = app.max_processes {
        let _ = writeln!(text, "TasksMax={processes}");
    }
    if let Some(cpu) = app.max_cpu {
        let _ = writeln!(text, "CPUQuota={cpu}%");
    }
}

fn output(app: &AppConfig, many: bool, text: &mut String, export: &mut Export) {
    let _ = writeln!(text, "SyslogIdentifier={}", label(&app.name));
    if app.log.disabled {
        text.push_str("StandardOutput=null\nStandardError=null\n");
        return;
    }
    let number = if many && !app.log.merge { "-%i" } else { "" };
    for (key, file) in [
        ("StandardOutput", &app.log.out),
        ("StandardError", &app.log.err),
    ] {
        if let Some(file) = file {
            let file = path(file, app, export);
            let _ = writeln!(text, "{key}=append:{file}{number}");
        }
    }
    if app.log.is_captured() {
        export.warn(
            app,
            "times, JSON and rotation of logs are the journal's business there",
        );
    }
}

fn target(app: &AppConfig, name: &str) -> String {
    let wants: Vec<String> = (0..app.instances)
        .map(|index| format!("{name}@{index}.service"))
        .collect();
    format!(
        "[Unit]\nDescription={} ({} processes)\nWants={}\n\n[Install]\nWantedBy=multi-user.target\n",
        plain(&app.name),
        app.instances,
        wants.join(" ")
    )
}

/// The unit that starts the process manager with the machine.
pub(super) fn boot_unit(program: &Path, home: &Home, is_root: bool) -> String {
    let program = quoted(&program.to_string_lossy(), true);
    let home = quoted(&format!("CRUST_PM_HOME={}", home.path().display()), false);
    let wanted = if is_root {
        "multi-user.target"
    } else {
        "default.target"
    };
    // The daemon and its holder stay in the unit's control group; what `shutdown` has not ended, systemd does.
    format!(
        "[Unit]\nDescription=Crust process manager\nAfter=network.target\n\n\
         [Service]\nType=forking\nGuessMainPID=no\nEnvironment={home}\n\
         ExecStart={program} proc ping\nExecStop={program} proc shutdown\n\
         TimeoutStopSec=60s\nLimitNOFILE=infinity\nTasksMax=infinity\nOOMPolicy=continue\nDelegate=yes\n\n\
         [Install]\nWantedBy={wanted}\n"
    )
}

/// A word of a command line or an assignment: quoted, with what systemd would expand taken literally. `$` stands
/// for variables in command lines only.
fn quoted(word: &str, is_command: bool) -> String {
    let mut text = String::from("\"");
    for letter in word.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '%' => text.push_str("%%"),
            '$' if is_command => text.push_str("$$"),
            letter if letter.is_control() => {
                for byte in letter.to_string().bytes() {
                    let _ = write!(text, "\\x{byte:02x}");
                }
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// A path: no quotes are read there, so some cannot be said.
fn path(path: &Path, app: &AppConfig, export: &mut Export) -> String {
    let text = path.to_string_lossy();
    let said = plain(&text);
    if said.replace("%%", "%") != *text {
        export.warn(app, &format!("systemd cannot say the path {text:?}"));
    }
    said
}

/// A text on one line: what would end it, or join the next one to it, is left out.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\\');
    text.replace('%', "%%")
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
