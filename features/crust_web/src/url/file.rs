//! The `file` scheme: the "file", "file slash" and "file host" states of the URL standard. Hosts
//! beside drive letters and empty leading segments are kept, as the standard says.

use super::path::{self, Kind};
use percent_encoding::utf8_percent_encode;
use std::borrow::Cow;
use url::Host;

/// A `file:` URL in parts.
#[derive(Default)]
struct FileUrl {
    host: String,
    segments: Vec<String>,
    query: Option<String>,
    fragment: Option<String>,
}

/// What `parse` found.
pub(super) enum Parsed {
    /// The URL has another scheme.
    NotFile,
    /// It is a `file:` URL, and invalid.
    Failure,
    /// The href.
    Href(String),
}

/// Parses what is a `file:` URL by its scheme, or for want of one by its base, which is normalized.
pub(super) fn parse(input: &str, base: Option<&str>) -> Parsed {
    let cleaned = clean(input);
    let base = base.filter(|base| base.starts_with("file:"));
    let rest = match scheme_end(&cleaned) {
        Some(end) if cleaned[..end].eq_ignore_ascii_case("file") => &cleaned[end + 1..],
        None if base.is_some() => &cleaned[..],
        _ => return Parsed::NotFile,
    };
    parse_rest(rest, base.map(split).as_ref())
        .map_or(Parsed::Failure, |url| Parsed::Href(url.serialize()))
}

/// Removes what the parser ignores: control characters and spaces at the ends, tabs and line ends.
fn clean(input: &str) -> Cow<'_, str> {
    let trimmed = input.trim_matches(|character: char| character <= ' ');
    if trimmed.contains(['\t', '\n', '\r']) {
        Cow::Owned(trimmed.replace(['\t', '\n', '\r'], ""))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// Where the scheme ends, if the text begins with one.
pub(super) fn scheme_end(text: &str) -> Option<usize> {
    let end = text.find(|character: char| {
        !(character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
    })?;
    (text.as_bytes()[end] == b':' && text.as_bytes()[0].is_ascii_alphabetic()).then_some(end)
}

/// Cuts a normalized `file:` href into its parts.
fn split(href: &str) -> FileUrl {
    let (rest, fragment) = cut(href.strip_prefix("file://").unwrap_or_default(), '#');
    let (rest, query) = cut(rest, '?');
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    FileUrl {
        host: host.to_owned(),
        segments: path.split('/').map(str::to_owned).collect(),
        query: query.map(str::to_owned),
        fragment: fragment.map(str::to_owned),
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

fn parse_rest(rest: &str, base: Option<&FileUrl>) -> Option<FileUrl> {
    let (rest, fragment) = cut(rest, '#');
    let (rest, query) = cut(rest, '?');
    let mut url = FileUrl {
        query: query.map(|query| utf8_percent_encode(query, path::SPECIAL_QUERY).to_string()),
        fragment: fragment
            .map(|fragment| utf8_percent_encode(fragment, path::FRAGMENT).to_string()),
        ..FileUrl::default()
    };
    let after_slash = rest.strip_prefix(['/', '\\']);
    match (after_slash, base) {
        (Some(after), base) => match after.strip_prefix(['/', '\\']) {
            Some(authority) => url.parse_authority(authority)?,
            None => url.parse_absolute(after, base),
        },
        (None, Some(base)) => url.parse_relative(rest, base),
        (None, None) => path::append(&mut url.segments, rest, Kind::File),
    }
    Some(url)
}

impl FileUrl {
    /// "File host state": `text` begins behind the two slashes.
    fn parse_authority(&mut self, text: &str) -> Option<()> {
        let end = text.find(['/', '\\']).unwrap_or(text.len());
        let (host, path) = text.split_at(end);
        if path::is_drive_letter(host) {
            path::append(&mut self.segments, text, Kind::File);
            return Some(());
        }
        self.host = parse_host(host)?;
        path::append(
            &mut self.segments,
            path.strip_prefix(['/', '\\']).unwrap_or(path),
            Kind::File,
        );
        Some(())
    }

    /// "File slash state": one slash, so the host is the base's.
    fn parse_absolute(&mut self, text: &str, base: Option<&FileUrl>) {
        if let Some(base) = base {
            self.host.clone_from(&base.host);
            let drive = base
                .segments
                .first()
                .filter(|first| path::is_normalized_drive_letter(first));
            if let Some(drive) = drive
                && !path::starts_with_drive_letter(text)
            {
                self.segments.push(drive.clone());
            }
        }
        path::append(&mut self.segments, text, Kind::File);
    }

    /// "File state" with a base: no slash at all.
    fn parse_relative(&mut self, text: &str, base: &FileUrl) {
        self.host.clone_from(&base.host);
        if text.is_empty() {
            self.segments.clone_from(&base.segments);
            if self.query.is_none() {
                self.query.clone_from(&base.query);
            }
            return;
        }
        if !path::starts_with_drive_letter(text) {
            self.segments.clone_from(&base.segments);
            path::shorten(&mut self.segments, Kind::File);
        }
        path::append(&mut self.segments, text, Kind::File);
    }

    fn serialize(&self) -> String {
        let mut href = format!("file://{}{}", self.host, path::serialize(&self.segments));
        for (mark, part) in [('?', &self.query), ('#', &self.fragment)] {
            if let Some(part) = part {
                href.push(mark);
                href.push_str(part);
            }
        }
        href
    }
}

/// The host of a `file:` URL as it is written: empty for localhost. `None` is failure.
pub(super) fn parse_host(host: &str) -> Option<String> {
    if host.is_empty() {
        return Some(String::new());
    }
    let parsed = Host::parse(host).ok()?.to_string();
    Some(if parsed == "localhost" {
        String::new()
    } else {
        parsed
    })
}
