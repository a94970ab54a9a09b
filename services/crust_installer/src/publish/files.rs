//! The files of a package, by npm's rules: `files` of the manifest, else everything but what ignore
//! files name; some always, some never. Never follows a symbolic link.

use std::path::Path;

use crust_manifest::{PackageJson, Value};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::InstallError;
use crate::manifest::bundled;

/// More files than this are a mistake: a folder of outputs or a whole disk.
const MOST_FILES: usize = 100_000;

/// Never packed, wherever they stand.
static NEVER: [&str; 16] = [
    ".git",
    ".svn",
    ".hg",
    "CVS",
    "node_modules",
    ".DS_Store",
    ".npmrc",
    "._*",
    ".*.swp",
    "*.orig",
    ".lock-wscript",
    ".wafpickle-*",
    "npm-debug.log",
    "config.gypi",
    ".npmignore",
    ".gitignore",
];
/// Never packed from the package's own folder.
static NEVER_AT_ROOT: [&str; 6] = [
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "crust.lockb",
];
/// Always packed, whatever their case and ending.
static ALWAYS: [&str; 4] = ["readme", "license", "licence", "copying"];

/// Rules and what they say of a path.
struct Selection {
    /// From `files`; without it everything is wanted.
    wanted: Option<Gitignore>,
    /// Files that the manifest names as entry points and commands.
    named: Vec<String>,
}

/// The paths of the files from the package's folder, sorted.
pub(super) fn of(folder: &Path, package: &PackageJson) -> Result<Vec<String>, InstallError> {
    let selection = Selection::of(folder, package)?;
    let mut found = Vec::new();
    let mut ignores: Vec<Gitignore> = Vec::new();
    walk(folder, "", &selection, &mut ignores, &mut found)?;
    for name in bundled(package) {
        let path = format!("node_modules/{name}");
        if folder.join(&path).is_dir() {
            whole(folder, &path, &mut found)?;
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

impl Selection {
    fn of(folder: &Path, package: &PackageJson) -> Result<Self, InstallError> {
        let list = package.object.get("files").and_then(Value::as_array);
        let wanted = match list {
            None => None,
            Some(list) => {
                let mut builder = GitignoreBuilder::new(folder);
                for pattern in list.iter().filter_map(Value::as_str) {
                    let (sign, pattern) = match pattern.strip_prefix('!') {
                        Some(rest) => ("!", rest),
                        None => ("", pattern),
                    };
                    let plain = pattern.trim_start_matches("./").trim_start_matches('/');
                    let plain = plain.trim_end_matches('/');
                    // `.` is everything.
                    let line = if plain.is_empty() || plain == "." {
                        format!("{sign}*")
                    } else {
                        format!("{sign}/{plain}")
                    };
                    let added = builder.add_line(None, &line);
                    added.map_err(|error| field(package, &error.to_string()))?;
                }
                let built = builder.build();
                Some(built.map_err(|error| field(package, &error.to_string()))?)
            }
        };
        let mut named: Vec<String> = package.bin.iter().map(|(_, file)| clean(file)).collect();
        named.extend(package.main.iter().map(|file| clean(file)));
        Ok(Self { wanted, named })
    }

    fn always(&self, path: &str) -> bool {
        let stem = path.split('.').next().unwrap_or(path).to_ascii_lowercase();
        let at_root = !path.contains('/');
        path == "package.json"
            || (at_root && ALWAYS.contains(&stem.as_str()))
            || self.named.iter().any(|name| name == path)
    }

    fn wants(&self, path: &str) -> bool {
        match &self.wanted {
            None => true,
            Some(wanted) => wanted.matched_path_or_any_parents(path, false).is_ignore(),
        }
    }
}

fn field(package: &PackageJson, reason: &str) -> InstallError {
    InstallError::ManifestField {
        path: package.path.clone(),
        reason: format!("\"files\": {reason}"),
    }
}

fn clean(path: &str) -> String {
    path.trim_start_matches("./")
        .trim_start_matches('/')
        .to_owned()
}

fn walk(
    root: &Path,
    folder: &str,
    selection: &Selection,
    ignores: &mut Vec<Gitignore>,
    found: &mut Vec<String>,
) -> Result<(), InstallError> {
    let place = root.join(folder);
    let own = ignore_file(&place, folder.is_empty() && selection.wanted.is_some());
    let pushed = own.is_some();
    ignores.extend(own);
    let mut entries: Vec<(String, std::fs::FileType)> = Vec::new();
    let listed = std::fs::read_dir(&place).map_err(InstallError::io("read", &place))?;
    for entry in listed.filter_map(Result::ok) {
        if let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) {
            entries.push((name, kind));
        }
    }
    entries.sort_by(|left, right| left.0.cmp(&right.0));
    for (name, kind) in entries {
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        let never = NEVER
            .iter()
            .any(|pattern| fast_glob::glob_match(pattern, &name))
            || (folder.is_empty() && NEVER_AT_ROOT.contains(&name.as_str()));
        if never {
            continue;
        }
        let ignored = ignores.iter().rev().find_map(|rules| {
            let matched = rules.matched_path_or_any_parents(root.join(&path), kind.is_dir());
            (!matched.is_none()).then(|| matched.is_ignore())
        });
        let ignored = ignored.unwrap_or(false);
        if kind.is_dir() {
            // Something in it may be packed all the same.
            let holds_named = selection
                .named
                .iter()
                .any(|file| file.starts_with(&format!("{path}/")));
            if !ignored || holds_named {
                walk(root, &path, selection, ignores, found)?;
            }
        } else if kind.is_file()
            && (selection.always(&path) || (!ignored && selection.wants(&path)))
        {
            if found.len() >= MOST_FILES {
                return Err(too_many(root));
            }
            found.push(path);
        }
    }
    if pushed {
        ignores.pop();
    }
    Ok(())
}

fn too_many(root: &Path) -> InstallError {
    InstallError::Config(format!(
        "{} has more than {MOST_FILES} files to pack: \"files\" of package.json says which are meant",
        root.display()
    ))
}

/// The rules of a folder: npm's ignore file, or git's. The root's do not count beside `files`.
fn ignore_file(folder: &Path, skip: bool) -> Option<Gitignore> {
    if skip {
        return None;
    }
    let file = [".npmignore", ".gitignore"]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())?;
    let mut builder = GitignoreBuilder::new(folder);
    // Lines that are no patterns are left out, as in git.
    let _ = builder.add(file);
    builder.build().ok()
}

/// Every file below a folder.
fn whole(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<(), InstallError> {
    let place = root.join(folder);
    let listed = std::fs::read_dir(&place).map_err(InstallError::io("read", &place))?;
    for entry in listed.filter_map(Result::ok) {
        let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else {
            continue;
        };
        let path = format!("{folder}/{name}");
        if kind.is_dir() && name != ".bin" {
            whole(root, &path, found)?;
        } else if kind.is_file() {
            if found.len() >= MOST_FILES {
                return Err(too_many(root));
            }
            found.push(path);
        }
    }
    Ok(())
}
