//! [`FileRoute`]: a route that is a file, or a directory whose files have the paths below the route.

use crate::exchange::Exchange;
use crate::file_response::{self, FileResponse};
use crate::reply::Reply;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A file or directory to serve.
pub(crate) enum FileRoute {
    /// One file with its content type and the program's own lines.
    File {
        path: PathBuf,
        content_type: String,
        status: u16,
        fields: Vec<u8>,
    },
    /// The files of a directory. `prefix` is what of the path stands for it (`/assets/`).
    Directory { path: PathBuf, prefix: String },
}

impl FileRoute {
    /// Answers a request for `path`.
    pub(crate) fn send(&self, exchange: &dyn Exchange, head: &[u8], path: &[u8]) {
        match self {
            Self::File {
                path,
                content_type,
                status,
                fields,
            } => match file_response::open(path) {
                Ok((file, metadata)) => {
                    let length = metadata.len();
                    let response = FileResponse {
                        file,
                        metadata,
                        start: 0,
                        length,
                        status: *status,
                        text: crust_wire::reason(*status),
                        fields,
                        content_type,
                    };
                    response.send(exchange, head);
                }
                Err(error) => refuse(exchange, &error),
            },
            Self::Directory { path: root, prefix } => {
                let below = path.strip_prefix(prefix.as_bytes()).unwrap_or_default();
                send_below(exchange, head, root, path, below);
            }
        }
    }
}

fn send_below(exchange: &dyn Exchange, head: &[u8], root: &Path, path: &[u8], below: &[u8]) {
    let Some(relative) = relative(below) else {
        exchange.respond(&Reply::bare(404), b"");
        return;
    };
    let mut file = root.join(&relative);
    if below.is_empty() || below.ends_with(b"/") {
        file.push("index.html");
    }
    match file_response::open(&file) {
        Ok((opened, metadata)) => {
            let guess = mime_guess::from_path(&file).first_or_octet_stream();
            let content_type = with_charset(guess.essence_str());
            let length = metadata.len();
            let response = FileResponse {
                file: opened,
                metadata,
                start: 0,
                length,
                status: 200,
                text: "OK",
                fields: b"",
                content_type: &content_type,
            };
            response.send(exchange, head);
        }
        // The page's own links are relative to the directory.
        Err(error) if error.kind() == io::ErrorKind::IsADirectory && !below.is_empty() => {
            let location = [b"Location: ", path, b"/\r\n"].concat();
            let reply = Reply {
                fields: &location,
                ..Reply::bare(301)
            };
            exchange.respond(&reply, b"");
        }
        Err(error) => refuse(exchange, &error),
    }
}

/// The decoded path below a directory, if it stays there.
fn relative(below: &[u8]) -> Option<PathBuf> {
    let decoded = percent_encoding::percent_decode(below).decode_utf8().ok()?;
    if decoded.contains(['\0', '\\']) {
        return None;
    }
    let path = PathBuf::from(decoded.as_ref());
    let stays = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    stays.then_some(path)
}

fn with_charset(essence: &str) -> String {
    let is_text = essence.starts_with("text/")
        || matches!(essence, "application/json" | "application/javascript");
    if is_text {
        format!("{essence};charset=utf-8")
    } else {
        essence.to_owned()
    }
}

fn refuse(exchange: &dyn Exchange, error: &io::Error) {
    let status = match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::InvalidFilename => 404,
        io::ErrorKind::PermissionDenied => 403,
        _ => 500,
    };
    exchange.respond(&Reply::bare(status), b"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_their_directory() {
        assert_eq!(relative(b"a/b.txt"), Some(PathBuf::from("a/b.txt")));
        assert_eq!(relative(b"a%20b"), Some(PathBuf::from("a b")));
        for hostile in [
            &b"../x"[..],
            b"a/../../x",
            b"%2e%2e/x",
            b"..%2fx",
            b"/etc/passwd",
            b"%2fetc",
            b"a%00b",
            b"..\\x",
            b"\xff",
        ] {
            assert_eq!(relative(hostile), None, "{hostile:?}");
        }
    }
}
