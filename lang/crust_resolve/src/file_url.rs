//! `file:` URLs to paths and back. It handles no other scheme and never touches the file system.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The path that a `file:` URL names, with its query and fragment (marks included) split off.
///
/// Errors, as a sentence: another host than `localhost`, an encoded `/`, a path that is not UTF-8.
pub fn file_url_to_path(url: &str) -> Result<(PathBuf, Option<String>), String> {
    let rest = strip_scheme(url).ok_or_else(|| format!("\"{url}\" is not a file: URL"))?;
    let (rest, query) = match rest.find(['?', '#']) {
        Some(at) => (&rest[..at], Some(rest[at..].to_owned())),
        None => (rest, None),
    };
    let path = match rest.strip_prefix("//") {
        Some(after) => {
            let (host, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return Err(format!("a file: URL must not name the host \"{host}\""));
            }
            path
        }
        None => rest,
    };
    let path = percent_decode(path)?;
    let path = if path.starts_with('/') {
        path
    } else {
        format!("/{path}")
    };
    Ok((normalize(Path::new(&path)), query))
}

/// The `file:` URL of an absolute path.
pub fn path_to_file_url(path: &Path) -> String {
    let text = path.to_string_lossy();
    let mut url = String::with_capacity(text.len() + 7);
    url.push_str("file://");
    for byte in text.bytes() {
        let plain = matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9')
            || b"/-._~!$&'()*+,;=:@[]|".contains(&byte);
        if plain {
            url.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

pub(crate) fn is_file_url(specifier: &str) -> bool {
    strip_scheme(specifier).is_some()
}

fn strip_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_at_checked(5)?;
    scheme.eq_ignore_ascii_case("file:").then_some(rest)
}

fn percent_decode(text: &str) -> Result<String, String> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match escaped {
            Some(b'/') => return Err("a file: URL must not hold an encoded \"/\"".to_owned()),
            Some(0) => return Err("a file: URL must not hold a null byte".to_owned()),
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_err(|_| "the path of the file: URL is not UTF-8".to_owned())
}

/// Removes `.` and `..` without asking the file system.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut normal = PathBuf::with_capacity(path.as_os_str().len());
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other.as_os_str()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, path: &str, query: Option<&str>) {
        let (found, found_query) = file_url_to_path(url).unwrap();
        assert_eq!(
            (found.to_str().unwrap(), found_query.as_deref()),
            (path, query)
        );
    }

    #[test]
    fn urls_become_paths() {
        check("file:///a/b.ts", "/a/b.ts", None);
        check(
            "file:///sp%20ace/%C3%A9.ts?x=1#y",
            "/sp ace/é.ts",
            Some("?x=1#y"),
        );
        check("FILE://localhost/a/../b", "/b", None);
        check("file:/a", "/a", None);
        check("file:///100%.ts", "/100%.ts", None);
        assert!(file_url_to_path("file://host/a").is_err());
        assert!(file_url_to_path("file:///a%2Fb").is_err());
        assert!(file_url_to_path("file:///%ff").is_err());
    }

    #[test]
    fn paths_become_urls() {
        assert_eq!(
            path_to_file_url(Path::new("/a b/%é?#.ts")),
            "file:///a%20b/%25%C3%A9%3F%23.ts"
        );
    }
}
