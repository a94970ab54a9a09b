//! Repositories, through the system's git: a mirror in the cache, and commits as tarballs. Never runs
//! a hook, never asks for a password, and never takes a URL or revision for an option.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::InstallError;
use crate::files;
use crate::semver::{Range, Version};

/// A mirror of a repository.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: PathBuf,
    url: String,
}

/// Where repositories of GitHub are.
pub(crate) fn github_url(slug: &str) -> String {
    format!("https://github.com/{slug}.git")
}

impl Repository {
    /// The mirror of `url` below `cache`, brought up to date.
    pub(crate) fn fetched(cache: &Path, url: &str) -> Result<Self, InstallError> {
        let repository = Self::at(cache, url)?;
        if repository.folder.is_dir() {
            repository.git(&["remote", "update", "--prune"])?;
            return Ok(repository);
        }
        repository.clone_into(cache)?;
        Ok(repository)
    }

    /// The mirror that has `commit`; the network is asked only where it is missing.
    pub(crate) fn with_commit(cache: &Path, url: &str, commit: &str) -> Result<Self, InstallError> {
        let repository = Self::at(cache, url)?;
        if repository.folder.is_dir() && repository.commit(commit).is_ok() {
            return Ok(repository);
        }
        Self::fetched(cache, url)
    }

    fn at(cache: &Path, url: &str) -> Result<Self, InstallError> {
        let plain = url.strip_prefix("git+").unwrap_or(url);
        if plain.is_empty() || plain.starts_with('-') {
            return Err(program(format!("\"{url}\" is not the URL of a repository")));
        }
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, plain.as_bytes());
        let short = digest.as_ref().get(..16).unwrap_or_default();
        let name = hex_simd::encode_to_string(short, hex_simd::AsciiCase::Lower);
        Ok(Self {
            folder: cache.join(name),
            url: plain.to_owned(),
        })
    }

    fn clone_into(&self, cache: &Path) -> Result<(), InstallError> {
        std::fs::create_dir_all(cache).map_err(InstallError::io("create", cache))?;
        let temporary = cache.join(format!(".{}", files::unique()));
        let mut command = command();
        command.args(["clone", "--quiet", "--mirror", "--"]);
        command.arg(&self.url).arg(&temporary);
        let cloned =
            output(command).and_then(|_| match std::fs::rename(&temporary, &self.folder) {
                // Another installation was first.
                Err(_) if self.folder.is_dir() => Ok(()),
                other => other.map_err(InstallError::io("write", &self.folder)),
            });
        if temporary.is_dir() {
            let _ = std::fs::remove_dir_all(&temporary);
        }
        cloned
    }

    /// The full name of the commit that a branch, tag, commit or `semver:RANGE` means.
    pub(crate) fn commit(&self, committish: &str) -> Result<String, InstallError> {
        let missing = || program(format!("{} has no \"{committish}\"", self.url));
        if committish.starts_with('-') {
            return Err(missing());
        }
        let name = match committish.strip_prefix("semver:") {
            Some(range) => self.tag_in(range).ok_or_else(missing)?,
            None if committish.is_empty() => "HEAD".to_owned(),
            None => committish.to_owned(),
        };
        let revision = format!("{name}^{{commit}}");
        let found = self.git(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &revision,
        ]);
        let text = String::from_utf8(found.map_err(|_| missing())?).map_err(|_| missing())?;
        // Older versions of git repeat the option's name.
        let commit = text.lines().last().unwrap_or_default().trim();
        let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_commit.then(|| commit.to_owned()).ok_or_else(missing)
    }

    fn tag_in(&self, range: &str) -> Option<String> {
        let range = Range::parse(range)?;
        let tags = String::from_utf8(self.git(&["tag", "--list"]).ok()?).ok()?;
        let versions = tags.lines().filter_map(|tag| {
            let version = Version::parse(tag)?;
            range.satisfies(&version).then_some((version, tag))
        });
        let (_, tag) = versions.max_by(|left, right| left.0.cmp(&right.0))?;
        Some(tag.to_owned())
    }

    /// The files of a commit as a tarball.
    pub(crate) fn archive(&self, commit: &str) -> Result<Vec<u8>, InstallError> {
        let commit = self.commit(commit)?;
        self.git(&["archive", "--format=tar", &commit])
    }

    fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, InstallError> {
        let mut command = command();
        command.arg("--git-dir").arg(&self.folder).args(arguments);
        output(command)
    }
}

fn command() -> Command {
    let mut command = Command::new("git");
    command
        // Other protocols run programs.
        .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .stdin(Stdio::null());
    if std::env::var_os("GIT_SSH_COMMAND").is_none() {
        command.env(
            "GIT_SSH_COMMAND",
            "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new",
        );
    }
    command
}

fn output(mut command: Command) -> Result<Vec<u8>, InstallError> {
    let output = command
        .output()
        .map_err(|error| program(crate::error::plain(&error)))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Err(program(if said.is_empty() {
        "it failed and said nothing".to_owned()
    } else {
        said.chars().take(2000).collect()
    }))
}

fn program(reason: String) -> InstallError {
    InstallError::Program {
        program: "git".to_owned(),
        reason,
    }
}
