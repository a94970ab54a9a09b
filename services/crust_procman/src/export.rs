//! Applications as units and manifests of other engines. Pure functions from configurations to texts; what has
//! no counterpart there is named in a warning, never left out in silence.

mod compose;
mod kubernetes;
mod nomad;
mod systemd;
mod yaml;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::Home;
use crate::config::AppConfig;

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Units of systemd.
    Systemd,
    /// A manifest of Kubernetes.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// Jobs of Nomad.
    Nomad,
}

impl Target {
    /// The target that a word names.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "systemd" => Some(Self::Systemd),
            "kubernetes" | "k8s" => Some(Self::Kubernetes),
            "compose" | "docker-compose" => Some(Self::Compose),
            "nomad" => Some(Self::Nomad),
            _ => None,
        }
    }
}

/// What the configurations do not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The container image.
    pub image: Option<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What an export is made of.
#[derive(Debug, Clone, Default)]
pub struct Export {
    /// The files.
    pub files: Vec<File>,
    /// What has no counterpart.
    pub warnings: Vec<String>,
}

impl Export {
    fn file(&mut self, name: impl Into<String>, text: String) {
        self.files.push(File {
            name: name.into(),
            text,
        });
    }

    fn warn(&mut self, app: &AppConfig, what: &str) {
        self.warnings.push(format!("{}: {what}", app.name));
    }
}

/// The files of applications for a target.
#[must_use]
pub fn render(target: Target, apps: &[AppConfig], options: &Options) -> Export {
    let mut renamed = Export::default();
    let apps = &with_own_labels(apps, &mut renamed);
    let mut export = match target {
        Target::Systemd => systemd::render(apps),
        Target::Kubernetes => kubernetes::render(apps, options),
        Target::Compose => compose::render(apps, options),
        Target::Nomad => nomad::render(apps),
    };
    renamed.warnings.append(&mut export.warnings);
    export.warnings = renamed.warnings;
    export
}

/// The same applications, none of which becomes another's label.
fn with_own_labels(apps: &[AppConfig], export: &mut Export) -> Vec<AppConfig> {
    let mut taken = HashSet::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for app in apps {
        let wanted = label(&app.name);
        let free = std::iter::once(wanted.clone())
            .chain((2..=u32::MAX).map(|number| numbered(&wanted, number)))
            .find(|name| !taken.contains(name));
        let name = free.unwrap_or_default();
        if name != wanted {
            export.warn(
                app,
                &format!("another application is called {wanted} there: this one is {name}"),
            );
            names.insert(&app.name, name.clone());
        }
        taken.insert(name);
    }
    let name_of = |name: &String| names.get(name.as_str()).unwrap_or(name).clone();
    let own = apps.iter().map(|app| AppConfig {
        name: name_of(&app.name),
        depends_on: app.depends_on.iter().map(name_of).collect(),
        ..app.clone()
    });
    own.collect()
}

fn numbered(label: &str, number: u32) -> String {
    let end = format!("-{number}");
    let room = LONGEST_LABEL - end.len();
    format!("{}{end}", label.get(..room).unwrap_or(label))
}

/// The unit that starts the process manager with the machine.
#[must_use]
pub fn boot_unit(program: &Path, home: &Home, is_root: bool) -> String {
    systemd::boot_unit(program, home, is_root)
}

/// Longest label (RFC 1123).
const LONGEST_LABEL: usize = 63;

/// A name that every engine takes: lower-case letters, digits and dashes, a letter first (RFC 1035).
fn label(name: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    let text: String = name.to_ascii_lowercase().chars().map(plain).collect();
    let text = text.trim_matches('-');
    let text = if text.is_empty() {
        "app".to_owned()
    } else if text.starts_with(|first: char| first.is_ascii_digit()) {
        format!("app-{text}")
    } else {
        text.to_owned()
    };
    let text = text.get(..LONGEST_LABEL).unwrap_or(&text);
    text.trim_end_matches('-').to_owned()
}

/// The command inside a container: there, our binary is on the path.
fn container_command(app: &AppConfig) -> Vec<String> {
    let program = if app.is_crust {
        "crust".to_owned()
    } else {
        app.program.to_string_lossy().into_owned()
    };
    std::iter::once(program)
        .chain(app.args.iter().cloned())
        .collect()
}

/// The image, or a name that says it must be replaced.
fn image(app: &AppConfig, options: &Options, export: &mut Export) -> String {
    options.image.clone().unwrap_or_else(|| {
        export.warn(app, "no --image was given: the image is a placeholder");
        format!("localhost/{}:latest", label(&app.name))
    })
}

/// The variables, `PORT` among them.
fn variables(app: &AppConfig) -> Vec<(String, String)> {
    let port = app.port.map(|port| ("PORT".to_owned(), port.to_string()));
    let given = app
        .env
        .iter()
        .filter(|(name, _)| port.is_none() || *name != "PORT");
    given
        .map(|(name, value)| (name.clone(), value.clone()))
        .chain(port.clone())
        .collect()
}

/// Host, port and path of a health URL.
fn parts_of_url(url: &str) -> Option<(String, u16, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (host, if scheme == "https" { 443 } else { 80 }),
    };
    Some((host.to_owned(), port, path.to_owned()))
}

/// Seconds, rounded up: engines take no fractions.
fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1000).max(1)
}

/// What none of the container engines has.
fn warn_of_container(app: &AppConfig, export: &mut Export) {
    if app.cron.is_some() {
        export.warn(app, "restart times (cron) have no counterpart");
    }
    if app.watch.is_some() {
        export.warn(app, "restarts on changed files (watch) have no counterpart");
    }
    if app.wait_ready {
        export.warn(
            app,
            "the message \"ready\" is not heard there: give it a health check",
        );
    }
    if app.log.is_captured() || app.log.out.is_some() || app.log.err.is_some() {
        export.warn(
            app,
            "log files and their format are the engine's business there",
        );
    }
}

#[cfg(test)]
mod tests;
