//! Packages of a user rather than of a project: a project of their own, whose commands are linked into a
//! folder of programs. Never replaces a program that it did not link.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crust_manifest::PackageJson;

use crate::error::InstallError;
use crate::files;
use crate::sources::GlobalLinks;

/// Where a user's packages and their commands are.
#[derive(Debug)]
pub struct GlobalFolder {
    folder: PathBuf,
    bin: PathBuf,
}

impl GlobalFolder {
    /// This user's: Bun's folders where `BUN_INSTALL` and its like name them.
    pub fn of_this_user() -> Self {
        let variable = |name: &str| crate::config::variable(name).map(PathBuf::from);
        let bin = variable("BUN_INSTALL_BIN")
            .or_else(|| variable("BUN_INSTALL").map(|folder| folder.join("bin")))
            .or_else(|| variable("XDG_BIN_HOME"))
            .or_else(|| crate::config::home().map(|home| home.join(".local/bin")));
        let folder = GlobalLinks::of_this_user().folder();
        Self {
            bin: bin.unwrap_or_else(|| folder.join("bin")),
            folder,
        }
    }

    /// The folder of the project.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The folder of programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Makes the project, if it is not there.
    pub fn prepare(&self) -> Result<(), InstallError> {
        let folder = &self.folder;
        std::fs::create_dir_all(folder).map_err(InstallError::io("create", folder))?;
        let manifest = folder.join("package.json");
        if manifest.is_file() {
            return Ok(());
        }
        files::write_atomically(&manifest, b"{\n  \"private\": true\n}\n", true)
            .map_err(InstallError::io("write", &manifest))
    }

    /// Links the commands of the packages, and takes links of ours away that lead nowhere. The names of
    /// commands that other programs have.
    pub fn link_commands(&self) -> Result<Vec<String>, InstallError> {
        let manifest = self.folder.join("package.json");
        let package = PackageJson::read(&manifest).map_err(InstallError::Manifest)?;
        std::fs::create_dir_all(&self.bin).map_err(InstallError::io("create", &self.bin))?;
        self.remove_dangling();
        let mut taken = Vec::new();
        for (name, _) in &package.dependencies {
            let own = self
                .folder
                .join("node_modules")
                .join(name)
                .join("package.json");
            let Ok(own) = PackageJson::read(&own) else {
                continue;
            };
            for (command, _) in own.bin {
                let command = command.rsplit('/').next().unwrap_or(&command).to_owned();
                let target = self.folder.join("node_modules/.bin").join(&command);
                if !target.exists() {
                    continue;
                }
                let link = self.bin.join(&command);
                if link.symlink_metadata().is_ok() && !self.is_ours(&link) {
                    taken.push(command);
                    continue;
                }
                if std::fs::read_link(&link).is_ok_and(|to| to == target) {
                    continue;
                }
                let _ = std::fs::remove_file(&link);
                symlink(&target, &link).map_err(InstallError::io("link", &link))?;
            }
        }
        Ok(taken)
    }

    fn is_ours(&self, link: &Path) -> bool {
        std::fs::read_link(link).is_ok_and(|to| to.starts_with(&self.folder))
    }

    fn remove_dangling(&self) {
        for entry in std::fs::read_dir(&self.bin)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let path = entry.path();
            if self.is_ours(&path) && !path.exists() {
                // What stays leads nowhere.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
