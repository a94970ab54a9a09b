//! The projects, and the registry that has what they depend on.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::shell;

/// A project to be installed.
pub(super) struct Project {
    pub(super) title: &'static str,
    /// Packages of the registry; nearly all are needed.
    pub(super) packages: u64,
    /// Packages of the workspace; none for a project that is one package.
    workspaces: usize,
    pub(super) rounds: usize,
}

pub(super) const PROJECTS: [Project; 4] = [
    Project {
        title: "10 packages",
        packages: 10,
        workspaces: 0,
        rounds: 9,
    },
    Project {
        title: "400 packages",
        packages: 400,
        workspaces: 0,
        rounds: 5,
    },
    Project {
        title: "2,400 packages",
        packages: 2400,
        workspaces: 0,
        rounds: 3,
    },
    Project {
        title: "a workspace of 20",
        packages: 600,
        workspaces: 20,
        rounds: 3,
    },
];

impl Project {
    /// Writes the manifests below `folder`.
    pub(super) fn write(&self, folder: &Path, direct: &Map<String, Value>) -> Result<()> {
        let _ = std::fs::remove_dir_all(folder);
        let project = folder.join("project");
        std::fs::create_dir_all(&project)?;
        std::fs::create_dir_all(folder.join("home"))?;
        if self.workspaces == 0 {
            let manifest =
                serde_json::json!({ "name": "bench", "private": true, "dependencies": direct });
            std::fs::write(project.join("package.json"), manifest.to_string())?;
            return Ok(());
        }
        let root =
            serde_json::json!({ "name": "bench", "private": true, "workspaces": ["packages/*"] });
        std::fs::write(project.join("package.json"), root.to_string())?;
        std::fs::write(
            project.join("pnpm-workspace.yaml"),
            "packages:\n  - packages/*\n",
        )?;
        for at in 0..self.workspaces {
            let own: Map<String, Value> = direct
                .iter()
                .enumerate()
                .filter(|(index, _)| index % 4 == at % 4)
                .map(|(_, (name, range))| (name.clone(), range.clone()))
                .collect();
            let folder = project.join(format!("packages/p{at}"));
            std::fs::create_dir_all(&folder)?;
            let manifest = serde_json::json!({ "name": format!("p{at}"), "version": "1.0.0", "dependencies": own });
            std::fs::write(folder.join("package.json"), manifest.to_string())?;
        }
        Ok(())
    }

    /// Where `node_modules` may be.
    pub(super) fn module_folders(&self) -> Vec<String> {
        let own = (0..self.workspaces).map(|at| format!("packages/p{at}/node_modules"));
        std::iter::once("node_modules".to_owned())
            .chain(own)
            .collect()
    }
}

/// A registry in a process of its own, which ends with this value.
pub(super) struct Registry {
    process: Child,
    pub(super) url: String,
    /// What a project depends on that needs its packages.
    pub(super) direct: Map<String, Value>,
}

impl Registry {
    pub(super) fn start(root: &Path, packages: u64) -> Result<Self> {
        shell::run(
            root,
            "cargo",
            &["build", "--release", "--locked", "-p", "crust_registry"],
        )?;
        let mut process = Command::new(root.join("target/release/crust_registry"))
            .args(["synthetic", &packages.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("crust_registry")?;
        let output = process.stdout.take().context("the registry's output")?;
        let mut lines = BufReader::new(output).lines();
        let mut line = || {
            lines
                .next()
                .context("the registry said nothing")?
                .context("crust_registry")
        };
        let (url, direct) = (line()?, line()?);
        let Value::Object(direct) = serde_json::from_str(&direct)? else {
            bail!("the registry's second line is no object");
        };
        Ok(Self {
            process,
            url,
            direct,
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
