//! The options of a line, as the installer takes them.

use std::sync::Arc;

use crust_installer::{Backend, Config, Freshness, InstallError, InstallOptions, Linker, Platform};

use super::Line;
use crate::args::OptionId;
use crate::error::CliError;
use crate::script;

/// What the installer is told.
pub(super) fn of(line: &Line<'_>, frozen: bool) -> Result<InstallOptions, CliError> {
    let mut scripts = script::host_of_installation(line.session)?;
    scripts.verbose = line.has("verbose");
    if let Some(count) = line.value("concurrent-scripts") {
        scripts.concurrency = count
            .parse()
            .ok()
            .filter(|count| (1..=1024).contains(count))
            .ok_or(CliError::OptionValue {
                option: "--concurrent-scripts",
                reason: "a number from 1 to 1024 is needed".to_owned(),
            })?;
    }
    Ok(InstallOptions {
        frozen_lockfile: frozen || line.has("frozen-lockfile"),
        dry_run: line.has("dry-run") || line.has("check"),
        force: line.has("force"),
        lockfile_only: line.has("lockfile-only"),
        no_save: line.has("no-save"),
        ignore_scripts: line.has("ignore-scripts"),
        trust_registry: line.has("trust-registry"),
        migrate: false,
        omit: omitted(line)?,
        freshness: freshness(line),
        backend: backend(line)?,
        platform: platform(line)?,
        filters: line
            .options()
            .values(OptionId::Install("filter"))
            .map(ToOwned::to_owned)
            .collect(),
        scripts,
        stop: Arc::default(),
    })
}

pub(super) fn omitted(line: &Line<'_>) -> Result<Vec<String>, CliError> {
    let mut omit: Vec<String> = Vec::new();
    for kind in line.options().values(OptionId::Install("omit")) {
        if !matches!(kind, "dev" | "optional" | "peer") {
            return Err(CliError::OptionValue {
                option: "--omit",
                reason: format!("\"{kind}\" is not dev, optional or peer"),
            });
        }
        omit.push(kind.to_owned());
    }
    if line.has("production") && line.name != "update" {
        omit.push("dev".to_owned());
    }
    Ok(omit)
}

fn backend(line: &Line<'_>) -> Result<Backend, CliError> {
    match line.value("backend") {
        None | Some("hardlink") => Ok(Backend::HardLink),
        Some("copyfile") => Ok(Backend::Copy),
        Some(other) => Err(CliError::OptionValue {
            option: "--backend",
            reason: format!("\"{other}\" is not hardlink or copyfile"),
        }),
    }
}

fn freshness(line: &Line<'_>) -> Freshness {
    if line.has("offline") {
        Freshness::Offline
    } else if line.has("prefer-offline") {
        Freshness::PreferOffline
    } else if line.has("force") || line.has("no-cache") {
        Freshness::Always
    } else {
        Freshness::Normal
    }
}

/// Names of `process.platform`, `process.arch` and of C libraries.
const OS: &[&str] = &[
    "aix", "android", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32",
];
const CPU: &[&str] = &[
    "arm", "arm64", "ia32", "mips", "mipsel", "ppc", "ppc64", "s390", "s390x", "x32", "x64",
];
const LIBC: &[&str] = &["glibc", "musl"];

fn platform(line: &Line<'_>) -> Result<Platform, CliError> {
    let mut platform = Platform::default();
    for (option, shown, known, names) in [
        ("os", "--os", OS, &mut platform.os),
        ("cpu", "--cpu", CPU, &mut platform.cpu),
        ("libc", "--libc", LIBC, &mut platform.libc),
    ] {
        let given: Vec<&str> = line.options().values(OptionId::Install(option)).collect();
        if given.is_empty() {
            continue;
        }
        let is_known = |name: &&str| *name == "*" || known.contains(&name.trim_start_matches('!'));
        if let Some(name) = given.iter().find(|name| !is_known(name)) {
            return Err(CliError::OptionValue {
                option: shown,
                reason: format!("\"{name}\" is not one of {}", known.join(", ")),
            });
        }
        let excluded = |name: &str| given.contains(&format!("!{name}").as_str());
        let only_excludes = given.iter().all(|name| name.starts_with('!'));
        *names = if given.contains(&"*") {
            vec!["*".to_owned()]
        } else {
            let named = |name: &&&str| only_excludes || given.contains(*name);
            let chosen = known.iter().filter(named).filter(|name| !excluded(name));
            chosen.map(|&name| name.to_owned()).collect()
        };
    }
    Ok(platform)
}

/// What the command line says over files and environment.
pub(super) fn adjust(config: &mut Config, line: &Line<'_>) -> Result<(), InstallError> {
    if let Some(file) = line.value("config") {
        let path = std::path::absolute(file)
            .map_err(|error| InstallError::Config(format!("--config: {error}")))?;
        config.use_bunfig(&path)?;
    }
    config.verify &= !line.has("no-verify");
    if let Some(registry) = line.options().value(OptionId::Registry) {
        config.registries.set_default(registry)?;
    }
    if line.has("global") {
        config.linker = Some(Linker::Hoisted);
    }
    match line.value("linker") {
        None => {}
        Some("hoisted") => config.linker = Some(Linker::Hoisted),
        Some("isolated") => config.linker = Some(Linker::Isolated),
        Some(other) => {
            let message = format!("--linker: \"{other}\" is not hoisted or isolated");
            return Err(InstallError::Config(message));
        }
    }
    let absolute = |option: &str, path: &str| {
        std::path::absolute(path)
            .map_err(|error| InstallError::Config(format!("{option}: {error}")))
    };
    if let Some(folder) = line.value("cache-dir") {
        config.cache = absolute("--cache-dir", folder)?;
    }
    let given: Vec<Vec<u8>> = line
        .options()
        .values(OptionId::Install("ca"))
        .map(|text| text.replace("\\n", "\n").into_bytes())
        .collect();
    if !given.is_empty() {
        config.ca = given;
    }
    if let Some(file) = line.value("cafile") {
        let path = absolute("--cafile", file)?;
        config.ca = vec![std::fs::read(&path).map_err(InstallError::io("read", &path))?];
    }
    if let Some(age) = line.value("minimum-release-age") {
        config.minimum_release_age = seconds(age).ok_or_else(|| {
            InstallError::Config(format!(
                "--minimum-release-age: \"{age}\" is neither seconds nor a time such as 3d"
            ))
        })?;
    }
    let excluded: Vec<String> = line
        .options()
        .values(OptionId::Install("minimum-release-age-excludes"))
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    if !excluded.is_empty() {
        config.minimum_release_age_excludes = excluded;
    }
    if let Some(count) = line.value("network-concurrency") {
        config.network_concurrency = count
            .parse()
            .ok()
            .filter(|count| (1..=1024).contains(count))
            .ok_or_else(|| {
                InstallError::Config("--network-concurrency is a number from 1 to 1024".to_owned())
            })?;
    }
    Ok(())
}

/// `90`, `90s`, `15m`, `12h`, `3d`, `2w`.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = match text.char_indices().last()? {
        (_, '0'..='9') => (text, 1),
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3600),
        (at, 'd') => (&text[..at], 86_400),
        (at, 'w') => (&text[..at], 604_800),
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn ages() {
        for (text, expected) in [
            ("90", Some(90)),
            ("15m", Some(900)),
            ("3d", Some(259_200)),
            ("d", None),
            ("", None),
            ("3y", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
