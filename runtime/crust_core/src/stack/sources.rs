//! Lines of the sources that stack frames point at, read when an error's stack is. Keeps a few
//! files; a file that changed or vanished since only costs the refinement of a column.

use crust_diag::LineIndex;
use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

/// Files kept: stacks of one error rarely touch more.
const KEPT: usize = 16;
/// Larger files are not read for the sake of a column.
const MAX_BYTES: u64 = 16 << 20;

struct Source {
    name: String,
    content: Option<Rc<(String, LineIndex)>>,
    /// A text that is in no file (`--eval`), which is never dropped.
    provided: bool,
}

thread_local! {
    static SOURCES: RefCell<Vec<Source>> = const { RefCell::new(Vec::new()) };
}

/// Makes a text known under a name that is no file.
pub(crate) fn provide(name: &str, text: &str) {
    let content = Some(index(text.to_owned()));
    let source = Source {
        name: name.to_owned(),
        content,
        provided: true,
    };
    SOURCES.with_borrow_mut(|sources| sources.push(source));
}

/// A zero-based line of a source.
pub(super) fn line(name: &str, line: u32) -> Option<String> {
    let content = content(name)?;
    content.1.line_text(&content.0, line).map(ToOwned::to_owned)
}

fn content(name: &str) -> Option<Rc<(String, LineIndex)>> {
    SOURCES.with_borrow_mut(|sources| {
        if let Some(known) = sources.iter().find(|source| source.name == name) {
            return known.content.clone();
        }
        if sources.len() >= KEPT
            && let Some(oldest) = sources.iter().position(|source| !source.provided)
        {
            sources.remove(oldest);
        }
        let content = read(name);
        sources.push(Source {
            name: name.to_owned(),
            content: content.clone(),
            provided: false,
        });
        content
    })
}

fn read(name: &str) -> Option<Rc<(String, LineIndex)>> {
    if !name.starts_with('/') || fs::metadata(name).ok()?.len() > MAX_BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(&fs::read(name).ok()?).into_owned();
    let text = text
        .strip_prefix('\u{feff}')
        .map(ToOwned::to_owned)
        .unwrap_or(text);
    Some(index(text))
}

fn index(text: String) -> Rc<(String, LineIndex)> {
    let lines = LineIndex::new(&text);
    Rc::new((text, lines))
}
