//! Small questions to the file system: search paths and executables. It never changes anything.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// `node_modules/.bin` of `directory` and of each of its ancestors, nearest first.
pub(crate) fn binary_directories(directory: &Path) -> impl Iterator<Item = PathBuf> {
    directory
        .ancestors()
        .map(|ancestor| ancestor.join("node_modules").join(".bin"))
}

/// The directories of `PATH`.
pub(crate) fn system_directories() -> Vec<PathBuf> {
    std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default()
}

/// The first executable file called `name` in `directories`.
pub(crate) fn find_executable(
    name: &OsStr,
    directories: impl IntoIterator<Item = PathBuf>,
) -> Option<PathBuf> {
    directories
        .into_iter()
        .map(|directory| directory.join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Joins directories to the text of `PATH`. A directory with a colon in its name cannot be part of it
/// and is left out.
pub(crate) fn join_search_path(directories: impl IntoIterator<Item = PathBuf>) -> OsString {
    let usable = directories
        .into_iter()
        .filter(|path| !path.as_os_str().as_encoded_bytes().contains(&b':'));
    std::env::join_paths(usable).unwrap_or_default()
}
