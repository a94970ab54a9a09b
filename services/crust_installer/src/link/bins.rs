//! `node_modules/.bin`: a symbolic link for each command of a package. Never links out of the package.

use std::collections::HashSet;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::error::InstallError;
use crate::graph::Bin;

/// Links the commands of the package in `modules/folder`, which is called `name`.
///
/// `taken` holds the commands of packages that came before: the first one keeps its command.
pub(crate) fn link_bins(
    modules: &Path,
    folder: &str,
    name: &str,
    bin: &Bin,
    taken: &mut HashSet<String>,
) -> Result<(), InstallError> {
    let package = modules.join(folder);
    for (command, file) in commands(&package, name, bin) {
        let Some(file) = normal(&file) else { continue };
        let target = package.join(&file);
        // A command that the tarball lacks is the publisher's mistake, and common.
        let Ok(found) = std::fs::metadata(&target) else {
            continue;
        };
        if !found.is_file() || !taken.insert(command.clone()) {
            continue;
        }
        let mode = found.permissions().mode();
        if mode & 0o111 != 0o111 {
            let executable = std::fs::Permissions::from_mode(mode | 0o111);
            let _ = std::fs::set_permissions(&target, executable);
        }
        let bins = modules.join(".bin");
        let link = bins.join(&command);
        let to = PathBuf::from("..").join(folder).join(&file);
        if std::fs::read_link(&link).is_ok_and(|found| found == to) {
            continue;
        }
        std::fs::create_dir_all(&bins).map_err(InstallError::io("create", &bins))?;
        let _ = std::fs::remove_file(&link);
        symlink(&to, &link).map_err(InstallError::io("link", &link))?;
    }
    Ok(())
}

/// Takes away the links that [`link_bins`] made for a package.
pub(crate) fn unlink_bins(modules: &Path, folder: &str, name: &str, bin: &Bin) {
    let bins = modules.join(".bin");
    for (command, file) in commands(&modules.join(folder), name, bin) {
        let Some(file) = normal(&file) else { continue };
        let link = bins.join(&command);
        let to = PathBuf::from("..").join(folder).join(&file);
        if std::fs::read_link(&link).is_ok_and(|found| found == to) {
            let _ = std::fs::remove_file(&link);
        }
    }
    // Only an empty one goes.
    let _ = std::fs::remove_dir(&bins);
}

/// Commands and files.
fn commands(package: &Path, name: &str, bin: &Bin) -> Vec<(String, String)> {
    let short = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let usable = |command: &str| {
        !command.is_empty() && command != "." && command != ".." && !command.contains(['/', '\0'])
    };
    let found: Vec<(String, String)> = match bin {
        Bin::None => Vec::new(),
        Bin::File(file) => vec![(short(name), file.to_string())],
        Bin::Map(files) => files
            .iter()
            .map(|(command, file)| (short(command), file.to_string()))
            .collect(),
        Bin::Directory(folder) => {
            let entries =
                normal(folder).and_then(|folder| std::fs::read_dir(package.join(folder)).ok());
            entries
                .into_iter()
                .flatten()
                .filter_map(Result::ok)
                .filter_map(|entry| entry.file_name().into_string().ok())
                .map(|file| (file.clone(), format!("{folder}/{file}")))
                .collect()
        }
    };
    found
        .into_iter()
        .filter(|(command, _)| usable(command))
        .collect()
}

/// A path that stays within the package, or nothing.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
