//! Paths of hierarchical URLs: the "path state" of the URL standard as a function from text to
//! segments. Knows nothing of hosts, queries and fragments.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The fragment percent-encode set.
pub(super) const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
/// The query percent-encode set of schemes that are not special.
pub(super) const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// The query percent-encode set of special schemes.
pub(super) const SPECIAL_QUERY: &AsciiSet = &QUERY.add(b'\'');
/// The path percent-encode set.
const PATH: &AsciiSet = &QUERY.add(b'?').add(b'^').add(b'`').add(b'{').add(b'}');

/// What the rules of paths depend on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `file`: special, with Windows drive letters.
    File,
    /// The other special schemes: a backslash separates too.
    Special,
    /// Any other scheme.
    Other,
}

/// A letter and `:` or `|`.
pub(super) fn is_drive_letter(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

/// A letter and `:`.
pub(super) fn is_normalized_drive_letter(text: &str) -> bool {
    is_drive_letter(text) && text.ends_with(':')
}

/// Whether the text begins with a drive letter that is a whole segment.
pub(super) fn starts_with_drive_letter(text: &str) -> bool {
    text.get(..2).is_some_and(is_drive_letter)
        && matches!(
            text.as_bytes().get(2),
            None | Some(b'/' | b'\\' | b'?' | b'#')
        )
}

fn is_single_dot(segment: &str) -> bool {
    segment == "." || segment.eq_ignore_ascii_case("%2e")
}

fn is_double_dot(segment: &str) -> bool {
    ["..", ".%2e", "%2e.", "%2e%2e"]
        .iter()
        .any(|dots| segment.eq_ignore_ascii_case(dots))
}

/// "Shorten a url's path": a lone drive letter stays.
pub(super) fn shorten(segments: &mut Vec<String>, kind: Kind) {
    let is_lone_drive =
        kind == Kind::File && segments.len() == 1 && is_normalized_drive_letter(&segments[0]);
    if !is_lone_drive {
        segments.pop();
    }
}

/// Appends the segments of `text`, which has no query and no fragment.
pub(super) fn append(segments: &mut Vec<String>, text: &str, kind: Kind) {
    let is_separator =
        |character: char| character == '/' || (character == '\\' && kind != Kind::Other);
    let mut parts = text.split(is_separator).peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        if is_double_dot(part) {
            shorten(segments, kind);
            if is_last {
                segments.push(String::new());
            }
        } else if is_single_dot(part) {
            if is_last {
                segments.push(String::new());
            }
        } else if kind == Kind::File && segments.is_empty() && is_drive_letter(part) {
            segments.push(format!("{}:", &part[..1]));
        } else {
            segments.push(utf8_percent_encode(part, PATH).to_string());
        }
    }
}

/// The path as it is written: each segment behind a slash.
pub(super) fn serialize(segments: &[String]) -> String {
    segments.iter().fold(String::new(), |mut path, segment| {
        path.push('/');
        path.push_str(segment);
        path
    })
}
