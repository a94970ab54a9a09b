//! What CSS modules compose from each other: every name must be there, and style sheets may not need each other in a
//! circle, since the names of one are made of those of the other.

use std::collections::{BTreeMap, BTreeSet};

use crust_diag::{Diagnostic, LineIndex};
use lightningcss::css_modules::{CssModuleExport, CssModuleReference};

use super::module::Composed;
use crate::plugin::{Identity, Shared};

/// The names of a style sheet's classes together are bounded: a chain of n classes, each composed of the next, has n²/2 of
/// them. A million are some 20 MB of text; people compose three.
const MOST_NAMES: usize = 1_000_000;

/// A part of what a class stands for.
pub(super) enum Part<'e> {
    /// A name as it is in the output.
    Name(&'e str),
    /// What another style sheet has under a name.
    Of { specifier: &'e str, name: &'e str },
}

/// The exports of a CSS module by their names in the output.
pub(super) struct Exports<'e> {
    by_name: BTreeMap<&'e str, &'e CssModuleExport>,
    /// How many names there may still be.
    room: usize,
}

impl<'e> Exports<'e> {
    pub(super) fn new(exports: &'e BTreeMap<String, CssModuleExport>) -> Self {
        let exports = exports.values();
        Self {
            by_name: exports
                .map(|export| (export.name.as_str(), export))
                .collect(),
            room: MOST_NAMES,
        }
    }

    /// Everything that a class is composed of, what it composes before itself; `None` if it is too much.
    pub(super) fn parts(&mut self, export: &'e CssModuleExport) -> Option<Vec<Part<'e>>> {
        let (mut parts, mut seen) = (Vec::new(), BTreeSet::from([export.name.as_str()]));
        let mut path = vec![(export, export.composes.iter())];
        while let Some((export, rest)) = path.last_mut() {
            match rest.next() {
                Some(CssModuleReference::Local { name }) => {
                    let known = self.by_name.get(name.as_str());
                    if let Some(other) = known.filter(|_| seen.insert(name)) {
                        path.push((other, other.composes.iter()));
                    }
                    continue;
                }
                Some(CssModuleReference::Global { name }) => parts.push(Part::Name(name)),
                Some(CssModuleReference::Dependency { specifier, name }) => {
                    parts.push(Part::Of { specifier, name });
                }
                None => {
                    parts.push(Part::Name(&export.name));
                    path.pop();
                }
            }
            self.room = self.room.checked_sub(1)?;
        }
        Some(parts)
    }
}

/// What is wrong with the modules of these ids, among which each comes after those that it uses.
pub(crate) fn check(shared: &Shared, ids: &[String]) -> Vec<Diagnostic> {
    let (mut problems, mut done) = (Vec::new(), BTreeSet::new());
    for id in ids {
        let Some(module) = shared.css_module(Identity::of(id).path) else {
            continue;
        };
        for composed in &module.composed {
            let target = shared.composed_from(id, &composed.specifier);
            let Some(target) = target.filter(|target| shared.is_css(target)) else {
                continue;
            };
            let other = shared.css_module(Identity::of(&target).path);
            let names = other.as_deref();
            if !names.is_some_and(|other| other.names.contains(&composed.name)) {
                problems.push(missing(shared, id, composed, &target));
            } else if target == *id || !done.contains(&target) {
                problems.push(circle(shared, id, composed, &target));
            }
        }
        done.insert(id.clone());
    }
    problems
}

/// What is wrong with the names that a module composes of its own.
pub(super) fn check_own(
    path: &str,
    source: &str,
    exports: &BTreeMap<String, CssModuleExport>,
) -> Vec<Diagnostic> {
    let known: BTreeSet<&str> = exports
        .values()
        .map(|export| export.name.as_str())
        .collect();
    // All names of a style sheet end alike.
    let end = exports
        .iter()
        .find_map(|(name, export)| export.name.strip_prefix(name.as_str()));
    let composed = exports.values().flat_map(|export| &export.composes);
    let unknown: BTreeSet<&str> = composed
        .filter_map(|reference| match reference {
            CssModuleReference::Local { name } if !known.contains(name.as_str()) => {
                Some(name.strip_suffix(end.unwrap_or_default()).unwrap_or(name))
            }
            _ => None,
        })
        .collect();
    unknown
        .into_iter()
        .map(|name| {
            let message = format!("There is no class \"{name}\" in this style sheet to compose");
            place(Diagnostic::error(message), path, source, name, None)
        })
        .collect()
}

fn missing(shared: &Shared, id: &str, composed: &Composed, target: &str) -> Diagnostic {
    let (name, file) = (&composed.name, &composed.specifier);
    let message = format!("There is no class \"{name}\" in \"{file}\" to compose");
    let problem = if super::is_module(Identity::of(target).path) {
        Diagnostic::error(message)
    } else {
        Diagnostic::error(message).hint("only files whose names end in .module.css are CSS modules")
    };
    told(shared, id, composed, problem)
}

fn circle(shared: &Shared, id: &str, composed: &Composed, target: &str) -> Diagnostic {
    let message = format!(
        "\"{}\" is composed in a circle: \"{}\" needs this style sheet too",
        composed.name,
        Identity::of(target).path
    );
    let hint = "move what both compose into a third style sheet";
    told(shared, id, composed, Diagnostic::error(message).hint(hint))
}

fn told(shared: &Shared, id: &str, composed: &Composed, problem: Diagnostic) -> Diagnostic {
    let source = shared.source(id).unwrap_or_default();
    let from = Some(composed.specifier.as_str());
    place(problem, id, &source, &composed.name, from)
}

/// Finds a composed name in the text: the word in a declaration of `composes` that names the file, if one is said.
fn place(
    problem: Diagnostic,
    file: &str,
    source: &str,
    name: &str,
    from: Option<&str>,
) -> Diagnostic {
    let problem = problem.file(file).code("CSS_COMPOSES");
    let found = source.match_indices("composes").find_map(|(at, _)| {
        let rest = source.get(at..)?;
        let declaration = rest.get(..rest.find([';', '}']).unwrap_or(rest.len()))?;
        if from.is_some_and(|from| !declaration.contains(from)) {
            return None;
        }
        let mut words = declaration.match_indices(name);
        let found = words.find(|(start, _)| is_word(declaration, *start, name.len()));
        found.map(|(start, _)| at + start)
    });
    match found.and_then(|at| u32::try_from(at).ok()) {
        Some(at) => {
            let end = at + u32::try_from(name.len()).unwrap_or(0);
            problem.at(source, &LineIndex::new(source), at, end)
        }
        None => problem,
    }
}

/// Whether nothing but space and colons is around a part of a text.
fn is_word(text: &str, start: usize, length: usize) -> bool {
    let apart = |letter: char| letter.is_whitespace() || letter == ':';
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(start + length..).unwrap_or_default();
    before.chars().next_back().is_none_or(apart) && after.chars().next().is_none_or(apart)
}
