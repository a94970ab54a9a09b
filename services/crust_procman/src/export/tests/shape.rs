//! Rules of the engines, written from the Compose Specification, the reference of Kubernetes' API (apps/v1 Deployment,
//! v1 Service) and Nomad's job specification: which keys there are and what their values look like. Every key that an
//! export writes must be known here, so that a mistyped one is found.

use std::collections::BTreeSet;

use super::*;

/// What a value must be.
enum Rule {
    Text(fn(&str) -> bool),
    Number(u64, u64),
    Flag,
    List(Box<Rule>),
    /// Any keys of this form, with values of one rule.
    Map(fn(&str) -> bool, Box<Rule>),
    /// These keys: name, whether it must be there, rule.
    Keys(Vec<(&'static str, bool, Rule)>),
}

use Rule::{Flag, Keys, List, Map, Number, Text};

fn any(_: &str) -> bool {
    true
}

fn list(rule: Rule) -> Rule {
    List(Box::new(rule))
}

/// What is wrong with a value, each with its path.
fn faults(value: &Value, rule: &Rule, at: &str, found: &mut Vec<String>) {
    match (rule, value) {
        (Text(fits), Value::String(text)) if fits(text) => {}
        (Number(least, most), Value::Number(number))
            if number
                .as_u64()
                .is_some_and(|number| (*least..=*most).contains(&number)) => {}
        (Flag, Value::Bool(_)) => {}
        (List(rule), Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                faults(value, rule, &format!("{at}[{index}]"), found);
            }
        }
        (Map(fits, rule), Value::Object(map)) => {
            for (key, value) in map {
                if !fits(key) {
                    found.push(format!("{at}: the key {key:?}"));
                }
                faults(value, rule, &format!("{at}.{key}"), found);
            }
        }
        (Keys(rules), Value::Object(map)) => {
            let known: BTreeSet<&str> = rules.iter().map(|(key, _, _)| *key).collect();
            for key in map.keys().filter(|key| !known.contains(key.as_str())) {
                found.push(format!("{at}.{key} is not known"));
            }
            for (key, needed, rule) in rules {
                match map.get(*key) {
                    Some(value) => faults(value, rule, &format!("{at}.{key}"), found),
                    None if *needed => found.push(format!("{at}.{key} is missing")),
                    None => {}
                }
            }
        }
        _ => found.push(format!("{at} is {value}")),
    }
}

fn check(value: &Value, rule: &Rule) {
    let mut found = Vec::new();
    faults(value, rule, "", &mut found);
    assert!(found.is_empty(), "{found:#?}\n{value:#}");
}

/// RFC 1035: of objects that get a name in DNS.
fn is_label(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Digits and a unit.
fn is_measure(text: &str, units: &[&str]) -> bool {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    number.parse::<u64>().is_ok() && units.contains(&unit)
}

fn is_duration(text: &str) -> bool {
    is_measure(text, &["ms", "s", "m", "h"])
}

fn is_signal(text: &str) -> bool {
    text.starts_with("SIG")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_digits(text: &str) -> bool {
    is_measure(text, &[""])
}

fn compose() -> Rule {
    let check = Keys(vec![
        ("test", true, list(Text(any))),
        ("interval", false, Text(is_duration)),
        ("timeout", false, Text(is_duration)),
        ("start_period", false, Text(is_duration)),
        ("retries", false, Number(1, u64::MAX)),
    ]);
    let limits = Keys(vec![
        ("memory", false, Text(is_digits)),
        (
            "cpus",
            false,
            Text(|text| text.parse::<f64>().is_ok_and(|cpus| cpus > 0.0)),
        ),
    ]);
    let deploy = Keys(vec![
        ("replicas", false, Number(1, u64::MAX)),
        ("resources", false, Keys(vec![("limits", false, limits)])),
    ]);
    let when = |text: &str| {
        [
            "service_started",
            "service_healthy",
            "service_completed_successfully",
        ]
        .contains(&text)
    };
    let service = Keys(vec![
        (
            "image",
            true,
            Text(|text| !text.is_empty() && !text.contains(' ')),
        ),
        ("entrypoint", false, list(Text(any))),
        ("command", false, list(Text(any))),
        ("working_dir", false, Text(|text| text.starts_with('/'))),
        (
            "environment",
            false,
            Map(
                |key| !key.is_empty() && !key.contains('='),
                Box::new(Text(any)),
            ),
        ),
        (
            "restart",
            false,
            Text(|text| ["no", "always", "unless-stopped", "on-failure"].contains(&text)),
        ),
        ("stop_signal", false, Text(is_signal)),
        ("stop_grace_period", false, Text(is_duration)),
        ("init", false, Flag),
        ("user", false, Text(any)),
        (
            "ports",
            false,
            list(Text(|text| {
                text.split(':').all(|part| part.parse::<u16>().is_ok())
            })),
        ),
        ("deploy", false, deploy),
        ("healthcheck", false, check),
        (
            "depends_on",
            false,
            Map(
                is_label,
                Box::new(Keys(vec![("condition", true, Text(when))])),
            ),
        ),
    ]);
    Keys(vec![("services", true, Map(is_label, Box::new(service)))])
}

/// `metadata.labels` and selectors: short texts.
fn labels() -> Rule {
    let is_value = |text: &str| {
        text.len() <= 63
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    Map(
        |key| key.starts_with("app.kubernetes.io/"),
        Box::new(Text(is_value)),
    )
}

fn metadata() -> Rule {
    Keys(vec![
        ("name", true, Text(is_label)),
        ("labels", false, labels()),
    ])
}

fn probe() -> Rule {
    let port = || Number(1, 65535);
    Keys(vec![
        (
            "httpGet",
            false,
            Keys(vec![
                ("path", false, Text(|path| path.starts_with('/'))),
                ("port", true, port()),
                (
                    "scheme",
                    false,
                    Text(|scheme| ["HTTP", "HTTPS"].contains(&scheme)),
                ),
            ]),
        ),
        ("tcpSocket", false, Keys(vec![("port", true, port())])),
        (
            "exec",
            false,
            Keys(vec![("command", true, list(Text(any)))]),
        ),
        ("initialDelaySeconds", false, Number(0, i32::MAX as u64)),
        ("periodSeconds", false, Number(1, i32::MAX as u64)),
        ("timeoutSeconds", false, Number(1, i32::MAX as u64)),
        ("failureThreshold", false, Number(1, i32::MAX as u64)),
    ])
}

fn container() -> Rule {
    let is_variable = |name: &str| {
        !name.starts_with(|first: char| first.is_ascii_digit())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let limits = Keys(vec![
        ("memory", false, Text(is_digits)),
        ("cpu", false, Text(|text| is_measure(text, &["m"]))),
    ]);
    Keys(vec![
        ("name", true, Text(is_label)),
        ("image", true, Text(|text| !text.is_empty())),
        ("command", false, list(Text(any))),
        ("args", false, list(Text(any))),
        ("workingDir", false, Text(any)),
        (
            "env",
            false,
            list(Keys(vec![
                ("name", true, Text(is_variable)),
                ("value", true, Text(any)),
            ])),
        ),
        (
            "ports",
            false,
            list(Keys(vec![
                (
                    "name",
                    false,
                    Text(|name| is_label(name) && name.len() <= 15),
                ),
                ("containerPort", true, Number(1, 65535)),
                (
                    "protocol",
                    false,
                    Text(|protocol| ["TCP", "UDP", "SCTP"].contains(&protocol)),
                ),
            ])),
        ),
        ("resources", false, Keys(vec![("limits", false, limits)])),
        ("livenessProbe", false, probe()),
        ("readinessProbe", false, probe()),
    ])
}

fn deployment() -> Rule {
    let ids = Keys(vec![
        ("runAsUser", false, Number(0, u64::from(u32::MAX))),
        ("runAsGroup", false, Number(0, u64::from(u32::MAX))),
    ]);
    let pod = Keys(vec![
        ("containers", true, list(container())),
        ("terminationGracePeriodSeconds", false, Number(0, u64::MAX)),
        ("securityContext", false, ids),
    ]);
    let rolling = Keys(vec![
        ("maxUnavailable", false, Number(0, 100)),
        ("maxSurge", false, Number(1, 100)),
    ]);
    Keys(vec![
        ("apiVersion", true, Text(|version| version == "apps/v1")),
        ("kind", true, Text(|kind| kind == "Deployment")),
        ("metadata", true, metadata()),
        (
            "spec",
            true,
            Keys(vec![
                ("replicas", false, Number(0, i32::MAX as u64)),
                (
                    "selector",
                    true,
                    Keys(vec![("matchLabels", true, labels())]),
                ),
                (
                    "strategy",
                    false,
                    Keys(vec![
                        ("type", true, Text(|kind| kind == "RollingUpdate")),
                        ("rollingUpdate", false, rolling),
                    ]),
                ),
                (
                    "template",
                    true,
                    Keys(vec![
                        ("metadata", true, Keys(vec![("labels", true, labels())])),
                        ("spec", true, pod),
                    ]),
                ),
            ]),
        ),
    ])
}

fn service() -> Rule {
    let port = Keys(vec![
        ("name", false, Text(is_label)),
        ("port", true, Number(1, 65535)),
        ("targetPort", false, Text(is_label)),
        ("protocol", false, Text(|protocol| protocol == "TCP")),
    ]);
    Keys(vec![
        ("apiVersion", true, Text(|version| version == "v1")),
        ("kind", true, Text(|kind| kind == "Service")),
        ("metadata", true, metadata()),
        (
            "spec",
            true,
            Keys(vec![
                ("selector", false, labels()),
                ("ports", true, list(port)),
            ]),
        ),
    ])
}

/// The blocks of HCL as JSON: a block is a key with its labels, and its body.
fn read_hcl(text: &str) -> Value {
    let mut open: Vec<(String, serde_json::Map<String, Value>)> =
        vec![(String::new(), serde_json::Map::new())];
    for line in text.lines().map(str::trim) {
        if let Some(head) = line.strip_suffix(" {") {
            open.push((head.replace('"', ""), serde_json::Map::new()));
        } else if line == "}" {
            let (head, body) = open.pop().unwrap();
            let outer = &mut open.last_mut().unwrap().1;
            assert!(
                outer.insert(head, Value::Object(body)).is_none(),
                "a block is there twice"
            );
        } else {
            let (key, value) = line.split_once(" = ").unwrap();
            // Strings, numbers and lists of them are JSON, apart from what is expanded.
            let value = serde_json::from_str(value).unwrap();
            open.last_mut()
                .unwrap()
                .1
                .insert(key.trim_matches('"').to_owned(), value);
        }
    }
    assert_eq!(open.len(), 1, "a block does not end");
    Value::Object(open.remove(0).1)
}

fn nomad(name: &'static str, group: &'static str, task: &'static str) -> Rule {
    let times = Keys(vec![
        ("limit", true, Number(1, u64::MAX)),
        ("grace", false, Text(is_duration)),
    ]);
    let check = Keys(vec![
        ("type", true, Text(|kind| ["http", "tcp"].contains(&kind))),
        ("path", false, Text(|path| path.starts_with('/'))),
        ("interval", true, Text(is_duration)),
        ("timeout", true, Text(is_duration)),
        ("check_restart", false, times),
    ]);
    let service = Keys(vec![
        ("name", true, Text(is_label)),
        (
            "provider",
            false,
            Text(|provider| ["nomad", "consul"].contains(&provider)),
        ),
        ("port", false, Text(any)),
        ("check", false, check),
    ]);
    let restart = Keys(vec![
        ("attempts", true, Number(0, u64::MAX)),
        ("interval", true, Text(is_duration)),
        ("delay", true, Text(is_duration)),
        ("mode", true, Text(|mode| ["fail", "delay"].contains(&mode))),
    ]);
    let config = Keys(vec![
        ("command", true, Text(|command| !command.is_empty())),
        ("args", false, list(Text(any))),
        ("work_dir", false, Text(any)),
    ]);
    let task_rule = Keys(vec![
        ("driver", true, Text(|driver| driver == "exec")),
        ("kill_signal", false, Text(is_signal)),
        ("kill_timeout", false, Text(is_duration)),
        ("user", false, Text(any)),
        ("config", true, config),
        ("env", false, Map(any, Box::new(Text(any)))),
        (
            "resources",
            false,
            Keys(vec![
                ("memory", false, Number(10, u64::MAX)),
                ("cpu", false, Number(1, u64::MAX)),
            ]),
        ),
    ]);
    let group_rule = Keys(vec![
        ("count", false, Number(0, u64::MAX)),
        (
            "network",
            false,
            Keys(vec![(
                "port main",
                true,
                Keys(vec![("static", false, Number(1, 65535))]),
            )]),
        ),
        ("restart", true, restart),
        ("service", false, service),
        (task, true, task_rule),
    ]);
    let update = Keys(vec![
        ("max_parallel", false, Number(0, u64::MAX)),
        ("canary", false, Number(0, u64::MAX)),
        (
            "health_check",
            false,
            Text(|kind| ["checks", "task_states", "manual"].contains(&kind)),
        ),
    ]);
    let job = Keys(vec![
        ("type", false, Text(|kind| kind == "service")),
        ("update", false, update),
        (group, true, group_rule),
    ]);
    Keys(vec![(name, true, job)])
}

/// Applications with every key that an export looks at.
fn corpus() -> Vec<AppConfig> {
    let health = |change: fn(&mut HealthCheck)| {
        let mut check = HealthCheck::default();
        change(&mut check);
        Some(check)
    };
    vec![
        web(),
        db(),
        AppConfig {
            name: "9 lives".to_owned(),
            group: Some("7".to_owned()),
            autorestart: false,
            health: health(|check| check.tcp = Some("localhost:5432".to_owned())),
            depends_on: vec!["My Web".to_owned()],
            kill_signal: "2".to_owned(),
            env: [
                ("1BAD".to_owned(), "x".to_owned()),
                ("a b".to_owned(), "y".to_owned()),
            ]
            .into(),
            max_memory: Some(1),
            max_cpu: Some(1),
            ..db()
        },
        AppConfig {
            name: "x".repeat(150),
            port: Some(1),
            health: health(|check| {
                check.command = Some("true $HOME".to_owned());
                (check.start, check.interval, check.timeout, check.retries) = (0, 1, 1, 1);
            }),
            restart_delay: 3_600_000,
            max_restarts: u32::MAX,
            kill_timeout: 0,
            ..db()
        },
    ]
}

#[test]
fn compose_files_have_the_shape_of_the_specification() {
    let export = render(Target::Compose, &corpus(), &Options::default());
    let file = read_yaml(&export.files[0].text);
    check(&file, &compose());
    let services = file["services"].as_object().unwrap();
    for (name, service) in services {
        for (other, when) in service["depends_on"].as_object().into_iter().flatten() {
            let healthy = when["condition"] == "service_healthy";
            assert!(
                services.contains_key(other)
                    && (!healthy || services[other].get("healthcheck").is_some()),
                "{name} waits for {other}"
            );
        }
    }
}

#[test]
fn manifests_have_the_shape_of_the_api() {
    let export = render(Target::Kubernetes, &corpus(), &Options::default());
    for document in export.files[0].text.split("---\n").map(read_yaml) {
        if document["kind"] == "Service" {
            check(&document, &service());
            continue;
        }
        check(&document, &deployment());
        let spec = &document["spec"];
        for (key, value) in spec["selector"]["matchLabels"].as_object().unwrap() {
            assert_eq!(spec["template"]["metadata"]["labels"][key], *value);
        }
        for probe in ["livenessProbe", "readinessProbe"] {
            let container = &spec["template"]["spec"]["containers"][0];
            let Some(probe) = container[probe].as_object() else {
                continue;
            };
            let ways = ["httpGet", "tcpSocket", "exec"]
                .iter()
                .filter(|way| probe.contains_key(**way));
            assert_eq!(ways.count(), 1, "{probe:?}");
        }
    }
}

#[test]
fn jobs_have_the_shape_of_the_specification() {
    let names = ["my-web", "db", "app-9-lives"].map(ToOwned::to_owned);
    let export = render(Target::Nomad, &corpus(), &Options::default());
    for (file, name) in export
        .files
        .iter()
        .zip(names.into_iter().chain(["x".repeat(63)]))
    {
        let keys = ["job", "group", "task"].map(|kind| &*format!("{kind} {name}").leak());
        let job = read_hcl(&file.text);
        check(&job, &nomad(keys[0], keys[1], keys[2]));
        let restart = &job[keys[0]][keys[1]]["restart"];
        let number = |key: &str| {
            let text = restart[key].as_str().unwrap();
            let (digits, scale) = text
                .strip_suffix("ms")
                .map_or((text.trim_end_matches('s'), 1000), |digits| (digits, 1));
            digits.parse::<u64>().unwrap() * scale
        };
        let attempts = restart["attempts"].as_u64().unwrap();
        assert!(
            attempts * number("delay") <= number("interval"),
            "{restart}"
        );
    }
}

#[test]
fn a_key_that_nobody_knows_is_found() {
    let mut found = Vec::new();
    faults(
        &json!({"services": {"a": {"image": "x", "imagee": 1, "restart": "maybe"}}}),
        &compose(),
        "",
        &mut found,
    );
    assert_eq!(
        found,
        [
            ".services.a.imagee is not known",
            ".services.a.restart is \"maybe\""
        ]
    );
}
