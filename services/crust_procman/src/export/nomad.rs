//! Nomad: a service job in HCL2 for each application, run by the `exec` driver.

use std::fmt::Write as _;

use super::{Export, container_command, label, parts_of_url, seconds, variables};
use crate::config::{AppConfig, HealthCheck};

/// Attempts that are counted; a program that is restarted more often is restarted without end.
const MOST_ATTEMPTS: u32 = 100;

// Writing to a string cannot fail, so the results below are dropped.

pub(super) fn render(apps: &[AppConfig]) -> Export {
    let mut export = Export::default();
    for app in apps {
        let text = job(app, &mut export);
        export.file(format!("{}.nomad.hcl", label(&app.name)), text);
    }
    export
}

/// An indented text with blocks.
#[derive(Default)]
struct Hcl {
    text: String,
    depth: usize,
}

impl Hcl {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:1$}{line}", "", self.depth * 2);
    }

    fn set(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    fn block(&mut self, head: &str, body: impl FnOnce(&mut Self)) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }
}

fn job(app: &AppConfig, export: &mut Export) -> String {
    warn(app, export);
    let name = label(&app.name);
    let mut hcl = Hcl::default();
    hcl.block(&format!("job \"{name}\""), |hcl| {
        hcl.set("type", "\"service\"");
        hcl.block("update", |hcl| {
            hcl.set("max_parallel", "1");
            hcl.set("canary", "0");
            hcl.set(
                "health_check",
                if app.health.is_some() {
                    "\"checks\""
                } else {
                    "\"task_states\""
                },
            );
        });
        hcl.block(&format!("group \"{name}\""), |hcl| group(app, &name, hcl));
    });
    hcl.text
}

fn group(app: &AppConfig, name: &str, hcl: &mut Hcl) {
    hcl.set("count", &app.instances.to_string());
    if let Some(port) = app.port {
        hcl.block("network", |hcl| {
            hcl.block("port \"main\"", |hcl| {
                // Several processes cannot have one port of the host: Nomad chooses, and says so in PORT.
                if app.instances == 1 {
                    hcl.set("static", &port.to_string());
                }
            });
        });
    }
    hcl.block("restart", |hcl| restart(app, hcl));
    if let Some(health) = app
        .health
        .as_ref()
        .filter(|_| app.port.is_some() || app.health.is_some())
    {
        hcl.block("service", |hcl| {
            hcl.set("name", &string(name));
            hcl.set("provider", "\"nomad\"");
            if app.port.is_some() {
                hcl.set("port", "\"main\"");
            }
            check(health, app, hcl);
        });
    }
    hcl.block(&format!("task \"{name}\""), |hcl| task(app, hcl));
}

/// Nomad refuses more attempts than their delays leave room for in the interval.
fn restart(app: &AppConfig, hcl: &mut Hcl) {
    let given = [app.restart_delay, app.exp_backoff];
    let delay = given.into_iter().find(|delay| *delay > 0).unwrap_or(100);
    let attempts = if app.autorestart {
        app.max_restarts.min(MOST_ATTEMPTS)
    } else {
        0
    };
    let interval = seconds(delay.saturating_mul(u64::from(attempts))).max(600);
    // More than can be counted there means for ever.
    let mode = if app.autorestart && app.max_restarts > MOST_ATTEMPTS {
        "delay"
    } else {
        "fail"
    };
    hcl.set("attempts", &attempts.to_string());
    hcl.set("interval", &format!("\"{interval}s\""));
    hcl.set("delay", &format!("\"{delay}ms\""));
    hcl.set("mode", &string(mode));
}

fn task(app: &AppConfig, hcl: &mut Hcl) {
    hcl.set("driver", "\"exec\"");
    hcl.set(
        "kill_signal",
        &string(&crate::daemon::signal_name_of(&app.kill_signal)),
    );
    hcl.set("kill_timeout", &format!("\"{}ms\"", app.kill_timeout));
    if let Some(user) = &app.user {
        hcl.set("user", &string(user));
    }
    let command = container_command(app);
    hcl.block("config", |hcl| {
        let args: Vec<String> = command.iter().skip(1).map(|word| string(word)).collect();
        hcl.set(
            "command",
            &string(command.first().map_or("", String::as_str)),
        );
        hcl.set("args", &format!("[{}]", args.join(", ")));
        hcl.set("work_dir", &string(&app.cwd.to_string_lossy()));
    });
    hcl.block("env", |hcl| {
        for (key, value) in variables(app) {
            let value = if key == "PORT" && app.instances > 1 {
                "\"${NOMAD_PORT_main}\"".to_owned()
            } else {
                string(&value)
            };
            hcl.set(&string(&key), &value);
        }
        hcl.set(&string(&app.instance_var), "\"${NOMAD_ALLOC_INDEX}\"");
    });
    if app.max_memory.is_some() || app.max_cpu.is_some() {
        hcl.block("resources", |hcl| {
            if let Some(memory) = app.max_memory {
                hcl.set("memory", &memory.div_ceil(1 << 20).max(10).to_string());
            }
            if let Some(cpu) = app.max_cpu {
                // Nomad counts in MHz; this is the share of a processor of 2 GHz.
                hcl.set("cpu", &(u64::from(cpu) * 20).max(10).to_string());
            }
        });
    }
}

fn check(health: &HealthCheck, app: &AppConfig, hcl: &mut Hcl) {
    let times = |hcl: &mut Hcl| {
        hcl.set("interval", &format!("\"{}s\"", seconds(health.interval)));
        hcl.set("timeout", &format!("\"{}s\"", seconds(health.timeout)));
        hcl.block("check_restart", |hcl| {
            hcl.set("limit", &health.retries.to_string());
            hcl.set("grace", &format!("\"{}s\"", seconds(health.start)));
        });
    };
    if app.port.is_none() {
        return;
    }
    if let Some((_, _, path)) = health.url.as_deref().and_then(parts_of_url) {
        hcl.block("check", |hcl| {
            hcl.set("type", "\"http\"");
            hcl.set("path", &string(&path));
            times(hcl);
        });
    } else if health.tcp.is_some() {
        hcl.block("check", |hcl| {
            hcl.set("type", "\"tcp\"");
            times(hcl);
        });
    }
}

fn warn(app: &AppConfig, export: &mut Export) {
    if !app.depends_on.is_empty() {
        export.warn(app, "Nomad starts jobs without an order (depends_on)");
    }
    if let Some(health) = &app.health {
        if health.command.is_some() {
            export.warn(
                app,
                "commands as health checks need Consul: the check is not exported",
            );
        } else if app.port.is_none() {
            export.warn(app, "a health check needs a port: it is not exported");
        }
    }
    if app.max_cpu.is_some() {
        export.warn(
            app,
            "Nomad counts processors in MHz: the share is that of 2 GHz",
        );
    }
    if app.cron.is_some() {
        export.warn(app, "restart times (cron) have no counterpart");
    }
    if app.watch.is_some() {
        export.warn(app, "restarts on changed files (watch) have no counterpart");
    }
    if app.group.is_some() {
        export.warn(app, "a group of its own has no counterpart");
    }
    if app.log.is_captured() || app.log.out.is_some() || app.log.err.is_some() {
        export.warn(app, "log files and their format are Nomad's business there");
    }
}

/// A string, with what would be expanded taken literally.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => {
                out.push(letter);
                out.push(letter);
            }
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
