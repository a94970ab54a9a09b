//! `crust audit`: known vulnerabilities of the installed packages, and updates of those packages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crust_installer::{Request, Severity, UpdateRequest, Vulnerability, install};

use super::install::{Line, report, sink};
use crate::args::{OptionId, Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// `crust audit [fix]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "audit", Scope::AUDIT)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    match line.words.as_slice() {
        [] => show(&line),
        [word] if word == "fix" => fix(&line),
        _ => Err(CliError::OptionValue {
            option: "audit",
            reason: "the only word that it takes is \"fix\"".to_owned(),
        }),
    }
}

/// What the options leave of what the registry says.
fn ask(line: &Line<'_>) -> Result<Vec<Vulnerability>, CliError> {
    let least = match line.value("audit-level") {
        None => Severity::Low,
        Some(word) => Severity::parse(word).ok_or_else(|| CliError::OptionValue {
            option: "--audit-level",
            reason: format!("\"{word}\" is not low, moderate, high or critical"),
        })?,
    };
    let ignored: Vec<&str> = line.options().values(OptionId::Install("ignore")).collect();
    let mut found = line.locked()?.audit(&line.omitted()?)?;
    found.retain(|entry| {
        let name = entry.url.rsplit('/').next().unwrap_or_default();
        let source: serde_json::Value = serde_json::from_str(&entry.source).unwrap_or_default();
        let number = source
            .get("id")
            .map(ToString::to_string)
            .unwrap_or_default();
        entry.severity >= least && !ignored.iter().any(|id| *id == name || *id == number)
    });
    Ok(found)
}

fn show(line: &Line<'_>) -> Result<Outcome, CliError> {
    let found = ask(line)?;
    if line.has("json") {
        message::print(&format!("{}\n", json(&found)));
    } else {
        line.print_title();
        message::print(&text(line, &found));
    }
    Ok(if found.is_empty() {
        Outcome::SUCCESS
    } else {
        Outcome::FAILURE
    })
}

fn json(found: &[Vulnerability]) -> String {
    let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in found {
        packages
            .entry(&entry.package)
            .or_default()
            .push(&entry.source);
    }
    let parts: Vec<String> = packages
        .into_iter()
        .map(|(name, sources)| format!("{}:[{}]", serde_json::Value::from(name), sources.join(",")))
        .collect();
    format!("{{{}}}", parts.join(","))
}

fn text(line: &Line<'_>, found: &[Vulnerability]) -> String {
    if found.is_empty() {
        return "No vulnerabilities found\n".to_owned();
    }
    let mut text = String::new();
    let mut last = "";
    for entry in found {
        // Writing to a string cannot fail.
        if last != entry.package {
            let versions: Vec<String> = entry
                .versions
                .iter()
                .map(|version| format!("{}@{version}", entry.package))
                .collect();
            let _ = writeln!(text, "{}", versions.join(", "));
            if entry.is_direct {
                text.push_str("  (direct dependency)\n");
            }
        }
        last = &entry.package;
        let _ = writeln!(
            text,
            "  {}: {} ({}) - {}",
            entry.severity.name(),
            entry.title,
            entry.range,
            entry.url
        );
    }
    let levels = [
        Severity::Critical,
        Severity::High,
        Severity::Moderate,
        Severity::Low,
    ];
    let counts: Vec<String> = levels
        .into_iter()
        .filter_map(|level| {
            let count = found.iter().filter(|entry| entry.severity == level).count();
            (count > 0).then(|| format!("{count} {}", level.name()))
        })
        .collect();
    let noun = if found.len() == 1 {
        "vulnerability"
    } else {
        "vulnerabilities"
    };
    let name = line.session.main_name();
    let _ = write!(
        text,
        "\n{} {noun} ({})\n\n  {name} audit fix           update these packages within their ranges\n  {name} audit fix --latest  also across major versions\n",
        found.len(),
        counts.join(", ")
    );
    text
}

/// Updates the packages; fails where vulnerabilities are left.
fn fix(line: &Line<'_>) -> Result<Outcome, CliError> {
    line.print_title();
    let found = ask(line)?;
    let mut names: Vec<String> = found.iter().map(|entry| entry.package.clone()).collect();
    names.dedup();
    if names.is_empty() {
        message::print("No vulnerabilities found\n");
        return Ok(Outcome::SUCCESS);
    }
    let request = Request::Update(UpdateRequest {
        packages: names,
        latest: line.has("latest"),
        recursive: true,
        ..UpdateRequest::default()
    });
    let mut options = line.install_options()?;
    options.dry_run = line.has("dry-run");
    let folder = script::working_directory()?;
    let summary = install(
        &folder,
        &request,
        &options,
        |config| line.adjust(config),
        &sink(line),
    )?;
    message::print(&report::text(line.session, &summary));
    if options.dry_run {
        return Ok(Outcome::SUCCESS);
    }
    let left = ask(line)?;
    if left.is_empty() {
        message::print("\nNo vulnerabilities are left\n");
        return Ok(Outcome::SUCCESS);
    }
    message::print(&format!("\n{}", text(line, &left)));
    Ok(Outcome::FAILURE)
}
