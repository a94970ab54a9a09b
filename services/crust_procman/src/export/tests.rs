//! What each target is given, and that YAML says what was meant.

use std::collections::HashSet;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::HealthCheck;

mod shape;

fn read_yaml(text: &str) -> Value {
    use crust_manifest::{DataFormat, parse_data};
    let value = parse_data(text, DataFormat::Yaml, "test").unwrap();
    serde_json::from_str(&value.to_json().unwrap()).unwrap()
}

fn web() -> AppConfig {
    AppConfig {
        name: "My Web".to_owned(),
        program: PathBuf::from("/usr/bin/crust"),
        args: vec![
            "server.ts".to_owned(),
            "--x=$HOME 100% \"q\" ${y}".to_owned(),
        ],
        is_crust: true,
        cwd: PathBuf::from("/srv/web"),
        env: [
            ("A".to_owned(), "no".to_owned()),
            ("B".to_owned(), "line\nend $(C)".to_owned()),
        ]
        .into(),
        instances: 3,
        port: Some(8080),
        max_memory: Some(256 << 20),
        max_cpu: Some(150),
        depends_on: vec!["db".to_owned()],
        health: Some(HealthCheck {
            url: Some("http://127.0.0.1:8080/health".to_owned()),
            ..HealthCheck::default()
        }),
        ..AppConfig::default()
    }
}

fn db() -> AppConfig {
    AppConfig {
        name: "db".to_owned(),
        program: PathBuf::from("/bin/sleep"),
        args: vec!["600".to_owned()],
        cwd: PathBuf::from("/"),
        user: Some("1000".to_owned()),
        ..AppConfig::default()
    }
}

#[test]
fn compose_says_everything() {
    let export = render(
        Target::Compose,
        &[web(), db()],
        &Options {
            image: Some("img:1".to_owned()),
        },
    );
    let file = read_yaml(&export.files[0].text);
    let service = &file["services"]["my-web"];
    assert_eq!(service["image"], "img:1");
    assert_eq!(
        service["command"],
        json!(["crust", "server.ts", "--x=$$HOME 100% \"q\" $${y}"])
    );
    assert_eq!(
        service["environment"],
        json!({"A": "no", "B": "line\nend $$(C)", "PORT": "8080"})
    );
    assert_eq!(
        service["deploy"],
        json!({"replicas": 3, "resources": {"limits": {"memory": "268435456", "cpus": "1.50"}}})
    );
    assert_eq!(
        service["depends_on"],
        json!({"db": {"condition": "service_started"}})
    );
    assert_eq!(
        service["healthcheck"]["test"][5],
        "http://127.0.0.1:8080/health"
    );
    assert_eq!(file["services"]["db"]["user"], "1000");
}

#[test]
fn kubernetes_says_everything() {
    let export = render(Target::Kubernetes, &[web(), db()], &Options::default());
    let text = &export.files[0].text;
    let documents: Vec<Value> = text.split("---\n").map(read_yaml).collect();
    assert_eq!(documents.len(), 3);
    let spec = &documents[0]["spec"];
    let container = &spec["template"]["spec"]["containers"][0];
    assert_eq!(
        (&spec["replicas"], &container["command"]),
        (&json!(3), &json!(["crust"]))
    );
    assert_eq!(
        container["env"][1],
        json!({"name": "B", "value": "line\nend $$(C)"})
    );
    assert_eq!(
        container["resources"]["limits"],
        json!({"memory": "268435456", "cpu": "1500m"})
    );
    assert_eq!(
        container["livenessProbe"]["httpGet"],
        json!({"path": "/health", "port": 8080, "scheme": "HTTP"})
    );
    assert_eq!(
        spec["selector"]["matchLabels"]["app.kubernetes.io/name"],
        "my-web"
    );
    assert_eq!(
        spec["template"]["metadata"]["labels"]["app.kubernetes.io/name"],
        "my-web"
    );
    assert_eq!(documents[1]["kind"], "Service");
    assert_eq!(
        documents[2]["spec"]["template"]["spec"]["securityContext"]["runAsUser"],
        1000
    );
    assert!(
        export
            .warnings
            .iter()
            .any(|warning| warning.contains("placeholder"))
    );
    assert!(
        export
            .warnings
            .iter()
            .any(|warning| warning.contains("depends_on"))
    );
}

#[test]
fn systemd_units_of_several_processes() {
    let export = render(Target::Systemd, &[web(), db()], &Options::default());
    let names: Vec<&str> = export.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["my-web@.service", "my-web.target", "db.service"]);
    let unit = &export.files[0].text;
    for line in [
        "ExecStart=\"/usr/bin/crust\" \"server.ts\" \"--x=$$HOME 100%% \\\"q\\\" $${y}\"",
        "Environment=\"B=line\\nend $(C)\"",
        "Environment=\"NODE_APP_INSTANCE=%i\" \"CRUST_INSTANCE_ID=%i\"",
        "MemoryMax=268435456",
        "CPUQuota=150%",
        "Requires=db.service",
        "KillSignal=SIGTERM",
    ] {
        assert!(
            unit.lines().any(|found| found == line),
            "{line} is missing in\n{unit}"
        );
    }
    assert!(
        export.files[1]
            .text
            .contains("Wants=my-web@0.service my-web@1.service my-web@2.service")
    );
}

#[test]
fn nomad_jobs_are_balanced_blocks() {
    let export = render(Target::Nomad, &[web()], &Options::default());
    let text = &export.files[0].text;
    assert!(
        text.contains("args = [\"server.ts\", \"--x=$HOME 100% \\\"q\\\" $${y}\"]"),
        "{text}"
    );
    assert!(
        text.contains("\"PORT\" = \"${NOMAD_PORT_main}\"") && text.contains("path = \"/health\"")
    );
    assert_eq!(
        text.matches(" {\n").count(),
        text.lines().filter(|line| line.trim() == "}").count()
    );
}

#[test]
fn names_become_labels() {
    for (name, expected) in [
        ("My Web!", "my-web"),
        ("--", "app"),
        ("ü.x", "x"),
        ("a_b", "a-b"),
        ("1st", "app-1st"),
        ("-- --", "app"),
    ] {
        assert_eq!(label(name), expected);
    }
}

#[test]
fn names_that_become_one_label_stay_two_applications() {
    let named = |name: &str, on: &[&str]| AppConfig {
        name: name.to_owned(),
        depends_on: on.iter().map(ToString::to_string).collect(),
        ..db()
    };
    let apps = [
        named("a b", &[]),
        named("a.b", &[]),
        named("ü", &["a.b"]),
        named("ö", &[]),
        named(&"x".repeat(80), &[]),
        named(&"x".repeat(90), &[]),
    ];
    let export = render(Target::Systemd, &apps, &Options::default());
    let names: HashSet<&str> = export.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names.len(), apps.len());
    assert!(names.contains("a-b.service") && names.contains("a-b-2.service"));
    assert!(export.files[2].text.contains("Requires=a-b-2.service"));
    assert_eq!(export.warnings.len(), 3);
    let compose = render(Target::Compose, &apps, &Options::default());
    let file = read_yaml(&compose.files[0].text);
    assert_eq!(file["services"].as_object().unwrap().len(), apps.len());
}

#[test]
fn a_unit_has_no_line_that_was_not_meant() {
    let mut app = web();
    app.name = "evil\nExecStartPre=/bin/false\\".to_owned();
    app.cwd = "/srv/a\nUser=root".into();
    app.args = vec!["a\nb".to_owned(), "\u{1b}[0m".to_owned(), "c\\".to_owned()];
    app.env = [
        ("OK".to_owned(), "x\nUser=root\\".to_owned()),
        ("NOT OK".to_owned(), "y".to_owned()),
    ]
    .into();
    app.log.out = Some("/var/log/x\\".into());
    let export = render(Target::Systemd, &[app], &Options::default());
    let unit = &export.files[0].text;
    for line in unit.lines() {
        assert!(!line.ends_with('\\'), "{line}");
        assert!(
            !line.starts_with("User=") && !line.starts_with("ExecStartPre="),
            "{line}"
        );
    }
    let warned = |part: &str| export.warnings.iter().any(|text| text.contains(part));
    assert!(warned("\"NOT OK\"") && warned("/srv/a") && warned("/var/log/x"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z:#' -]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-zA-Z0-9_ :.-]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn yaml_is_read_as_it_was_meant(value in any_json()) {
        let value = json!({"root": value});
        prop_assert_eq!(read_yaml(&yaml::document(&value)), value);
    }

    #[test]
    fn any_application_can_be_exported(name in "\\PC{1,20}", arg in any::<String>(), variable in any::<String>()) {
        let app = AppConfig {
            name,
            args: vec![arg],
            env: [("X".to_owned(), variable)].into(),
            ..web()
        };
        for target in [Target::Systemd, Target::Kubernetes, Target::Compose, Target::Nomad] {
            prop_assert!(!render(target, std::slice::from_ref(&app), &Options::default()).files.is_empty());
        }
    }
}
