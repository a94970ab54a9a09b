//! `link` and `unlink`: this package's folder, known to this user by its name.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crust_manifest::{PackageJson, find_package_json};

use crate::error::InstallError;
use crate::sources::GlobalLinks;

/// A package that other projects can link to.
#[derive(Debug)]
pub struct LinkedPackage {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

fn own(folder: &Path) -> Result<LinkedPackage, InstallError> {
    let path =
        find_package_json(folder).ok_or_else(|| InstallError::NoManifest(folder.to_owned()))?;
    let package = PackageJson::read(&path).map_err(InstallError::Manifest)?;
    let name = package.name.filter(|name| crate::lockfile::is_name(name));
    let name = name.ok_or_else(|| InstallError::ManifestField {
        path: path.clone(),
        reason: "\"name\" is missing or is no name of a package".to_owned(),
    })?;
    Ok(LinkedPackage {
        name,
        folder: path.parent().unwrap_or(folder).to_owned(),
    })
}

/// Makes the package that `folder` is in known.
pub fn register_link(folder: &Path) -> Result<LinkedPackage, InstallError> {
    let linked = own(folder)?;
    let link = GlobalLinks::of_this_user().path(&linked.name);
    let above = link.parent().unwrap_or(&link);
    std::fs::create_dir_all(above).map_err(InstallError::io("create", above))?;
    if link.is_symlink() {
        std::fs::remove_file(&link).map_err(InstallError::io("replace", &link))?;
    }
    symlink(&linked.folder, &link).map_err(InstallError::io("link", &link))?;
    Ok(linked)
}

/// Forgets the package that `folder` is in; whether it was known.
pub fn unregister_link(folder: &Path) -> Result<(LinkedPackage, bool), InstallError> {
    let linked = own(folder)?;
    let link = GlobalLinks::of_this_user().path(&linked.name);
    if !link.is_symlink() {
        return Ok((linked, false));
    }
    std::fs::remove_file(&link).map_err(InstallError::io("remove", &link))?;
    Ok((linked, true))
}
