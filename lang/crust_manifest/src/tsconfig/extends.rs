//! Which file `extends` names: a path, or a file of a package, by TypeScript's rules.

use std::path::{Component, Path, PathBuf};

use crate::json::{self, Dialect};
use crate::source::read_config;
use crate::value::{Object, Value};

/// The file that `specifier` names for a tsconfig in `dir`.
pub(super) fn find(specifier: &str, dir: &Path) -> Option<PathBuf> {
    let by_path = specifier.starts_with("./")
        || specifier.starts_with("../")
        || matches!(specifier, "." | "..")
        || Path::new(specifier).is_absolute();
    if specifier.is_empty() || specifier.len() > 4096 {
        return None;
    }
    if by_path {
        return file(&dir.join(specifier));
    }
    let (package, subpath) = split_package(specifier);
    dir.ancestors().find_map(|ancestor| {
        let home = ancestor.join("node_modules").join(package);
        home.is_dir().then(|| in_package(&home, subpath)).flatten()
    })
}

/// The file, with `.json` added, or the `tsconfig.json` of the directory.
fn file(path: &Path) -> Option<PathBuf> {
    let mut with_extension = path.as_os_str().to_owned();
    with_extension.push(".json");
    let candidates = [
        path.to_owned(),
        PathBuf::from(with_extension),
        path.join("tsconfig.json"),
    ];
    candidates
        .into_iter()
        .find(|path| path.is_file())
        .map(|path| normalize(&path))
}

fn split_package(specifier: &str) -> (&str, &str) {
    let mut slashes = specifier.match_indices('/').map(|(at, _)| at);
    let end = if specifier.starts_with('@') {
        slashes.nth(1)
    } else {
        slashes.next()
    };
    match end {
        Some(end) => (&specifier[..end], &specifier[end + 1..]),
        None => (specifier, ""),
    }
}

fn in_package(home: &Path, subpath: &str) -> Option<PathBuf> {
    let manifest = read_config(&home.join("package.json")).ok();
    let manifest = manifest.and_then(|text| json::parse(&text, Dialect::Jsonc).ok());
    let object = manifest.as_ref().and_then(Value::as_object);
    let exports = object.and_then(|object| object.get("exports"));
    if let Some(target) = exports.and_then(|exports| exported(exports, subpath)) {
        let path = normalize(&home.join(&target));
        return path.starts_with(home).then(|| file(&path)).flatten();
    }
    if !subpath.is_empty() {
        return file(&home.join(subpath));
    }
    let named = object
        .and_then(|object| object.get("tsconfig"))
        .and_then(Value::as_str);
    named
        .and_then(|named| file(&home.join(named)))
        .or_else(|| file(home))
}

/// The target of a subpath in `exports`.
fn exported(exports: &Value, subpath: &str) -> Option<String> {
    let key = if subpath.is_empty() {
        ".".to_owned()
    } else {
        format!("./{subpath}")
    };
    let by_subpath = exports
        .as_object()
        .filter(|object| object.keys().any(|key| key.starts_with('.')));
    match by_subpath {
        None if key == "." => target(exports).map(str::to_owned),
        None => None,
        Some(object) => match object
            .get(&key)
            .or_else(|| object.get(&format!("{key}.json")))
        {
            Some(value) => target(value).map(str::to_owned),
            None => by_pattern(object, &key),
        },
    }
}

fn by_pattern(object: &Object, key: &str) -> Option<String> {
    object.iter().find_map(|(pattern, value)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = key.strip_prefix(before)?.strip_suffix(after)?;
        Some(target(value)?.replace('*', middle))
    })
}

/// The first string that a condition of Node leads to.
fn target(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => items.iter().find_map(target),
        Value::Object(object) => object
            .iter()
            .filter(|(name, _)| {
                matches!(
                    name.as_str(),
                    "node" | "import" | "require" | "types" | "default"
                )
            })
            .find_map(|(_, value)| target(value)),
        _ => None,
    }
}

/// Removes `.` and `..` without asking the file system.
pub(super) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other.as_os_str()),
        }
    }
    normal
}
