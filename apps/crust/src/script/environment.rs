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

/// Names and values of variables.
pub(crate) type Pairs = Vec<(OsString, OsString)>;

/// Variables to set on a child.
#[derive(Debug)]
pub(crate) struct Variables(Pairs);

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

    /// The variables of lifecycle scripts without `PATH`, and the folders of programs after those of
    /// packages.
    pub(crate) fn of_installation(session: &Session) -> Result<(Pairs, Vec<PathBuf>), CliError> {
        let mut variables = Self(Vec::new());
        let manner = Manner {
            silent: true,
            force_runtime: false,
        };
        let directories = variables.programs(session, manner, std::iter::empty())?;
        variables.set("npm_command", "install");
        Ok((variables.0, directories))
    }

    fn common(session: &Session, directory: &Path, manner: Manner) -> Result<Self, CliError> {
        let mut variables = Self(Vec::new());
        let own = paths::binary_directories(directory);
        let directories = variables.programs(session, manner, own)?;
        variables.set("PATH", paths::join_search_path(directories));
        Ok(variables)
    }

    /// Sets who runs the scripts; the folders of `PATH` with `own` in front.
    fn programs(
        &mut self,
        session: &Session,
        manner: Manner,
        own: impl Iterator<Item = PathBuf>,
    ) -> Result<Vec<PathBuf>, CliError> {
        let system = paths::system_directories();
        let node = paths::find_executable("node".as_ref(), system.iter().cloned());
        let bun = paths::find_executable("bun".as_ref(), system.iter().cloned());
        let mut directories: Vec<PathBuf> = own.chain(system).collect();
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
        self.set("NODE", &node);
        self.set("npm_node_execpath", &node);
        self.set("npm_execpath", &session.exec_path);
        self.set("npm_config_user_agent", user_agent());
        if std::env::var_os("INIT_CWD").is_none() {
            self.set("INIT_CWD", working_directory()?);
        }
        Ok(directories)
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
