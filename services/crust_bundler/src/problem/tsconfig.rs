//! What is wrong with a tsconfig. rolldown says it in one line of text, in which everything else is.

use std::path::Path;

use crust_diag::{Diagnostic, LineIndex, Severity};
use crust_manifest::{DataFormat, parse_data};

/// Before the path, which is in quotes.
const START: &str = "Failed to load tsconfig '";

/// The message with its place: what our own reader finds in the file, or else what rolldown's said.
pub(super) fn problem(
    message: &str,
    severity: Severity,
    directory: &Path,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Diagnostic {
    let Some((path, reason)) = parts(message) else {
        return Diagnostic::new(severity, message).code("TSCONFIG_ERROR");
    };
    let file = directory.join(path).to_string_lossy().into_owned();
    let source = sources(&file);
    if let Some(source) = &source
        && let Err(found) = parse_data(source, DataFormat::Jsonc, &file)
        && let Some(first) = found.into_iter().next()
    {
        return first.code("TSCONFIG_ERROR");
    }
    let (reason, place) = placed(reason);
    let problem = Diagnostic::new(severity, format!("tsconfig: {reason}"))
        .file(file)
        .code("TSCONFIG_ERROR");
    match (source, place) {
        (Some(source), Some((line, column))) => {
            let start = super::offset(&source, line, column.saturating_sub(1));
            let start = start.unwrap_or(0);
            problem.at(&source, &LineIndex::new(&source), start, start)
        }
        _ => problem,
    }
}

fn parts(message: &str) -> Option<(&str, &str)> {
    message.strip_prefix(START)?.split_once("': ")
}

/// Takes ` at line 1 column 31` off the end.
fn placed(reason: &str) -> (&str, Option<(usize, usize)>) {
    let find = || {
        let (text, place) = reason.rsplit_once(" at line ")?;
        let (line, column) = place.split_once(" column ")?;
        Some((text, (line.parse().ok()?, column.trim().parse().ok()?)))
    };
    find().map_or((reason, None), |(text, place)| (text, Some(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        let message =
            "Failed to load tsconfig 'a/b.json': invalid type: x, expected y at line 1 column 31";
        let (path, reason) = parts(message).unwrap();
        assert_eq!(path, "a/b.json");
        assert_eq!(
            placed(reason),
            ("invalid type: x, expected y", Some((1, 31)))
        );
        assert_eq!(placed("not found"), ("not found", None));
        assert_eq!(
            placed("x at line y column z"),
            ("x at line y column z", None)
        );
        assert!(parts("something else").is_none());
    }

    #[test]
    fn places_are_in_the_file() {
        let text = "{\n \"compilerOptions\": {\n";
        let sources = |_: &str| Some(text.to_owned());
        let message = "Failed to load tsconfig 't.json': EOF at line 9 column 9";
        let found = problem(message, Severity::Error, Path::new("/x"), &sources);
        assert_eq!(found.file.as_deref(), Some("/x/t.json"));
        assert!(found.line >= 2, "{found:?}");
        let sources = |_: &str| Some("{\"extends\": 3}".to_owned());
        let message = "Failed to load tsconfig 't.json': invalid type at line 1 column 13";
        let found = problem(message, Severity::Error, Path::new("/x"), &sources);
        assert_eq!((found.line, found.column), (1, 13));
        assert_eq!(found.message, "tsconfig: invalid type");
    }
}
