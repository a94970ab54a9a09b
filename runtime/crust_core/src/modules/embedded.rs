//! Modules of a single executable: files of the payload, which are on no disk. Everything here is a check
//! of a path's first letters in a program that is not compiled.

use crust_payload::{Payload, ROOT, is_embedded};
use crust_resolve::{PackageType, ReferrerKind, ResolveError, Resolved, ResolvedKind, Resolver};
use std::io;
use std::path::{Path, PathBuf};

/// Where a specifier leads from a directory, which may be the payload's.
pub(super) fn resolve(
    resolver: &Resolver,
    specifier: &str,
    directory: &Path,
    kind: ReferrerKind,
) -> Result<Resolved, Box<ResolveError>> {
    let from_payload = directory
        .to_str()
        .is_some_and(|path| is_embedded(&format!("{path}/")));
    if !from_payload && !is_embedded(specifier) {
        return resolver.resolve(specifier, directory, kind);
    }
    if let Some(found) = find(specifier, directory) {
        return Ok(found);
    }
    // What was left out of a bundle is looked for where the program is used.
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    resolver.resolve(specifier, &here, kind)
}

/// The package type of a file of the payload: a bundle is a module unless its name says otherwise.
pub(super) fn package_type(path: &str) -> Option<PackageType> {
    let is_module = is_embedded(path) && !has_extension(path, "cjs");
    is_module.then_some(PackageType::Module)
}

/// The bytes of a file of the payload.
pub(super) fn read(path: &Path) -> Option<io::Result<Vec<u8>>> {
    let path = path.to_str().filter(|path| is_embedded(path))?;
    let payload = Payload::of_this_program().ok().flatten()?;
    Some(match payload.find(path) {
        Some(file) => payload.read(file),
        None => Err(io::Error::from_raw_os_error(libc::ENOENT)),
    })
}

fn find(specifier: &str, directory: &Path) -> Option<Resolved> {
    let payload = Payload::of_this_program().ok().flatten()?;
    let specifier = specifier.strip_prefix("file://").unwrap_or(specifier);
    let is_path = ["/", "./", "../"]
        .iter()
        .any(|start| specifier.starts_with(start));
    if !is_path {
        return None;
    }
    let end = specifier.find(['?', '#']).unwrap_or(specifier.len());
    let (path, query) = specifier.split_at(end);
    let path = normalized(&directory.join(path));
    payload.find(&path)?;
    Some(Resolved {
        package_type: package_type(&path),
        path: PathBuf::from(path),
        query: Some(query.to_owned()).filter(|query| !query.is_empty()),
        kind: ResolvedKind::File,
    })
}

/// The path without `.` and `..`.
fn normalized(path: &Path) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.to_str().unwrap_or(ROOT).split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized() {
        assert_eq!(
            normalized(Path::new("/$bunfs/root/a/../b/./c.js")),
            "/$bunfs/root/b/c.js"
        );
        assert_eq!(normalized(Path::new("/../..")), "/");
    }

    #[test]
    fn only_paths_of_a_payload_are_its_modules() {
        assert!(package_type("/app/main.js").is_none());
        assert_eq!(
            package_type("/$bunfs/root/main.js"),
            Some(PackageType::Module)
        );
        assert_eq!(package_type("/$bunfs/root/main.cjs"), None);
        assert!(read(Path::new("/app/main.js")).is_none());
    }
}
