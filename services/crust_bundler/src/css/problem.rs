//! What is wrong with a style sheet, with its place.

use crust_diag::{Diagnostic, LineIndex};
use lightningcss::error::ErrorLocation;

use super::places::Places;
use super::provider::ALL;

/// lightningcss recurses: a thousand levels take some megabytes of the stack. People write five.
const MOST_LEVELS: usize = 1000;

/// A style sheet that nests beyond all reason. Brackets in strings and comments count too.
pub(super) fn too_deep(path: &str, text: &str) -> Option<Diagnostic> {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'(' | b'[' => {
                depth += 1;
                most = most.max(depth);
            }
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (most > MOST_LEVELS).then(|| {
        let message = format!("The style sheet is nested deeper than {MOST_LEVELS} levels");
        Diagnostic::error(message).file(path).code("CSS_ERROR")
    })
}

/// A complaint of lightningcss's with its place.
pub(super) fn problem(
    message: &str,
    place: Option<ErrorLocation>,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Diagnostic {
    let problem = Diagnostic::error(message.trim_end_matches('.')).code("CSS_ERROR");
    let Some(place) = place else {
        return problem;
    };
    if place.filename == ALL {
        return problem;
    }
    let problem = problem.file(place.filename.clone());
    let Some(source) = sources(&place.filename) else {
        return problem;
    };
    let places = Places::of_css(&source);
    let start = places.offset(place.line, place.column.saturating_sub(1));
    let start = u32::try_from(start).unwrap_or(u32::MAX);
    problem.at(&source, &LineIndex::new(&source), start, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_has_a_limit() {
        let nested = |levels: usize| format!("{}{}", ".a{".repeat(levels), "}".repeat(levels));
        assert!(too_deep("a.css", &nested(MOST_LEVELS)).is_none());
        assert!(too_deep("a.css", &nested(MOST_LEVELS + 1)).is_some());
    }
}
