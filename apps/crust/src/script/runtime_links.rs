//! A private directory in which `node`, `bun` and `bunx` are this program, for scripts that call them
//! where they are not installed. It never touches a directory of another user.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

/// Makes sure of the directory and gives its path. The temporary directory is everybody's, so an entry
/// there counts only when it is a real directory, ours, and closed to others.
pub(super) fn directory(exec_path: &Path) -> io::Result<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let directory =
        std::env::temp_dir().join(format!("crust-node-{user}-{:08x}", checksum(exec_path)));
    match fs::DirBuilder::new().mode(0o700).create(&directory) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let metadata = fs::symlink_metadata(&directory)?;
    let closed = metadata.permissions().mode().trailing_zeros() >= 6;
    let private = metadata.is_dir() && metadata.uid() == user && closed;
    if !private {
        let reason = format!("{} is not a private directory", directory.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    }
    for name in ["node", "bun", "bunx"] {
        link(exec_path, &directory.join(name))?;
    }
    Ok(directory)
}

/// Points `link` at the binary. Another run may do the same at the same time, so the link appears by
/// renaming.
fn link(exec_path: &Path, link: &Path) -> io::Result<()> {
    if fs::read_link(link).is_ok_and(|target| target == exec_path) {
        return Ok(());
    }
    let fresh = link.with_extension(std::process::id().to_string());
    symlink(exec_path, &fresh)?;
    fs::rename(&fresh, link)
}

/// FNV-1a: two binaries on one machine do not share links.
fn checksum(path: &Path) -> u32 {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0x811c_9dc5, |hash, &byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
}
