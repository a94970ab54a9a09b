//! Every layer folder, and every feature, has a README: what belongs there and what never does.

use std::collections::BTreeSet;

use super::Problem;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let paths: BTreeSet<&str> = tree.files.iter().map(|file| file.path.as_str()).collect();
    let mut wanted = BTreeSet::new();
    for path in paths.iter().filter(|path| path.ends_with("/Cargo.toml")) {
        let parts: Vec<&str> = path.split('/').collect();
        if parts.len() <= 3 && !path.starts_with("spec/") {
            wanted.insert(parts[0].to_owned());
        }
        if let ["features", name, _] = parts[..] {
            wanted.insert(format!("features/{name}"));
        }
    }
    let missing = wanted
        .iter()
        .filter(|folder| !paths.contains(format!("{folder}/README.md").as_str()));
    missing
        .map(|folder| {
            Problem::of(
                folder,
                "has no README.md (what belongs here, what never does)",
            )
        })
        .collect()
}
