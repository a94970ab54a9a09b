//! A change of `node_modules` that comes to its end or is taken back: what stood in the way is put aside
//! until then. Never deletes what it did not make.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use super::scripts::Pending;
use super::stamp;
use crate::error::InstallError;
use crate::files;

/// How the folders of what is put aside begin.
const ASIDE: &str = ".crust-trash-";

/// A change that runs.
pub(super) struct Transaction {
    root: PathBuf,
    /// The folder of what is put aside.
    aside: PathBuf,
    /// What stood at a path, and where it is now.
    moved: RefCell<Vec<(PathBuf, PathBuf)>>,
    /// What is made in this change.
    made: Vec<PathBuf>,
    stamp: Option<String>,
    pending: Pending,
}

impl Transaction {
    /// Begins a change that makes what is at the paths `made`, from the root. What killed installations
    /// left is removed: the lock says that none runs.
    pub(super) fn begin(root: &Path, made: &[String]) -> Result<Self, InstallError> {
        let modules = root.join("node_modules");
        for entry in std::fs::read_dir(&modules)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            if entry.file_name().to_string_lossy().starts_with(ASIDE) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let change = Self {
            root: root.to_owned(),
            aside: modules.join(format!("{ASIDE}{}", files::unique())),
            moved: RefCell::default(),
            made: made.iter().map(|path| root.join(path)).collect(),
            stamp: stamp::text(root),
            pending: Pending::read(root),
        };
        stamp::interrupt(root, made)?;
        Ok(change)
    }

    /// Puts aside what stands at a path; whether there was something.
    pub(super) fn put(&self, path: &Path) -> Result<bool, InstallError> {
        if path.symlink_metadata().is_err() {
            return Ok(false);
        }
        std::fs::create_dir_all(&self.aside).map_err(InstallError::io("create", &self.aside))?;
        let to = self.aside.join(files::unique());
        match std::fs::rename(path, &to) {
            Ok(()) => {
                self.moved.borrow_mut().push((path.to_owned(), to));
                Ok(true)
            }
            // It lay within something that was put aside before.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(InstallError::io("replace", path)(error)),
        }
    }

    /// Ends the change: as it is now where `result` is a success, else as it was before.
    pub(super) fn end<T>(self, result: Result<T, InstallError>) -> Result<T, InstallError> {
        match result {
            Ok(value) => {
                let _ = std::fs::remove_dir_all(&self.aside);
                Ok(value)
            }
            Err(error) => {
                self.undo();
                Err(error)
            }
        }
    }

    /// Puts everything back, as far as the file system lets it; the error that led here is what counts.
    fn undo(self) {
        for path in self.made.iter().rev() {
            remove(path);
            let inside = |above: &&Path| above.starts_with(&self.root) && **above != self.root;
            let mut above = path.ancestors().skip(1).take_while(inside);
            // Only empty ones go.
            while above
                .next()
                .is_some_and(|above| std::fs::remove_dir(above).is_ok())
            {}
        }
        let mut is_back = true;
        for (path, aside) in self.moved.borrow().iter().rev() {
            if let Some(above) = path.parent() {
                let _ = std::fs::create_dir_all(above);
            }
            is_back &= std::fs::rename(aside, path).is_ok();
        }
        if is_back {
            let _ = std::fs::remove_dir_all(&self.aside);
            let _ = self.pending.write();
            let _ = stamp::restore(&self.root, self.stamp.as_deref());
        }
        // A folder that only this change needed.
        let _ = std::fs::remove_dir(self.root.join("node_modules"));
    }
}

fn remove(path: &Path) {
    let is_folder = path
        .symlink_metadata()
        .is_ok_and(|found| found.file_type().is_dir());
    // What is not there need not be removed.
    let _ = if is_folder {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("crust-change-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("node_modules/a/node_modules/b")).unwrap();
        std::fs::write(path.join("node_modules/a/node_modules/b/x"), "old").unwrap();
        path
    }

    fn failure() -> Result<(), InstallError> {
        Err(InstallError::Frozen)
    }

    #[test]
    fn a_change_that_fails_leaves_what_was() {
        let root = folder("undo");
        let inner = root.join("node_modules/a/node_modules/b");
        let made = vec!["node_modules/a".to_owned(), "node_modules/@s/c".to_owned()];
        let change = Transaction::begin(&root, &made).unwrap();
        assert!(change.put(&inner).unwrap());
        assert!(change.put(&root.join("node_modules/a")).unwrap());
        assert!(!change.put(&inner).unwrap());
        std::fs::create_dir_all(root.join("node_modules/@s/c")).unwrap();
        std::fs::create_dir_all(root.join("node_modules/a")).unwrap();
        change.end(failure()).unwrap_err();
        assert_eq!(std::fs::read_to_string(inner.join("x")).unwrap(), "old");
        let names: Vec<_> = std::fs::read_dir(root.join("node_modules"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["a"]);
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_a_killed_installation_left_goes() {
        let root = folder("left");
        std::fs::create_dir_all(root.join("node_modules/.crust-trash-1-2/x")).unwrap();
        let change = Transaction::begin(&root, &[]).unwrap();
        assert!(change.put(&root.join("node_modules/a")).unwrap());
        change.end(Ok(())).unwrap();
        let left = std::fs::read_dir(root.join("node_modules")).unwrap();
        assert!(
            left.filter_map(Result::ok)
                .all(|entry| entry.file_name() == ".crust-stamp")
        );
        std::fs::remove_dir_all(root).unwrap();
    }
}
