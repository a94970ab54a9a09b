//! Cutting a normalized href into scheme, authority, path, query and fragment, and joining it again.

use super::file::scheme_end;
use super::path::Kind;

/// A normalized href cut into its parts.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) scheme: &'a str,
    pub(super) authority: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(href: &'a str) -> Self {
        let end = scheme_end(href).unwrap_or(0);
        let (scheme, rest) = (&href[..end], href.get(end + 1..).unwrap_or_default());
        let (rest, fragment) = rest
            .split_once('#')
            .map_or((rest, None), |(rest, part)| (rest, Some(part)));
        let (rest, query) = rest
            .split_once('?')
            .map_or((rest, None), |(rest, part)| (rest, Some(part)));
        if let Some(rest) = rest.strip_prefix("//") {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            return Self {
                scheme,
                authority: Some(authority),
                path,
                query,
                fragment,
            };
        }
        let path = if rest.starts_with("/.//") {
            &rest[2..]
        } else {
            rest
        };
        Self {
            scheme,
            authority: None,
            path,
            query,
            fragment,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.scheme {
            "file" => Kind::File,
            "http" | "https" | "ws" | "wss" | "ftp" => Kind::Special,
            _ => Kind::Other,
        }
    }

    pub(super) fn is_opaque(&self) -> bool {
        self.authority.is_none() && !self.path.starts_with('/')
    }

    /// Whether the path would read as an authority without the "/." before it.
    pub(super) fn is_hidden_path(&self) -> bool {
        self.authority.is_none() && self.path.starts_with("//")
    }

    pub(super) fn join(&self, path: &str) -> String {
        let mut href = format!("{}:", self.scheme);
        match self.authority {
            Some(authority) => {
                href.push_str("//");
                href.push_str(authority);
            }
            None if path.starts_with("//") => href.push_str("/."),
            None => {}
        }
        href.push_str(path);
        for (mark, part) in [('?', self.query), ('#', self.fragment)] {
            if let Some(part) = part {
                href.push(mark);
                href.push_str(part);
            }
        }
        href
    }
}
