//! The patch that leads from one folder to another, as git writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::error::InstallError;

/// What stands for a file that is not there.
const NO_BLOB: &str = "0000000000000000000000000000000000000000";

/// A file's content and whether it is a program.
struct Content {
    bytes: Vec<u8>,
    executable: bool,
}

/// The changes that make `changed` of `original`; empty where there are none. Folders of installed
/// packages are left out.
pub(crate) fn difference(original: &Path, changed: &Path) -> Result<String, InstallError> {
    let (before, after) = (files(original)?, files(changed)?);
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut text = String::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        let same = old
            .zip(new)
            .is_some_and(|(old, new)| old.bytes == new.bytes);
        if !same {
            file(&mut text, name, old, new)?;
        }
    }
    Ok(text)
}

fn files(folder: &Path) -> Result<BTreeMap<String, Content>, InstallError> {
    let mut found = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(inside) = open.pop() {
        let place = folder.join(&inside);
        let entries = std::fs::read_dir(&place).map_err(InstallError::io("read", &place))?;
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = if inside.is_empty() {
                name.clone()
            } else {
                format!("{inside}/{name}")
            };
            let whole = entry.path();
            let kind = entry
                .file_type()
                .map_err(InstallError::io("read", &whole))?;
            if kind.is_dir() && name != "node_modules" && name != ".git" {
                open.push(path);
            } else if kind.is_file() {
                let bytes = std::fs::read(&whole).map_err(InstallError::io("read", &whole))?;
                let mode = entry
                    .metadata()
                    .map_or(0, |found| found.permissions().mode());
                let executable = mode & 0o111 != 0;
                found.insert(path, Content { bytes, executable });
            }
        }
    }
    Ok(found)
}

/// Writing to a string cannot fail, so the results of `writeln!` are dropped.
fn file(
    out: &mut String,
    name: &str,
    old: Option<&Content>,
    new: Option<&Content>,
) -> Result<(), InstallError> {
    let text = |content: Option<&Content>| -> Result<String, InstallError> {
        let bytes = content
            .map(|content| content.bytes.clone())
            .unwrap_or_default();
        String::from_utf8(bytes).map_err(|_| InstallError::Patch {
            path: name.to_owned(),
            reason: "it is a binary file, which a patch cannot change".to_owned(),
        })
    };
    let blob = |content: Option<&Content>| {
        content.map_or_else(|| NO_BLOB.to_owned(), |content| blob(&content.bytes))
    };
    let mode = |content: &Content| {
        if content.executable {
            "100755"
        } else {
            "100644"
        }
    };
    let (before, after) = (text(old)?, text(new)?);
    let _ = writeln!(out, "diff --git a/{name} b/{name}");
    match (old, new) {
        (None, Some(new)) => {
            let _ = writeln!(out, "new file mode {}", mode(new));
        }
        (Some(old), None) => {
            let _ = writeln!(out, "deleted file mode {}", mode(old));
        }
        _ => {}
    }
    let _ = write!(out, "index {}..{}", blob(old), blob(new));
    match (old, new) {
        (Some(old), Some(_)) => {
            let _ = writeln!(out, " {}", mode(old));
        }
        _ => out.push('\n'),
    }
    if before == after {
        return Ok(());
    }
    let side = |letter: char, content: Option<&Content>| {
        content.map_or_else(|| "/dev/null".to_owned(), |_| format!("{letter}/{name}"))
    };
    let _ = writeln!(out, "--- {}\n+++ {}", side('a', old), side('b', new));
    let patch = diffy::create_patch(&before, &after).to_string();
    // The library's own heads come first.
    let hunks = patch.find("@@ ").map_or("", |at| &patch[at..]);
    out.push_str(hunks);
    Ok(())
}

fn blob(bytes: &[u8]) -> String {
    let mut whole = format!("blob {}\0", bytes.len()).into_bytes();
    whole.extend_from_slice(bytes);
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, &whole);
    hex_simd::encode_to_string(digest.as_ref(), hex_simd::AsciiCase::Lower)
}
