//! What must hold for every configuration, wherever it comes from: a file, a command line, or a client of the
//! daemon's interface. It looks at nothing but the configuration.

use super::{AppConfig, HealthCheck};

/// Most instances of one application; what is above is a mistake.
pub const MOST_INSTANCES: u32 = 10_000;
/// Longest name. With what a log put aside gets behind it, it is a file name of at most 255 bytes.
const LONGEST_NAME: usize = 200;
/// Longest time, in milliseconds: a year. Sums of such times are far from any overflow.
const LONGEST_TIME: u64 = 366 * 86_400_000;

/// What is wrong with a configuration, each with its key.
#[must_use]
pub fn problems(config: &AppConfig) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut say = |key: &'static str, problem: Option<String>| {
        found.extend(problem.map(|problem| (key, problem)));
    };
    say("name", name(&config.name));
    say("namespace", word(&config.namespace));
    say("script", text(&config.script));
    say(
        "args",
        config.args.iter().find_map(|argument| text(argument)),
    );
    say("instances", instances(config.instances));
    say("instance_var", variable(&config.instance_var));
    say(
        "increment_var",
        config.increment_var.as_deref().and_then(variable),
    );
    for (key, time) in times(config) {
        say(key, (time > LONGEST_TIME).then(too_long));
    }
    say(
        "kill_signal",
        (!crate::daemon::is_signal(&config.kill_signal))
            .then(|| format!("there is no signal {:?}", config.kill_signal)),
    );
    say("env", config.env.iter().find_map(assignment));
    say("health", config.health.as_ref().and_then(health));
    for (key, path) in [
        ("out_file", &config.log.out),
        ("error_file", &config.log.err),
    ] {
        let path = path.as_ref().map(|path| path.to_string_lossy());
        say(key, path.and_then(|path| text(&path)));
    }
    say("cwd", text(&config.cwd.to_string_lossy()));
    found
}

fn name(name: &str) -> Option<String> {
    if name.is_empty() || name == "all" || name.contains('/') {
        return Some("must not be empty, \"all\", or hold a slash".to_owned());
    }
    word(name)
}

/// What people see in tables and write on command lines.
fn word(word: &str) -> Option<String> {
    if word.chars().any(char::is_control) {
        return Some("must not hold line ends or other control characters".to_owned());
    }
    (word.len() > LONGEST_NAME).then(|| format!("must not be longer than {LONGEST_NAME} bytes"))
}

/// What is given to the system, whose texts end at the first NUL.
fn text(text: &str) -> Option<String> {
    text.contains('\0')
        .then(|| format!("{text:?} has a NUL byte"))
}

fn instances(count: u32) -> Option<String> {
    let is_usual = (1..=MOST_INSTANCES).contains(&count);
    (!is_usual).then(|| format!("must be from 1 to {MOST_INSTANCES}"))
}

fn variable(name: &str) -> Option<String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_name =
        name.chars().all(is_letter) && name.starts_with(|first: char| !first.is_ascii_digit());
    (!is_name).then(|| format!("{name:?} is no name of a variable"))
}

fn assignment((name, value): (&String, &String)) -> Option<String> {
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    (!is_name || value.contains('\0')).then(|| format!("{name:?} cannot be a variable"))
}

fn times(config: &AppConfig) -> [(&'static str, u64); 9] {
    [
        ("min_uptime", config.min_uptime),
        ("restart_delay", config.restart_delay),
        ("exp_backoff", config.exp_backoff),
        ("max_backoff", config.max_backoff),
        ("kill_timeout", config.kill_timeout),
        ("drain_timeout", config.drain_timeout),
        ("listen_timeout", config.listen_timeout),
        (
            "watch_delay",
            config.watch.as_ref().map_or(0, |watch| watch.delay),
        ),
        ("log_max_age", config.log.max_age.unwrap_or(0)),
    ]
}

fn too_long() -> String {
    "must not be longer than a year".to_owned()
}

fn health(health: &HealthCheck) -> Option<String> {
    let times = [health.start, health.interval, health.timeout];
    if times.iter().any(|time| *time > LONGEST_TIME) {
        return Some(too_long());
    }
    let url = health.url.as_deref().and_then(url);
    url.or_else(|| health.tcp.as_deref().and_then(address))
}

/// An address that can be probed.
fn url(url: &str) -> Option<String> {
    if url.starts_with("https://") {
        return Some(format!(
            "{url:?}: probes speak no TLS; give an http:// address, or a command such as curl"
        ));
    }
    let rest = url.strip_prefix("http://");
    let host = rest.and_then(|rest| rest.split('/').next());
    let is_plain = !url.contains(|letter: char| letter.is_control() || letter == ' ');
    let has_host = host.is_some_and(|host| !host.is_empty() && !host.starts_with(':'));
    let is_port = host.is_some_and(|host| match host.rsplit_once(':') {
        // The colons of an IPv6 address are in brackets.
        Some((_, port)) if !host.ends_with(']') => port.parse::<u16>().is_ok_and(|port| port > 0),
        _ => true,
    });
    (!(is_plain && has_host && is_port))
        .then(|| format!("{url:?} is no address such as http://127.0.0.1:3000/health"))
}

fn address(address: &str) -> Option<String> {
    let is_address = address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    (!is_address).then(|| format!("{address:?} is no address such as 127.0.0.1:5432"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(change: impl FnOnce(&mut AppConfig)) -> Vec<&'static str> {
        let mut config = AppConfig {
            name: "web".to_owned(),
            ..AppConfig::default()
        };
        change(&mut config);
        problems(&config).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn what_cannot_be_is_named_by_its_key() {
        assert!(keys(|_| ()).is_empty());
        for name in ["", "all", "a/b", "a\nb", "\u{1b}[31mred", "a\u{7f}"] {
            assert_eq!(keys(|config| config.name = name.to_owned()), ["name"]);
        }
        for name in ["grüße", "a b", "<b>", "--", "a:1", "$(x)", "%i"] {
            assert!(keys(|config| config.name = name.to_owned()).is_empty());
        }
        assert_eq!(keys(|config| config.name = "x".repeat(201)), ["name"]);
        assert_eq!(
            keys(|config| config.namespace = "\u{1b}c".to_owned()),
            ["namespace"]
        );
        assert_eq!(keys(|config| config.instances = 0), ["instances"]);
        assert_eq!(keys(|config| config.instances = u32::MAX), ["instances"]);
        assert_eq!(
            keys(|config| config.kill_timeout = u64::MAX),
            ["kill_timeout"]
        );
        assert_eq!(
            keys(|config| config.instance_var = "A\" \"B".to_owned()),
            ["instance_var"]
        );
        assert_eq!(
            keys(|config| config.kill_signal = "X".to_owned()),
            ["kill_signal"]
        );
        assert_eq!(keys(|config| config.args.push("a\0".to_owned())), ["args"]);
        assert_eq!(
            keys(|config| drop(config.env.insert("A=B".to_owned(), String::new()))),
            ["env"]
        );
    }

    #[test]
    fn addresses_that_can_be_probed() {
        let with_url = |url: &str| {
            keys(|config| config.health.get_or_insert_default().url = Some(url.to_owned()))
        };
        for good in [
            "http://a",
            "http://127.0.0.1:80/x?y",
            "http://[::1]:80/",
            "http://[::1]/",
        ] {
            assert!(with_url(good).is_empty(), "{good}");
        }
        for bad in [
            "",
            "a",
            "https://a",
            "ftp://a",
            "http://",
            "http://:80",
            "http://a:b",
            "http://a b",
            "http://a:99999",
            "http://a\r\nX: y",
        ] {
            assert_eq!(with_url(bad), ["health"], "{bad}");
        }
        let with_tcp = |tcp: &str| {
            keys(|config| config.health.get_or_insert_default().tcp = Some(tcp.to_owned()))
        };
        assert!(with_tcp("localhost:1").is_empty() && with_tcp("[::1]:1").is_empty());
        for bad in ["", "localhost", ":1", "a:0", "a:x"] {
            assert_eq!(with_tcp(bad), ["health"], "{bad}");
        }
    }
}
