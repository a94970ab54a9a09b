//! Names on disk: a crate's folder is called like the crate, and a module is `foo.rs` + `foo/`.

use serde::Deserialize;

use super::Problem;
use crate::tree::{File, Tree};

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let files = tree.files.iter().filter(|file| !file.is_fixture());
    files.filter_map(check_file).collect()
}

fn check_file(file: &File) -> Option<Problem> {
    let mut parts = file.path.rsplit('/');
    match parts.next()? {
        "mod.rs" => Some(Problem::of(
            &file.path,
            "name the file after its module: foo.rs + foo/",
        )),
        "Cargo.toml" => check_manifest(file, parts.next()?),
        _ => None,
    }
}

/// A manifest that does not parse is cargo's to report.
fn check_manifest(file: &File, folder: &str) -> Option<Problem> {
    let manifest: Manifest = toml::from_str(file.text.as_deref()?).ok()?;
    let name = manifest.package?.name;
    (name != folder).then(|| {
        Problem::of(
            &file.path,
            format!("crate \"{name}\" stands in folder \"{folder}\""),
        )
    })
}
