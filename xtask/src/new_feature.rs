//! `cargo xtask new-feature NAME`: a feature folder that compiles and whose test passes, and its lines
//! in the workspace and the host. Never overwrites anything.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{shell, tree};

const TEMPLATES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("new_feature/Cargo.toml.txt")),
    ("README.md", include_str!("new_feature/README.md.txt")),
    ("src/lib.rs", include_str!("new_feature/lib.rs.txt")),
    ("js/NAME.ts", include_str!("new_feature/NAME.ts.txt")),
];

/// A case of `spec/` is the feature's first test: what a user sees.
const CASE: &[(&str, &str)] = &[
    ("test.toml", ""),
    ("main.ts", include_str!("new_feature/main.ts.txt")),
    ("expected.txt", "42\n"),
];

/// Creates the feature.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let [name] = args else {
        bail!("new-feature NAME")
    };
    if !is_name(name) {
        bail!(
            "\"{name}\": a name is lower-case letters, digits and underscores, and starts with a letter"
        );
    }
    let root = tree::root();
    let folder = root.join("features").join(format!("crust_{name}"));
    let case = root.join("spec/run").join(name).join("first");
    for taken in [&folder, &case] {
        if taken.exists() {
            bail!("{} exists", taken.display());
        }
    }
    let list = host_list(&root)?;
    write_all(&folder, name, TEMPLATES)?;
    write_all(&case, name, CASE)?;
    add_line(
        &root.join("Cargo.toml"),
        "{ path = \"features/",
        &format!("crust_{name} = {{ path = \"features/crust_{name}\" }}"),
    )?;
    add_line(
        &root.join("host/crust_host/Cargo.toml"),
        "[dependencies]",
        &format!("crust_{name}.workspace = true"),
    )?;
    add_line(&list, "::FEATURE,", &format!("    crust_{name}::FEATURE,"))?;
    shell::run(
        &root,
        "cargo",
        &["check", "--quiet", "--package", "crust_host"],
    )?;
    println!("features/crust_{name} is in; its first case is spec/run/{name}/first");
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The file of the host that lists the features.
fn host_list(root: &Path) -> Result<PathBuf> {
    let folder = root.join("host/crust_host/src");
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if fs::read_to_string(&path).is_ok_and(|text| text.contains("::FEATURE,")) {
            return Ok(path);
        }
    }
    bail!("no file in {} lists the features", folder.display())
}

fn write_all(folder: &Path, name: &str, files: &[(&str, &str)]) -> Result<()> {
    for (path, template) in files {
        let path = folder.join(path.replace("NAME", name));
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, template.replace("NAME", name))?;
    }
    Ok(())
}

/// Puts a line below the last one that contains `beside`.
fn add_line(path: &Path, beside: &str, line: &str) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let last = text
        .lines()
        .enumerate()
        .filter(|(_, known)| known.contains(beside))
        .last();
    let (index, _) = last.with_context(|| format!("{}: no line with {beside}", path.display()))?;
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(index + 1, line);
    fs::write(path, lines.join("\n") + "\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_name("web") && is_name("http_2"));
        assert!(
            !is_name("")
                && !is_name("Web")
                && !is_name("2d")
                && !is_name("a-b")
                && !is_name("../a")
        );
    }
}
