//! Kubernetes: a Deployment for each application, a Service where it has a port.

use serde_json::{Map, Value, json};

use super::{
    Export, Options, container_command, image, label, parts_of_url, seconds, variables,
    warn_of_container, yaml,
};
use crate::config::{AppConfig, HealthCheck};

pub(super) fn render(apps: &[AppConfig], options: &Options) -> Export {
    let mut export = Export::default();
    let mut text = String::new();
    for app in apps {
        let mut documents = vec![deployment(app, options, &mut export)];
        documents.extend(app.port.map(|port| service(app, port)));
        for document in documents {
            if !text.is_empty() {
                text.push_str("---\n");
            }
            text.push_str(&yaml::document(&document));
        }
    }
    export.file("kubernetes.yaml", text);
    export
}

fn deployment(app: &AppConfig, options: &Options, export: &mut Export) -> Value {
    let name = label(&app.name);
    warn_of_container(app, export);
    if !app.depends_on.is_empty() {
        export.warn(app, "Kubernetes starts without an order (depends_on): let it retry, or use an init container");
    }
    if !app.autorestart {
        export.warn(
            app,
            "a Deployment always restarts (no-autorestart): for a single run, make it a Job",
        );
    }
    let labels =
        json!({"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": label(&app.namespace)});
    let selector = json!({"app.kubernetes.io/name": name});
    let grace = seconds(app.kill_timeout.max(app.drain_timeout));
    let mut pod = json!({
        "containers": [container(app, &name, options, export)],
        "terminationGracePeriodSeconds": grace,
    });
    let ids: Map<String, Value> = [("runAsUser", &app.user), ("runAsGroup", &app.group)]
        .into_iter()
        .filter_map(|(key, id)| Some((key, id.as_ref()?)))
        .filter_map(|(key, id)| {
            let number = id.parse::<u32>();
            if number.is_err() {
                export.warn(
                    app,
                    &format!("Kubernetes takes users and groups by number, not \"{id}\""),
                );
            }
            Some((key.to_owned(), json!(number.ok()?)))
        })
        .collect();
    if !ids.is_empty() {
        pod["securityContext"] = Value::Object(ids);
    }
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": app.instances,
            "selector": {"matchLabels": selector},
            // A new one is there before an old one goes, as in a reload.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    })
}

fn container(app: &AppConfig, name: &str, options: &Options, export: &mut Export) -> Value {
    let command = container_command(app);
    let (program, args) = command
        .split_first()
        .map_or((String::new(), Vec::new()), |(first, rest)| {
            (first.clone(), rest.to_vec())
        });
    let (known, unknown): (Vec<_>, Vec<_>) = variables(app)
        .into_iter()
        .partition(|(name, _)| is_variable(name));
    for (name, _) in unknown {
        export.warn(
            app,
            &format!("Kubernetes takes no variable {name:?}: it is left out"),
        );
    }
    let environment: Vec<Value> = known
        .into_iter()
        // `$(NAME)` would be expanded.
        .map(|(name, value)| json!({"name": name, "value": value.replace("$(", "$$(")}))
        .collect();
    let mut container = json!({
        "name": name,
        "image": image(app, options, export),
        "command": [program.replace("$(", "$$(")],
        "args": args.iter().map(|word| word.replace("$(", "$$(")).collect::<Vec<_>>(),
        "workingDir": app.cwd,
        "env": environment,
    });
    if let Some(port) = app.port {
        container["ports"] = json!([{"name": "main", "containerPort": port, "protocol": "TCP"}]);
    }
    let mut limits = Map::new();
    limits.extend(
        app.max_memory
            .map(|memory| ("memory".to_owned(), json!(memory.to_string()))),
    );
    limits.extend(
        app.max_cpu
            .map(|cpu| ("cpu".to_owned(), json!(format!("{}m", u64::from(cpu) * 10)))),
    );
    if !limits.is_empty() {
        container["resources"] = json!({"limits": limits});
    }
    if let Some(probe) = app
        .health
        .as_ref()
        .and_then(|health| probe(health, app, export))
    {
        let mut ready = probe.clone();
        if let Some(map) = ready.as_object_mut() {
            map.insert("failureThreshold".to_owned(), json!(1));
            map.remove("initialDelaySeconds");
        }
        container["livenessProbe"] = probe;
        container["readinessProbe"] = ready;
    }
    container
}

/// Letters, digits, `-`, `_` and `.`, no digit first.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn probe(health: &HealthCheck, app: &AppConfig, export: &mut Export) -> Option<Value> {
    let how = if let Some(url) = &health.url {
        let parts = parts_of_url(url);
        let Some((_, port, path)) = parts else {
            export.warn(app, &format!("the health URL {url} is not understood"));
            return None;
        };
        let scheme = if url.starts_with("https:") {
            "HTTPS"
        } else {
            "HTTP"
        };
        (
            "httpGet",
            json!({"path": path, "port": port, "scheme": scheme}),
        )
    } else if let Some(tcp) = &health.tcp {
        let port: u16 = tcp.rsplit(':').next()?.parse().ok()?;
        ("tcpSocket", json!({"port": port}))
    } else {
        let command = health.command.as_ref()?;
        ("exec", json!({"command": ["/bin/sh", "-c", command]}))
    };
    Some(json!({
        how.0: how.1,
        "initialDelaySeconds": health.start.div_ceil(1000),
        "periodSeconds": seconds(health.interval),
        "timeoutSeconds": seconds(health.timeout),
        "failureThreshold": health.retries,
    }))
}

fn service(app: &AppConfig, port: u16) -> Value {
    let name = label(&app.name);
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "selector": {"app.kubernetes.io/name": name},
            "ports": [{"name": "main", "port": port, "targetPort": "main", "protocol": "TCP"}],
        },
    })
}
