//! The `.snap` file in Jest's format: a comment, then one ``exports[`name`] = `text`;`` for each snapshot,
//! sorted by name in natural order. Read by a parser of exactly that, never by running it: a snapshot file
//! is data.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The first line of a file of ours. Jest's and Bun's are kept when they are there.
pub(super) const HEADER: &str = "// Bun Snapshot v1, https://bun.sh/docs/test/snapshots";

/// The snapshots of one test file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotFile {
    header: Option<String>,
    entries: BTreeMap<Name, String>,
}

/// A file that is no snapshot file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct CorruptSnapshot {
    /// From 1.
    pub line: usize,
    /// What was expected there.
    pub reason: &'static str,
}

/// A name in natural order: numbers by their value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name(String);

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        natural(&self.0, &other.0).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of Jest and Vitest: numbers by their value, punctuation before digits before letters, capitals
/// first.
fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        if matches!((x, y), ('1'..='9', '1'..='9')) {
            let (first, rest_a) = digits(a);
            let (second, rest_b) = digits(b);
            let order = first
                .len()
                .cmp(&second.len())
                .then_with(|| first.cmp(second));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
            continue;
        }
        if x != y {
            return rank(x).cmp(&rank(y));
        }
        a = a.get(x.len_utf8()..).unwrap_or_default();
        b = b.get(y.len_utf8()..).unwrap_or_default();
    }
}

/// Where a letter stands among the others: its family, then its code.
fn rank(letter: char) -> (u8, char) {
    let family = match letter {
        '\0'..=',' => 0,
        '.' | '/' | ':'..='@' => 1,
        '['..='`' => 2,
        '{'..='\x7f' => 3,
        '-' => 4,
        '0'..='9' => 5,
        'A'..='Z' => 6,
        'a'..='z' => 7,
        _ => 8,
    };
    (family, letter)
}

/// The number at the start without leading zeros, and what follows.
fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number.trim_start_matches('0'), rest)
}

impl SnapshotFile {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`CorruptSnapshot`] where something else stands.
    pub fn parse(text: &str) -> Result<Self, CorruptSnapshot> {
        let mut reader = Reader { text, at: 0 };
        let mut file = Self::default();
        let first = text.lines().next().unwrap_or_default();
        if first.starts_with("//") {
            file.header = Some(first.to_owned());
        }
        loop {
            reader.skip_blank();
            if reader.rest().is_empty() {
                return Ok(file);
            }
            reader.expect("exports[", "expected exports[`name`]")?;
            let name = reader.template()?;
            reader.expect("]", "expected ] after the name")?;
            reader.skip_blank();
            reader.expect("=", "expected = after the name")?;
            reader.skip_blank();
            let value = reader.template()?;
            reader.skip_blank();
            reader.expect(";", "expected ; after the snapshot")?;
            file.entries.insert(Name(name), unframed(&value));
        }
    }

    /// The file's text.
    pub fn write(&self) -> String {
        let mut out = format!("{}\n", self.header.as_deref().unwrap_or(HEADER));
        for (name, value) in &self.entries {
            // Writing to a string does not fail.
            let _ = write!(
                out,
                "\nexports[`{}`] = `{}`;\n",
                escaped(&name.0),
                escaped(&framed(value))
            );
        }
        out
    }

    /// The first line of a file that was read; empty where it is no comment.
    pub fn header(&self) -> &str {
        self.header.as_deref().unwrap_or_default()
    }

    /// Replaces the first line, a comment.
    pub fn set_header(&mut self, header: String) {
        self.header = Some(header);
    }

    /// The snapshot of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.get(&Name(name.to_owned())).map(String::as_str)
    }

    /// Adds or replaces a snapshot.
    pub fn set(&mut self, name: &str, value: &str) {
        self.entries.insert(Name(name.to_owned()), value.to_owned());
    }

    /// Removes a snapshot.
    pub fn remove(&mut self, name: &str) -> bool {
        self.entries.remove(&Name(name.to_owned())).is_some()
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|name| name.0.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// A snapshot of several lines stands between line breaks.
fn framed(value: &str) -> String {
    if value.contains('\n') {
        format!("\n{value}\n")
    } else {
        value.to_owned()
    }
}

fn unframed(value: &str) -> String {
    let inner = value
        .strip_prefix('\n')
        .and_then(|rest| rest.strip_suffix('\n'))
        .filter(|inner| inner.contains('\n'));
    inner.unwrap_or(value).to_owned()
}

/// For the inside of a template literal.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('`', "\\`")
        .replace("${", "\\${")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fail<T>(&self, reason: &'static str) -> Result<T, CorruptSnapshot> {
        let before = self.text.get(..self.at).unwrap_or_default();
        Err(CorruptSnapshot {
            line: before.matches('\n').count() + 1,
            reason,
        })
    }

    /// Skips white space and comments of a line.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn expect(&mut self, text: &str, reason: &'static str) -> Result<(), CorruptSnapshot> {
        if !self.rest().starts_with(text) {
            return self.fail(reason);
        }
        self.at += text.len();
        Ok(())
    }

    /// A template literal without placeholders.
    fn template(&mut self) -> Result<String, CorruptSnapshot> {
        self.expect("`", "expected a template literal")?;
        let (rest, mut out) = (self.rest(), String::new());
        let mut letters = rest.char_indices();
        while let Some((index, letter)) = letters.next() {
            match letter {
                '`' => {
                    self.at += index + 1;
                    return Ok(out);
                }
                '\\' => match letters.next() {
                    Some((_, next @ ('\\' | '`' | '$' | '{'))) => out.push(next),
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, next)) => {
                        out.push('\\');
                        out.push(next);
                    }
                    None => break,
                },
                // A carriage return in a template literal is a line feed (ECMA-262 §12.9.6).
                '\r' => {
                    if !rest.get(index + 1..).unwrap_or_default().starts_with('\n') {
                        out.push('\n');
                    }
                }
                letter => out.push(letter),
            }
        }
        self.fail("a template literal does not end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jests_file_is_read() {
        let text = "// Jest Snapshot v1, https://goo.gl/fbAQLP\n\nexports[`a 1`] = `\"x\"`;\n\nexports[`b \\`q\\` 1`] = `\nObject {\n  \"a\": 1,\n}\n`;\n";
        let file = SnapshotFile::parse(text).unwrap();
        assert_eq!(file.get("a 1"), Some("\"x\""));
        assert_eq!(file.get("b `q` 1"), Some("Object {\n  \"a\": 1,\n}"));
        assert_eq!(file.write(), text);
    }

    #[test]
    fn names_are_in_natural_order() {
        let mut file = SnapshotFile::default();
        for name in ["t 10", "t 2", "a 1"] {
            file.set(name, "1");
        }
        assert_eq!(file.names().collect::<Vec<_>>(), ["a 1", "t 2", "t 10"]);
    }

    #[test]
    fn what_is_corrupt_is_refused_with_its_line() {
        let error = SnapshotFile::parse("// x\n\nexports[`a`] = 5;\n").unwrap_err();
        assert_eq!(
            (error.line, error.reason),
            (3, "expected a template literal")
        );
        assert!(SnapshotFile::parse("exports[`a`] = `x").is_err());
        assert!(SnapshotFile::parse("<<<<<<< HEAD").is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(name in "[a-z`$\\\\{ 0-9]{1,12}", value in "[a-z`$\\\\{}\n\" ]{0,24}") {
            let mut file = SnapshotFile::default();
            file.set(&name, &value);
            let read = SnapshotFile::parse(&file.write()).unwrap();
            proptest::prop_assert_eq!(read.get(&name), Some(value.as_str()));
        }

        #[test]
        fn no_text_panics(text in "[exports\\[\\]`=;\\\\\n/ a]{0,64}") {
            let _ = SnapshotFile::parse(&text);
        }
    }
}
