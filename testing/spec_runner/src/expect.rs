//! Compares output with what a case expects: `[WILDCARD]` stands for any text, `[WILDLINE]` for any
//! text within a line, `[DIR]` for the folder of the case and `[EXE]` for the program.

use std::path::Path;

use anyhow::{Context, Result};
use regex_lite::Regex;
use similar::{ChangeTag, TextDiff};

/// Output with the paths of this run taken out.
pub(crate) fn normalise(output: &[u8], root: &Path, program: &Path) -> String {
    let text = String::from_utf8_lossy(output);
    let text = text.replace(&*root.to_string_lossy(), "[DIR]");
    let text = text.replace(&*program.to_string_lossy(), "[EXE]");
    if text.is_empty() || text.ends_with('\n') {
        text
    } else {
        text + "[NO NEWLINE]\n"
    }
}

/// `None` where the output is as expected, else a readable difference.
pub(crate) fn difference(what: &str, expected: &str, actual: &str) -> Result<Option<String>> {
    if pattern(expected)?.is_match(actual) {
        return Ok(None);
    }
    let mut text = format!("{what} differs (- expected, + actual):\n");
    for change in TextDiff::from_lines(expected, actual).iter_all_changes() {
        let mark = match change.tag() {
            ChangeTag::Delete => "-",
            ChangeTag::Insert => "+",
            ChangeTag::Equal => " ",
        };
        text = text + mark + " " + change.value();
    }
    Ok(Some(text))
}

fn pattern(expected: &str) -> Result<Regex> {
    let escaped = regex_lite::escape(expected);
    let source = escaped
        .replace(&regex_lite::escape("[WILDCARD]"), "(?s:.*?)")
        .replace(&regex_lite::escape("[WILDLINE]"), "[^\n]*?");
    Regex::new(&format!("^{source}$")).context("expected output as a pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expected: &str, actual: &str) -> bool {
        difference("output", expected, actual).unwrap().is_none()
    }

    #[test]
    fn wildcards() {
        assert!(matches("a[WILDCARD]z\n", "a\nb\nz\n"));
        assert!(matches("a [WILDLINE] z\n", "a (b) z\n"));
        assert!(!matches("a[WILDLINE]z\n", "a\nz\n"));
        assert!(!matches("a.c\n", "abc\n"));
        assert!(!matches("a\n", "a\nb\n"));
    }

    #[test]
    fn paths_of_the_run_are_taken_out() {
        let text = normalise(
            b"at /t/case/main.ts by /t/bin/crust",
            "/t/case".as_ref(),
            "/t/bin/crust".as_ref(),
        );
        assert_eq!(text, "at [DIR]/main.ts by [EXE][NO NEWLINE]\n");
    }
}
