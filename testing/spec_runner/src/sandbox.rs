//! A private copy of a case in the temporary folder, with its generated inputs. Removed on drop.
//! Never writes into the case itself.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use crate::case::{Case, Generated, MANIFEST, STDERR, STDOUT};

/// The copy; `root` holds nothing else.
pub(crate) struct Sandbox {
    pub(crate) root: PathBuf,
}

impl Sandbox {
    pub(crate) fn new(folder: &Path, case: &Case) -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-spec-{}-{number}", std::process::id());
        let root = fs::canonicalize(std::env::temp_dir())?.join(name);
        fs::create_dir_all(&root)?;
        let sandbox = Self { root };
        copy(folder, &sandbox.root, true)?;
        for path in &case.shared {
            let source = folder.join(path);
            let name = source.file_name().context("a shared file has no name")?;
            fs::copy(&source, sandbox.root.join(name))
                .with_context(|| format!("shared file {path}"))?;
        }
        for input in &case.file {
            make(&sandbox.root, input).with_context(|| format!("file {}", input.path))?;
        }
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A folder left in the temporary directory harms nobody.
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn copy(from: &Path, to: &Path, top: bool) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if top && [MANIFEST, STDOUT, STDERR].iter().any(|&own| name == own) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_dir() {
            fs::create_dir(&target)?;
            copy(&source, &target, false)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

fn make(root: &Path, input: &Generated) -> Result<()> {
    let count = input.count.unwrap_or(1);
    for index in 0..count {
        let fill = |text: &str| {
            let next = (index + 1) % count;
            text.replace("{i}", &index.to_string())
                .replace("{next}", &next.to_string())
        };
        let path = root.join(fill(&input.path));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if input.folder {
            fs::create_dir_all(&path)?;
        } else if let Some(target) = &input.symlink {
            symlink(target, &path)?;
        } else {
            fs::write(&path, content(input, fill)?)?;
        }
        if input.executable {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

fn content(input: &Generated, fill: impl Fn(&str) -> String) -> Result<Vec<u8>> {
    let unit = match (&input.text, &input.hex) {
        (Some(text), None) => fill(text).into_bytes(),
        (None, Some(hex)) => bytes(hex)?,
        _ => bail!("give one of text, hex, symlink or folder"),
    };
    Ok(unit.repeat(input.repeat))
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).with_context(|| format!("not a byte: {pair}"))
    });
    pairs.collect()
}
