//! The environment of scripts and package binaries: `PATH` and the variables npm made customary.
//! It never changes this process's own environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Manner, Project, runtime_links};
use crate::error::CliError;
use crate::paths;
use crate::session::Session;
use crate::versions;

/// Variables to set on a child.
#[derive(Debug)]
pub(crate) struct Variables(Vec<(OsString, OsString)>);

impl Variables {
    /// The variables of a project's scripts.
    pub(crate) fn of_project(
        session: &Session,
        project: &Project,
        manner: Manner,
    ) -> Result<Self, CliError> {
        let mut variables = Self::common(session, &project.directory, manner)?;
        variables.set("npm_command", "run-script");
        variables.set("npm_config_local_prefix", &project.directory);
        variables.set("npm_package_json", &project.package.path);
        if let Some(name) = &project.package.name {
            variables.set("npm_package_name", name);
        }
        if let Some(version) = &project.package.version {
            variables.set("npm_package_version", version);
        }
        for (key, value) in project.config() {
            variables.set(format!("npm_package_config_{key}"), value);
        }
        Ok(variables)
    }

    /// The variables of a command that belongs to no project.
    pub(crate) fn of_working_directory(
        session: &Session,
        manner: Manner,
    ) -> Result<Self, CliError> {
        Self::common(session, &working_directory()?, manner)
    }

    pub(crate) fn apply(&self, command: &mut Command) {
        command.envs(self.0.iter().map(|(name, value)| (name, value)));
    }

    fn common(session: &Session, directory: &Path, manner: Manner) -> Result<Self, CliError> {
        let mut variables = Self(Vec::new());
        let system = paths::system_directories();
        let node = paths::find_executable("node".as_ref(), system.iter().cloned());
        let bun = paths::find_executable("bun".as_ref(), system.iter().cloned());
        let mut directories: Vec<PathBuf> =
            paths::binary_directories(directory).chain(system).collect();
        let needs_links = manner.force_runtime || node.is_none() || bun.is_none();
        // Without a writable temporary directory, scripts see what is installed.
        if let Some(links) = needs_links
            .then(|| runtime_links::directory(&session.exec_path).ok())
            .flatten()
        {
            let place = if manner.force_runtime {
                0
            } else {
                directories.len()
            };
            directories.insert(place, links);
        }
        let node = node
            .filter(|_| !manner.force_runtime)
            .unwrap_or_else(|| session.exec_path.clone());
        variables.set("PATH", paths::join_search_path(directories));
        variables.set("NODE", &node);
        variables.set("npm_node_execpath", &node);
        variables.set("npm_execpath", &session.exec_path);
        variables.set("npm_config_user_agent", user_agent());
        if std::env::var_os("INIT_CWD").is_none() {
            variables.set("INIT_CWD", working_directory()?);
        }
        Ok(variables)
    }

    fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.0.push((name.into(), value.into()));
    }
}

/// Who runs the script, in npm's format. Tools look at the first word to tell the package manager, and
/// know Bun's.
fn user_agent() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = if std::env::consts::OS == "macos" {
        "darwin"
    } else {
        std::env::consts::OS
    };
    format!(
        "bun/{} npm/? node/{} {system} {architecture} crust/{}",
        versions::BUN,
        versions::NODE,
        versions::CRUST
    )
}

pub(crate) fn working_directory() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(|source| CliError::WorkingDirectory { source })
}
