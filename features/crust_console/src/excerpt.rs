//! The source lines around the place of an error. Never fails: what cannot be read is not shown.

use std::fs::File;
use std::io::{BufRead, BufReader};

/// Lines shown: the one of the error and those before it.
const LINES: u32 = 6;
/// A source line is cut here when read. The longest line that is shown is a thousand characters;
/// this bounds the memory that a file without line ends may take.
const LONGEST_LINE: usize = 64 * 1024;
/// Errors beyond this line get no excerpt, so that printing one never reads for long. At 40 bytes a
/// line this is 40 MB of source.
const LAST_LINE: u32 = 1_000_000;

/// A place in a source file; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The first frame of `stack` that has a file, line and column.
pub(crate) fn first_place(stack: &str) -> Option<Location> {
    stack
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("at "))
        .find_map(place)
}

/// `f (file:1:2)` or `file:1:2`.
fn place(frame: &str) -> Option<Location> {
    let inner = match frame.rsplit_once(" (") {
        Some((_, rest)) => rest.strip_suffix(')')?,
        None => frame,
    };
    let (rest, column) = inner.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    let file = file.strip_prefix("async ").unwrap_or(file);
    Some(Location {
        file: file.to_owned(),
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

/// The lines up to and with the one of `location`; none when the file cannot be read.
pub(crate) fn lines_before(location: &Location) -> Vec<String> {
    read(location).unwrap_or_default()
}

fn read(location: &Location) -> Option<Vec<String>> {
    let path = location
        .file
        .strip_prefix("file://")
        .unwrap_or(&location.file);
    if !path.starts_with('/') || location.line == 0 || location.line > LAST_LINE {
        return None;
    }
    let mut reader = BufReader::new(File::open(path).ok()?);
    let first = location.line.saturating_sub(LINES - 1).max(1);
    let mut lines = Vec::new();
    for number in 1..=location.line {
        let line = read_line(&mut reader)?;
        if number >= first {
            lines.push(line);
        }
    }
    Some(lines)
}

/// One line without its end, cut at [`LONGEST_LINE`]; `None` at the end of the file.
fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let mut seen_any = false;
    loop {
        let block = reader.fill_buf().ok()?;
        if block.is_empty() {
            break;
        }
        seen_any = true;
        let end = block.iter().position(|byte| *byte == b'\n');
        let piece = block.get(..end.unwrap_or(block.len()))?;
        let room = LONGEST_LINE.saturating_sub(line.len());
        line.extend_from_slice(piece.get(..piece.len().min(room))?);
        let used = end.map_or(block.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    seen_any.then(|| String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stack: &str, expect: Option<(&str, u32, u32)>) {
        let found = first_place(stack);
        let found = found
            .as_ref()
            .map(|place| (place.file.as_str(), place.line, place.column));
        assert_eq!(found, expect, "{stack}");
    }

    #[test]
    fn places_in_stacks() {
        check("Error: x\n    at f (/a/b.ts:3:7)", Some(("/a/b.ts", 3, 7)));
        check("Error: x\n    at /a/b (c).ts:3:7", None);
        check(
            "Error: x\n    at map (native)\n    at /a.ts:1:2",
            Some(("/a.ts", 1, 2)),
        );
        check("Error: at home", None);
    }

    #[test]
    fn an_excerpt_ends_with_the_line_of_the_error() {
        let location = Location {
            file: file!().to_owned(),
            line: 2,
            column: 1,
        };
        assert!(
            lines_before(&location).is_empty(),
            "a relative path is not opened"
        );
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/excerpt.rs").to_owned();
        let lines = lines_before(&Location {
            file,
            line: 7,
            column: 1,
        });
        assert_eq!(lines.len(), 6);
        assert!(
            lines
                .last()
                .is_some_and(|line| line.starts_with("const LINES"))
        );
    }
}
