//! Ecosystem files: JSON (with comments), TOML, YAML, and JavaScript or TypeScript, which this binary evaluates in
//! a process of its own. It reports everything wrong at once and starts nothing.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::AppConfig;
use super::keys::{self, Findings};
use super::resolve::Context;
use crate::error::ProcmanError;

/// Longest file; thousands of applications are below it.
const LONGEST: u64 = 16 << 20;
/// How long a file of JavaScript may compute.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a file says.
#[derive(Debug)]
pub struct Ecosystem {
    /// The applications.
    pub apps: Vec<AppConfig>,
    /// Keys that were not understood, each with its path.
    pub warnings: Vec<String>,
}

/// Whether a file's name is that of an ecosystem file.
#[must_use]
pub fn is_ecosystem(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    if [".json", ".json5", ".toml", ".yaml", ".yml"]
        .iter()
        .any(|end| file.ends_with(end))
    {
        return true;
    }
    ["js", "cjs", "mjs", "ts", "mts", "cts"].iter().any(|end| {
        let stem = file
            .strip_suffix(end)
            .and_then(|stem| stem.strip_suffix('.'));
        stem.is_some_and(|stem| stem.ends_with(".config") || stem == "ecosystem")
    })
}

/// Reads an ecosystem file. `profile` chooses among `env_…`.
///
/// # Errors
/// It cannot be read, or has problems; all of them are listed.
pub fn read(
    path: &Path,
    context: &Context,
    profile: Option<&str>,
) -> Result<Ecosystem, ProcmanError> {
    let whole = |problem: String| ProcmanError::Ecosystem {
        path: path.to_owned(),
        problems: vec![problem],
    };
    let plain = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    let path = &path.canonicalize().map_err(|error| whole(plain(error)))?;
    let about = path.metadata().map_err(|error| whole(plain(error)))?;
    if !about.is_file() {
        return Err(whole("it is no file".to_owned()));
    }
    if about.len() > LONGEST {
        return Err(whole(format!("it is longer than {LONGEST} bytes")));
    }
    let value = value_of(path, context).map_err(whole)?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let context = Context {
        cwd: folder,
        ..context.clone()
    };
    let (apps, findings) = apps_of(&value, &context, profile);
    if !findings.problems.is_empty() {
        return Err(ProcmanError::Ecosystem {
            path: path.clone(),
            problems: findings.problems,
        });
    }
    let digest = file_digest(path);
    let with_file = |mut app: AppConfig| {
        app.config_file = Some(path.clone());
        app.config_file_sha256.clone_from(&digest);
        app
    };
    Ok(Ecosystem {
        apps: apps.into_iter().map(with_file).collect(),
        warnings: findings.warnings,
    })
}

/// SHA-256 of an ecosystem file as it is now.
#[must_use]
pub fn file_digest(path: &Path) -> Option<String> {
    use sha2::Digest as _;
    let about = path.metadata().ok()?;
    if !about.is_file() || about.len() > LONGEST {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    Some(crate::random::hex(&sha2::Sha256::digest(&bytes)))
}

fn value_of(path: &Path, context: &Context) -> Result<Value, String> {
    let kind = path
        .extension()
        .and_then(|kind| kind.to_str())
        .unwrap_or_default();
    let text = || std::fs::read_to_string(path).map_err(|error| error.to_string());
    match kind {
        "json" | "json5" => {
            let mut text = text()?;
            json_strip_comments::strip(&mut text).map_err(|error| error.to_string())?;
            serde_json::from_str(&text).map_err(|error| format!("it is no JSON: {error}"))
        }
        "toml" => toml::from_str(&text()?).map_err(|error| format!("it is no TOML: {error}")),
        "yaml" | "yml" => yaml(&text()?),
        _ => evaluate(path, context),
    }
}

fn yaml(text: &str) -> Result<Value, String> {
    use crust_manifest::{DataFormat, parse_data};
    let value = parse_data(text, DataFormat::Yaml, "").map_err(|problems| {
        let texts: Vec<String> = problems
            .iter()
            .map(|problem| format!("line {}: {}", problem.line, problem.message))
            .collect();
        format!("it is no YAML: {}", texts.join("; "))
    })?;
    let json = value
        .to_json()
        .ok_or("it holds what JSON cannot say, such as NaN")?;
    serde_json::from_str(&json).map_err(|error| error.to_string())
}

/// Runs a file and takes what it exports.
fn evaluate(path: &Path, context: &Context) -> Result<Value, String> {
    const PROGRAM: &str = "const m = await import(process.env.CRUST_PM_CONFIG); let c = m.default ?? m; \
        if (c.default !== undefined) c = c.default; if (typeof c === 'function') c = await c(); \
        process.stdout.write('\\n\\u0001' + JSON.stringify(c) + '\\n', () => process.exit(0));";
    let mut child = Command::new(&context.crust)
        .args(["--eval", PROGRAM])
        .env("CRUST_PM_CONFIG", path)
        .current_dir(path.parent().unwrap_or(Path::new("/")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot evaluate it: {error}"))?;
    let reader = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(stream) = stream {
                let _ = stream.take(LONGEST).read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let out = reader(child.stdout.take().map(|stream| Box::new(stream) as _));
    let err = reader(child.stderr.take().map(|stream| Box::new(stream) as _));
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it did not end within {} s", PATIENCE.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let (out, err) = (
        out.join().unwrap_or_default(),
        err.join().unwrap_or_default(),
    );
    let value = out
        .rsplit_once('\u{1}')
        .and_then(|(_, text)| serde_json::from_str(text.trim()).ok());
    match value {
        Some(value) if status.success() => Ok(value),
        _ if !status.success() => Err(format!("evaluating it failed: {}", err.trim())),
        _ => Err("it exports nothing that JSON can say".to_owned()),
    }
}

/// The applications of a whole file: `{apps: […]}`, `{apps: {name: …}}`, an array, or one application.
fn apps_of(value: &Value, context: &Context, profile: Option<&str>) -> (Vec<AppConfig>, Findings) {
    let mut findings = Findings::default();
    let mut apps = Vec::new();
    let mut has_profile = false;
    let mut one = |at: &str, value: &Value, name: Option<&str>, findings: &mut Findings| {
        let Value::Object(keys) = value else {
            return findings.problems.push(format!("{at}: must be an object"));
        };
        let mut keys: Map<String, Value> = keys.clone();
        if let Some(name) = name {
            keys.entry("name").or_insert_with(|| name.into());
        }
        has_profile |= profile.is_some_and(|name| keys.contains_key(&format!("env_{name}")));
        let app = keys::app(&keys, at, context, profile, findings);
        apps.push((at.to_owned(), app));
    };
    match value {
        Value::Object(file) if file.contains_key("apps") => {
            for key in file
                .keys()
                .filter(|key| !matches!(key.as_str(), "apps" | "deploy" | "$schema"))
            {
                findings
                    .warnings
                    .push(format!("{key} is not known and is ignored"));
            }
            if file.contains_key("deploy") {
                findings
                    .warnings
                    .push("deploy is not part of this version and is ignored".to_owned());
            }
            match &file["apps"] {
                Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| {
                    one(&format!("apps[{index}]"), value, None, &mut findings);
                }),
                Value::Object(map) if !map.contains_key("script") => {
                    map.iter().for_each(|(name, value)| {
                        one(&format!("apps.{name}"), value, Some(name), &mut findings);
                    });
                }
                value => one("apps", value, None, &mut findings),
            }
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| {
            one(&format!("[{index}]"), value, None, &mut findings);
        }),
        Value::Object(keys) if keys.contains_key("script") => {
            one("app", value, None, &mut findings);
        }
        _ => findings.problems.push("apps: is missing".to_owned()),
    }
    if let Some(name) = profile.filter(|_| !has_profile) {
        let warning = format!("env_{name} is in none of the applications");
        findings.warnings.push(warning);
    }
    compare(&apps, &mut findings);
    (apps.into_iter().map(|(_, app)| app).collect(), findings)
}

/// What is wrong between applications, each with its key path.
fn compare(apps: &[(String, AppConfig)], findings: &mut Findings) {
    let mut names: HashMap<&str, &str> = HashMap::new();
    for (at, app) in apps.iter().filter(|(_, app)| !app.name.is_empty()) {
        if let Some(first) = names.insert(&app.name, at) {
            findings.problems.push(format!(
                "{at}.name: {first} has the name {:?} already",
                app.name
            ));
        }
    }
    if apps.is_empty() && findings.problems.is_empty() {
        let warning = "apps: there is no application in it";
        findings.warnings.push(warning.to_owned());
    }
    if let Some((at, names)) = cycle(apps) {
        findings
            .problems
            .push(format!("{at}.depends_on: forms a cycle: {names}"));
    }
    for (at, app) in apps {
        for on in app
            .depends_on
            .iter()
            .filter(|on| !names.contains_key(on.as_str()))
        {
            let warning = format!("{at}.depends_on: {on:?} is not in this file");
            findings.warnings.push(warning);
        }
    }
}

/// The first application that depends on itself, by whatever way, and the names along it.
fn cycle(apps: &[(String, AppConfig)]) -> Option<(&str, String)> {
    let by_name: HashMap<&str, &AppConfig> = apps
        .iter()
        .map(|(_, app)| (app.name.as_str(), app))
        .collect();
    apps.iter().find_map(|(at, app)| {
        // Depth first; each is entered once, so long files cost no more than their dependencies.
        let mut seen = HashSet::new();
        let mut todo: Vec<(&str, usize)> = vec![(&app.name, 0)];
        let mut way: Vec<&str> = Vec::new();
        while let Some((name, depth)) = todo.pop() {
            way.truncate(depth);
            way.push(name);
            let next = by_name
                .get(name)
                .into_iter()
                .flat_map(|app| &app.depends_on);
            for on in next {
                if *on == app.name {
                    return Some((at.as_str(), format!("{} -> {on}", way.join(" -> "))));
                }
                if seen.insert(on.as_str()) {
                    todo.push((on, depth + 1));
                }
            }
        }
        None
    })
}
