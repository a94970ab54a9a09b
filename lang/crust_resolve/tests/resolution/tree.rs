//! A directory of small files that lives as long as a test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crust_resolve::{ReferrerKind, ResolveOptions, Resolved, ResolvedKind, Resolver};

static COUNT: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Tree {
    pub(crate) root: PathBuf,
}

impl Tree {
    /// Writes `files` (path, text) into a new directory.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-resolve-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&root).unwrap();
        let tree = Self {
            root: root.canonicalize().unwrap(),
        };
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, target: &str, path: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    pub(crate) fn resolver() -> Resolver {
        Resolver::new(ResolveOptions::default())
    }

    /// What `specifier` in a file of `dir` leads to, as text relative to the root.
    pub(crate) fn ask(
        &self,
        resolver: &Resolver,
        specifier: &str,
        dir: &str,
        kind: ReferrerKind,
    ) -> String {
        match resolver.resolve(specifier, &self.root.join(dir), kind) {
            Ok(resolved) => self.show(&resolved),
            Err(error) => format!("{} {}", error.code(), error.hint.unwrap_or_default())
                .trim_end()
                .to_owned(),
        }
    }

    pub(crate) fn show(&self, resolved: &Resolved) -> String {
        match &resolved.kind {
            ResolvedKind::File => {
                let path = resolved
                    .path
                    .strip_prefix(&self.root)
                    .unwrap_or(&resolved.path);
                format!(
                    "{}{}",
                    path.display(),
                    resolved.query.clone().unwrap_or_default()
                )
            }
            ResolvedKind::Builtin(name) => name.clone(),
            ResolvedKind::DataUrl(url) => url.clone(),
            ResolvedKind::Ignored => "ignored".to_owned(),
        }
    }

    /// Checks a table of specifiers imported from `dir`.
    #[track_caller]
    pub(crate) fn check(&self, resolver: &Resolver, dir: &str, table: &[(&str, &str)]) {
        let mut wrong = String::new();
        for (specifier, expected) in table {
            let found = self.ask(resolver, specifier, dir, ReferrerKind::Import);
            if found.replace(&self.root.display().to_string(), "ROOT") != *expected {
                let line = format!("\n{specifier}: expected {expected}, found {found}");
                wrong.push_str(&line);
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        Path::new(&self.root).join(path)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // A directory that stays behind harms nothing.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
