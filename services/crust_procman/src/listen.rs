//! A listening Unix socket that takes the place of another one without a moment in which there is none: who
//! finds the old one asks again, who finds none believes that nobody is there.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;

/// Ends the name under which a listener is made.
const FRESH: &str = "new";
/// Connections that wait to be taken.
const BACKLOG: i32 = 1024;

/// Whether a listener is one of `path`: the kernel knows it by the name it had first.
pub(crate) fn is_of(listener: &UnixListener, path: &Path) -> bool {
    let address = listener.local_addr().ok();
    let name = address.as_ref().and_then(SocketAddr::as_pathname);
    name.is_some_and(|name| name == path || name == path.with_extension(FRESH))
}

/// Listens at `path`, for this user only. The file that is there belonged to somebody who is gone.
pub(crate) fn listen_at(path: &Path) -> io::Result<UnixListener> {
    let fresh = path.with_extension(FRESH);
    let _ = fs::remove_file(&fresh);
    let listener = UnixListener::bind(&fresh)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))?;
    rustix::net::listen(&listener, BACKLOG)?;
    listener.set_nonblocking(true)?;
    fs::rename(&fresh, path)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn the_next_listener_takes_the_place_and_leaves_no_file() {
        let folder = std::env::temp_dir().join(format!("crust-listen-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.sock");
        let first = listen_at(&path).unwrap();
        drop(first);
        assert!(UnixStream::connect(&path).is_err() && path.exists());
        let second = listen_at(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        second.accept().unwrap();
        assert!(is_of(&second, &path) && !is_of(&second, &folder.join("b.sock")));
        drop(client);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }
}
