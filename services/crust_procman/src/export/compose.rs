//! A Compose file (the Compose Specification): one service for each application.

use serde_json::{Map, Value, json};

use super::{
    Export, Options, container_command, image, label, parts_of_url, variables, warn_of_container,
    yaml,
};
use crate::config::{AppConfig, HealthCheck};

pub(super) fn render(apps: &[AppConfig], options: &Options) -> Export {
    let mut export = Export::default();
    let services: Map<String, Value> = apps
        .iter()
        .map(|app| (label(&app.name), service(app, apps, options, &mut export)))
        .collect();
    export.file(
        "compose.yaml",
        yaml::document(&json!({"services": services})),
    );
    export
}

fn service(app: &AppConfig, apps: &[AppConfig], options: &Options, export: &mut Export) -> Value {
    warn_of_container(app, export);
    let environment: Map<String, Value> = variables(app)
        .into_iter()
        .map(|(name, value)| (name, json!(literal(&value))))
        .collect();
    let command: Vec<String> = container_command(app)
        .iter()
        .map(|word| literal(word))
        .collect();
    let mut service = json!({
        "image": image(app, options, export),
        "entrypoint": [],
        "command": command,
        "working_dir": app.cwd,
        "environment": environment,
        "restart": if app.autorestart { "unless-stopped" } else { "no" },
        "stop_signal": crate::daemon::signal_name_of(&app.kill_signal),
        "stop_grace_period": format!("{}ms", app.kill_timeout),
        "init": true,
    });
    if let Some(port) = app.port {
        // Several processes cannot have one port of the host.
        let ports = if app.instances > 1 {
            json!([port.to_string()])
        } else {
            json!([format!("{port}:{port}")])
        };
        service["ports"] = ports;
    }
    let user: Vec<&str> = [&app.user, &app.group]
        .into_iter()
        .filter_map(|id| id.as_deref())
        .collect();
    match (user.as_slice(), &app.user) {
        ([], _) => {}
        (_, None) => export.warn(app, "a group without a user has no counterpart"),
        (parts, Some(_)) => service["user"] = json!(parts.join(":")),
    }
    let mut limits = Map::new();
    limits.extend(
        app.max_memory
            .map(|memory| ("memory".to_owned(), json!(memory.to_string()))),
    );
    limits.extend(app.max_cpu.map(|cpu| {
        (
            "cpus".to_owned(),
            json!(format!("{}.{:02}", cpu / 100, cpu % 100)),
        )
    }));
    let mut deploy = json!({"replicas": app.instances});
    if !limits.is_empty() {
        deploy["resources"] = json!({"limits": limits});
    }
    service["deploy"] = deploy;
    if let Some(check) = app
        .health
        .as_ref()
        .and_then(|health| check(health, app, export))
    {
        service["healthcheck"] = check;
    }
    let mut needs = Map::new();
    for name in &app.depends_on {
        let Some(other) = apps.iter().find(|other| other.name == *name) else {
            export.warn(
                app,
                &format!("it depends on \"{name}\", which is not exported"),
            );
            continue;
        };
        let when = if other.health.is_some() {
            "service_healthy"
        } else {
            "service_started"
        };
        needs.insert(label(name), json!({"condition": when}));
    }
    if !needs.is_empty() {
        service["depends_on"] = Value::Object(needs);
    }
    service
}

fn check(health: &HealthCheck, app: &AppConfig, export: &mut Export) -> Option<Value> {
    let test = if let Some(url) = &health.url {
        if parts_of_url(url).is_none() {
            export.warn(app, &format!("the health URL {url} is not understood"));
            return None;
        }
        export.warn(app, "its health check needs wget in the image");
        json!(["CMD", "wget", "-q", "-O", "/dev/null", literal(url)])
    } else if let Some(tcp) = &health.tcp {
        let (host, port) = tcp.rsplit_once(':')?;
        export.warn(app, "its health check needs nc in the image");
        json!(["CMD", "nc", "-z", host, port])
    } else {
        json!(["CMD-SHELL", literal(health.command.as_ref()?)])
    };
    Some(json!({
        "test": test,
        "interval": format!("{}ms", health.interval),
        "timeout": format!("{}ms", health.timeout),
        "retries": health.retries,
        "start_period": format!("{}ms", health.start),
    }))
}

/// `$` would be expanded.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}
