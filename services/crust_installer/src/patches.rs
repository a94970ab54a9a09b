//! `patchedDependencies`: changes of the files of packages. Reads patches, applies them, and makes them.

mod make;

pub(crate) use make::difference;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crust_manifest::{PackageJson, Value};
use diffy::patch_set::{FileMode, FileOperation, ParseOptions, PatchKind, PatchSet};

use crate::error::InstallError;

/// The largest patch that is read.
const PATCH_LIMIT: u64 = 64 << 20;

/// A patch of a package.
#[derive(Debug)]
pub(crate) struct Patch {
    /// Its path from the root.
    path: Arc<str>,
    text: String,
    /// Different for different texts.
    pub(crate) digest: String,
}

/// The patches of a project, by `name@version`.
#[derive(Debug, Default)]
pub(crate) struct Patches(BTreeMap<String, Arc<Patch>>);

impl Patches {
    /// The patches that the root's manifest names.
    pub(crate) fn of(root: &Path, package: &PackageJson) -> Result<Self, InstallError> {
        let list = package
            .object
            .get("patchedDependencies")
            .and_then(Value::as_object);
        let mut found = BTreeMap::new();
        for (id, path) in list.into_iter().flatten() {
            let field = |reason: &str| InstallError::ManifestField {
                path: package.path.clone(),
                reason: format!("\"patchedDependencies\": \"{id}\": {reason}"),
            };
            let path = path
                .as_str()
                .ok_or_else(|| field("the path of a patch is needed"))?;
            let place = root.join(path);
            let size = std::fs::metadata(&place)
                .map_err(InstallError::io("read", &place))?
                .len();
            if size > PATCH_LIMIT {
                return Err(field("the patch is too large"));
            }
            let text = std::fs::read_to_string(&place).map_err(InstallError::io("read", &place))?;
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            let patch = Patch {
                path: path.into(),
                digest: hex_simd::encode_to_string(digest.as_ref(), hex_simd::AsciiCase::Lower),
                text,
            };
            found.insert(id.clone(), Arc::new(patch));
        }
        Ok(Self(found))
    }

    /// The patch of a version.
    pub(crate) fn get(&self, name: &str, version: &str) -> Option<&Arc<Patch>> {
        if self.0.is_empty() {
            return None;
        }
        self.0
            .get(&format!("{name}@{version}"))
            .or_else(|| self.0.get(name))
    }

    /// As the lockfile lists them.
    pub(crate) fn entries(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let list = self.0.iter();
        list.map(|(id, patch)| (id.as_str().into(), Arc::clone(&patch.path)))
            .collect()
    }
}

impl Patch {
    /// Changes the files of the package in `folder`.
    pub(crate) fn apply(&self, folder: &Path) -> Result<(), InstallError> {
        let fail = |reason: String| InstallError::Patch {
            path: self.path.to_string(),
            reason,
        };
        for file in PatchSet::parse(&self.text, ParseOptions::gitdiff()) {
            let file = file.map_err(|error| fail(error.to_string()))?;
            let operation = file.operation().strip_prefix(1);
            let PatchKind::Text(patch) = file.patch() else {
                return Err(fail("it changes a binary file".to_owned()));
            };
            let changed = |path: &str| -> Result<String, InstallError> {
                let place = inside(folder, path).map_err(&fail)?;
                let before = std::fs::read_to_string(&place)
                    .map_err(|error| fail(format!("{path}: {}", crate::error::plain(&error))))?;
                diffy::apply(&before, patch).map_err(|_| fail(format!("it does not fit {path}")))
            };
            let write = |path: &str, text: &str| -> Result<(), InstallError> {
                let place = inside(folder, path).map_err(&fail)?;
                let mode = std::fs::metadata(&place)
                    .ok()
                    .map(|found| found.permissions().mode());
                if let Some(above) = place.parent() {
                    std::fs::create_dir_all(above).map_err(InstallError::io("create", above))?;
                }
                let executable = matches!(file.new_mode(), Some(FileMode::Executable));
                std::fs::write(&place, text).map_err(InstallError::io("write", &place))?;
                let mode = mode.unwrap_or(0o644) | if executable { 0o111 } else { 0 };
                std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode))
                    .map_err(InstallError::io("write", &place))
            };
            let remove = |path: &str| -> Result<(), InstallError> {
                let place = inside(folder, path).map_err(&fail)?;
                std::fs::remove_file(&place).map_err(InstallError::io("remove", &place))
            };
            match &operation {
                FileOperation::Delete(path) => remove(path)?,
                FileOperation::Create(path) => {
                    let text = diffy::apply("", patch)
                        .map_err(|_| fail(format!("it does not make {path}")))?;
                    write(path, &text)?;
                }
                FileOperation::Modify { original, modified } => {
                    let text = changed(original)?;
                    write(modified, &text)?;
                }
                FileOperation::Rename { from, to } => {
                    let text = changed(from)?;
                    write(to, &text)?;
                    remove(from)?;
                }
                FileOperation::Copy { from, to } => {
                    let text = changed(from)?;
                    write(to, &text)?;
                }
            }
        }
        Ok(())
    }
}

/// A path of the package, or why it is none.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let plain = Path::new(path);
    let stays = plain
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if stays && !path.is_empty() {
        Ok(folder.join(plain))
    } else {
        Err(format!("its path \"{path}\" leads out of the package"))
    }
}
