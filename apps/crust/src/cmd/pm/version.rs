//! `crust pm version`: the next version into package.json, a commit and a tag.

use std::path::Path;
use std::process::Command;

use crust_installer::{Bump, ManifestFile, next_version, run_package_scripts};

use crate::cmd::install::{Line, sink};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;

pub(super) fn command(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    let mut file = ManifestFile::nearest(&script::working_directory()?)?;
    let current = file.text_of("version").unwrap_or_default();
    let [word] = words else {
        return explain(line, &current);
    };
    let folder = file.folder().to_owned();
    let identifier = line.value("preid").unwrap_or_default();
    let version = match (Bump::parse(word), word.as_str()) {
        (Some(bump), _) => {
            let from = if current.is_empty() {
                "0.0.0"
            } else {
                &current
            };
            next_version(from, bump, identifier)?
        }
        (None, "from-git") => from_git(&folder)?,
        (None, text) => {
            let plain = text.trim_start_matches('v');
            if crust_installer::Version::parse(plain).is_none() {
                return Err(wrong(format!(
                    "\"{text}\" is neither a version nor a part of one"
                )));
            }
            plain.to_owned()
        }
    };
    if version == current && !line.has("allow-same-version") {
        return Err(wrong(format!("the version is {version} already")));
    }
    if line.has("dry-run") {
        message::print(&format!("v{version}\n"));
        return Ok(Outcome::SUCCESS);
    }
    let uses_git = !line.has("no-git-tag-version") && folder.join(".git").exists();
    if uses_git && !line.has("force") {
        let changes = git(&folder, &["status", "--porcelain", "--untracked-files=no"])?;
        if !changes.is_empty() {
            return Err(wrong(
                "git has changes that are not committed; --force goes on".to_owned(),
            ));
        }
    }
    let host = script::host_of_installation(line.session)?;
    let scripts = !line.has("ignore-scripts");
    let run = |name: &'static str| -> Result<(), CliError> {
        if scripts {
            run_package_scripts(&folder, &[name], &host, &sink(line))?;
        }
        Ok(())
    };
    run("preversion")?;
    file.set_text("version", &version)?;
    file.save()?;
    run("version")?;
    if uses_git {
        let message = line
            .value("message")
            .unwrap_or("v%s")
            .replace("%s", &version);
        git(
            &folder,
            &["commit", "--quiet", "-m", &message, "--", "package.json"],
        )?;
        git(
            &folder,
            &["tag", "-a", &format!("v{version}"), "-m", &message],
        )?;
    }
    run("postversion")?;
    message::print(&format!("v{version}\n"));
    Ok(Outcome::SUCCESS)
}

fn wrong(reason: String) -> CliError {
    CliError::OptionValue {
        option: "pm version",
        reason,
    }
}

fn explain(line: &Line<'_>, current: &str) -> Result<Outcome, CliError> {
    line.print_title();
    let from = if current.is_empty() { "0.0.0" } else { current };
    let mut text = format!("Current package version: v{from}\n\nIncrement:\n");
    for word in ["patch", "minor", "major", "prerelease"] {
        if let Some(bump) = Bump::parse(word) {
            let next = next_version(from, bump, "")?;
            let line = format!("  {word:<10} {from} → {next}\n");
            text.push_str(&line);
        }
    }
    text.push_str("  from-git   The version of the latest tag\n  1.2.3      This version\n");
    message::print(&text);
    Ok(Outcome::SUCCESS)
}

fn from_git(folder: &Path) -> Result<String, CliError> {
    let tag = git(folder, &["describe", "--tags", "--abbrev=0"])?;
    Ok(tag.trim().trim_start_matches('v').to_owned())
}

/// What git prints.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, CliError> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|source| CliError::Spawn {
            program: "git".to_owned(),
            source,
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(wrong(format!(
            "git {}: {said}",
            arguments.first().unwrap_or(&"")
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
