//! Where a program is cut: between modules.

use memchr::memmem::Finder;

use crate::REGION;

/// A part of the program's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut<'t> {
    pub(super) text: &'t str,
    /// How many lines stand before it.
    pub(super) line: u32,
}

/// Cuts a program before lines that begin a module, into pieces of at least so many bytes. Whether a line only looks like that, inside of a template, is
/// found out by the parser, which then does not get to an end.
pub(super) fn cut(text: &str, least: usize) -> Vec<Cut<'_>> {
    let mut cuts = Vec::new();
    let (mut rest, mut line) = (text, 0);
    while let Some(end) = next_module(rest, least) {
        let (piece, after) = rest.split_at(end);
        cuts.push(Cut { text: piece, line });
        line += lines(piece);
        rest = after;
    }
    cuts.push(Cut { text: rest, line });
    cuts
}

/// The place of the first line of a module after so many bytes, with as many behind it.
fn next_module(text: &str, least: usize) -> Option<usize> {
    let from = text.as_bytes().get(least..)?;
    let finder = Finder::new(REGION);
    let mut found = finder.find_iter(from).map(|at| least + at);
    let begins = |at: &usize| text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\n');
    let at = found.find(begins)?;
    (text.len() - at >= least).then_some(at)
}

fn lines(text: &str) -> u32 {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    u32::try_from(breaks).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_runs_of_modules() {
        let text =
            "import 'x';\n//#region a\na();\n//#region b\nb();\n//#region c\nc('//#region');\n";
        let cuts: Vec<_> = cut(text, 12)
            .into_iter()
            .map(|cut| (cut.text, cut.line))
            .collect();
        assert_eq!(
            cuts,
            [
                ("import 'x';\n", 0),
                ("//#region a\na();\n", 1),
                ("//#region b\nb();\n", 3),
                ("//#region c\nc('//#region');\n", 5),
            ]
        );
        assert_eq!(cut(text, 1 << 20).len(), 1);
        assert_eq!(cut("", 1), [Cut { text: "", line: 0 }]);
    }
}
