//! Finds a program as a shell does. Never runs it.

use rustix::fs::{Access, access};
use std::path::{Path, PathBuf};

/// The absolute path of the program that `command` names: in a folder of `path` (separated by
/// colons), or relative to `folder` when it contains a slash.
pub(crate) fn find(command: &str, path: &str, folder: &Path) -> Option<PathBuf> {
    if command.is_empty() || command.contains('\0') {
        return None;
    }
    if command.contains('/') {
        let candidate = folder.join(command);
        return is_program(&candidate).then(|| normal(&candidate));
    }
    std::env::split_paths(path)
        .map(|entry| folder.join(entry).join(command))
        .find(|candidate| is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

/// Without `.` components.
fn normal(path: &Path) -> PathBuf {
    path.components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn programs_are_files_that_may_be_executed() {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("tool");
        fs::write(&program, "").unwrap();
        fs::create_dir(root.path().join("folder")).unwrap();
        let path = root.path().to_str().unwrap();
        assert_eq!(find("tool", path, Path::new("/")), None, "not executable");
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(find("tool", path, Path::new("/")), Some(program.clone()));
        assert_eq!(find("./tool", "", root.path()), Some(program.clone()));
        assert_eq!(
            find("tool", ".", root.path()),
            Some(root.path().join(".").join("tool"))
        );
        assert_eq!(find("folder", path, Path::new("/")), None);
        assert_eq!(find("", path, Path::new("/")), None);
        assert_eq!(find("a\0b", path, Path::new("/")), None);
    }
}
