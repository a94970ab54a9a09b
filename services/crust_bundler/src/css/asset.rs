//! Files that style sheets refer to: small ones become part of the style sheet, large ones lie beside it.

use std::collections::BTreeMap;
use std::path::Path;

use crust_diag::{Diagnostic, LineIndex};
use lightningcss::dependencies::{Dependency, Location, UrlDependency};

use super::edits::Edits;
use super::places::Places;
use crate::artifact::hash_of;
use crate::loader::Loader;
use crate::naming::{self, Parts};
use crate::options::BuildOptions;
use crate::plugin::{Shared, normalized};

/// Files up to this size become part of the style sheet, as in Bun: a request of their own would cost more.
const MOST_INLINE: usize = 128 << 10;

/// A file that a style sheet or a page refers to.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Replaces the marks that lightningcss left by the places of their files; answers the files.
pub(super) fn place_assets(
    shared: &Shared,
    code: &str,
    dependencies: Vec<Dependency>,
    output: &str,
    edits: &mut Edits,
) -> Result<Vec<Asset>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for dependency in dependencies {
        let found = match dependency {
            Dependency::Url(found) => found,
            Dependency::Import(found) => {
                places.insert(found.placeholder, found.url);
                continue;
            }
        };
        if places.contains_key(&found.placeholder) {
            continue;
        }
        let place = if is_local(&found.url) {
            match find_asset(shared, &found) {
                Ok((path, bytes)) => place_asset(shared, &path, bytes, output, &mut assets),
                Err(problem) => {
                    problems.push(*problem);
                    continue;
                }
            }
        } else {
            found.url
        };
        places.insert(found.placeholder, place);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    replace_marks(code, &places, edits);
    Ok(assets.into_values().collect())
}

/// Marks are strings of their own.
fn replace_marks(code: &str, places: &BTreeMap<String, String>, edits: &mut Edits) {
    if places.is_empty() {
        return;
    }
    let mut quotes = code.match_indices('"').map(|(at, _)| at).peekable();
    while let (Some(start), Some(end)) = (quotes.next(), quotes.peek().copied()) {
        let inner = code.get(start + 1..end);
        if let Some(place) = inner.and_then(|mark| places.get(mark)) {
            edits.replace(start + 1, end - start - 1, in_quotes(place));
            quotes.next();
        }
    }
}

/// As it can stand in a string of CSS.
pub(super) fn in_quotes(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\a "),
            '\r' => escaped.push_str("\\d "),
            '\u{c}' => escaped.push_str("\\c "),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Whether a reference is to a file of the project.
pub(crate) fn is_local(url: &str) -> bool {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| url.starts_with(prefix));
    let scheme = url.split(['/', '?', '#']).next().unwrap_or_default();
    !url.is_empty() && !starts(&["//", "#"]) && !scheme.contains(':')
}

fn find_asset(
    shared: &Shared,
    found: &UrlDependency,
) -> Result<(String, Vec<u8>), Box<Diagnostic>> {
    let (url, from) = (&found.url, &found.loc.file_path);
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let path = url.get(..end).unwrap_or(url);
    let folder = Path::new(from).parent().unwrap_or(Path::new("/"));
    let full = match path.strip_prefix('/') {
        Some(rest) => shared.options.directory.join(rest),
        None => folder.join(path),
    };
    let full = normalized(&full);
    let missing = || Box::new(unresolved(shared, url, from, found.loc.start));
    let bytes = shared.read(&full).ok_or_else(missing)?;
    Ok((full.to_string_lossy().into_owned(), bytes))
}

fn unresolved(shared: &Shared, url: &str, from: &str, start: Location) -> Diagnostic {
    let problem = Diagnostic::error(format!("Could not resolve: \"{url}\""))
        .code("UNRESOLVED_IMPORT")
        .file(from);
    let Some(text) = shared.source(from) else {
        return problem;
    };
    let places = Places::of_css(&text);
    let at = places.offset(start.line.saturating_sub(1), start.column.saturating_sub(1));
    // The place is that of `url(`.
    let rest = text.get(at..).unwrap_or_default();
    let at = at + rest.find(url).unwrap_or(0);
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let end = (at + url.len()).min(text.len());
    problem.at(&text, &LineIndex::new(&text), number(at), number(end))
}

/// A small file goes into the style sheet, a large one beside it.
fn place_asset(
    shared: &Shared,
    path: &str,
    bytes: Vec<u8>,
    output: &str,
    assets: &mut BTreeMap<String, Asset>,
) -> String {
    let wanted = shared.loader_of(path);
    let inline = match wanted {
        Loader::DataUrl => true,
        Loader::File => bytes.len() <= MOST_INLINE && !shared.options.loaders_name(path),
        _ => bytes.len() <= MOST_INLINE,
    };
    if inline || shared.options.inline_assets {
        return crate::plugin::data_url(path, &bytes).replace('\'', "%27");
    }
    let name = asset_name(&shared.options, path, &bytes);
    let place = crate::plugin::asset_path(&shared.options.public_path, output, &name);
    assets.insert(path.to_owned(), Asset { name, bytes });
    place
}

/// The name in the output of a file that rolldown does not know.
pub(crate) fn asset_name(options: &BuildOptions, path: &str, bytes: &[u8]) -> String {
    let path = Path::new(path);
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let root = options.root.as_deref().unwrap_or(&options.directory);
    let parts = Parts {
        dir: &naming::folder_below(root, path),
        name: &naming::stem(path),
        ext: &extension,
        target: options.target,
    };
    naming::fill(&options.naming.asset, parts).replace("[hash]", &hash_of(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_local_or_not() {
        let check = |url: &str, expect: bool| assert_eq!(is_local(url), expect, "{url}");
        check("./a.png", true);
        check("a.png?x:y", true);
        check("/a.png", true);
        check("https://x/a.png", false);
        check("//x/a.png", false);
        check("data:image/png,x", false);
        check("#id", false);
        check("", false);
    }

    #[test]
    fn marks_become_places() {
        let places = BTreeMap::from([("m1".to_owned(), "./a\"b.png".to_owned())]);
        let code = r#"a{b:url("m1");c:"x m1";d:"m1 ";e:url("m1")}"#;
        let expect = r#"a{b:url("./a\"b.png");c:"x m1";d:"m1 ";e:url("./a\"b.png")}"#;
        let mut edits = Edits::default();
        replace_marks(code, &places, &mut edits);
        assert_eq!(edits.apply(code), expect);
    }
}
