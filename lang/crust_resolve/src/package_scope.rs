//! The `type` of the nearest `package.json`, remembered per directory. It reads no other field.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::resolved::PackageType;

#[derive(Debug, Default)]
pub(crate) struct PackageScopes(RwLock<FxHashMap<PathBuf, Option<PackageType>>>);

impl PackageScopes {
    /// The type that holds for files in `dir`. A `node_modules` directory ends the search.
    pub(crate) fn nearest(&self, dir: &Path) -> Option<PackageType> {
        if let Some(known) = self.read(dir) {
            return known;
        }
        let mut found = None;
        let mut visited = Vec::new();
        for ancestor in dir.ancestors() {
            if let Some(known) = self.read(ancestor) {
                found = known;
                break;
            }
            if ancestor
                .file_name()
                .is_some_and(|name| name == "node_modules")
            {
                break;
            }
            visited.push(ancestor);
            if let Ok(bytes) = std::fs::read(ancestor.join("package.json")) {
                found = type_of(bytes);
                break;
            }
        }
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for ancestor in visited {
            map.insert(ancestor.to_owned(), found);
        }
        found
    }

    #[expect(
        clippy::option_option,
        reason = "not looked up yet, or known to have no type"
    )]
    fn read(&self, dir: &Path) -> Option<Option<PackageType>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(dir)
            .copied()
    }
}

/// `type` of a `package.json`. Most have none, and the bytes tell that faster than a parser.
fn type_of(mut bytes: Vec<u8>) -> Option<PackageType> {
    if !bytes.windows(6).any(|six| six == b"\"type\"") {
        return None;
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes[..3].fill(b' ');
    }
    json_strip_comments::strip_slice(&mut bytes).ok()?;
    let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    match value.get("type")?.as_str()? {
        "module" => Some(PackageType::Module),
        "commonjs" => Some(PackageType::CommonJs),
        _ => None,
    }
}
