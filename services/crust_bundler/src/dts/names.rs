//! What everything in a bundle is called: its own name where that is free, or with a number behind.

use std::collections::{BTreeMap, BTreeSet};

use crust_transpile::ImportedWhat;

use super::data::is_name;
use super::link::{Linker, Symbol};
use super::reach::Reached;

/// Words that no declaration can have as its name, in values or types.
const RESERVED: &str = " any arguments as async await bigint boolean break case catch class const continue debugger \
    declare default delete do else enum eval export extends false finally for function if implements import in \
    instanceof interface intrinsic let never new null number object package private protected public return static \
    string super switch symbol this throw true try typeof undefined unknown var void while with yield ";

/// What declarations of `export default` are called.
const UNNAMED: &str = "_default";

/// Whether nothing can be called so.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&format!(" {name} "))
}

/// The names of symbols.
pub(super) type Names = BTreeMap<Symbol, String>;

/// Gives every symbol a name. What the entry point declares comes first.
pub(super) fn names(linker: &Linker<'_>, reached: &Reached, entry: usize) -> Names {
    let rank = |symbol: &Symbol| match symbol {
        Symbol::Local { module, .. } if *module == entry => (0, 0),
        Symbol::Local { module, .. } => {
            let place = reached.order.iter().position(|known| known == module);
            (1, place.unwrap_or(usize::MAX))
        }
        Symbol::External { .. } => (2, 0),
        Symbol::Namespace { .. } => (3, 0),
        Symbol::Member { .. } => (4, 0),
    };
    let mut symbols: Vec<&Symbol> = reached.symbols.keys().collect();
    symbols.sort_by_key(|symbol| rank(symbol));
    let (mut names, mut taken) = (Names::new(), reached.free.clone());
    let mut numbers = BTreeMap::new();
    for symbol in symbols {
        if matches!(symbol, Symbol::Member { .. }) {
            continue;
        }
        let own = wanted(symbol);
        let hint = reached.hints.get(symbol).filter(|hint| is_plain(hint));
        let wanted = own.unwrap_or_else(|| hint.cloned().unwrap_or_else(|| guess(linker, symbol)));
        let first = numbers.entry(wanted.clone()).or_insert(1);
        let name = free_name(&wanted, first, &taken, reached.hidden.get(symbol));
        taken.insert(name.clone());
        names.insert(symbol.clone(), name);
    }
    names
}

/// A name that nothing has yet. Numbers below `first` are taken; it is moved on.
pub(super) fn free_name(
    wanted: &str,
    first: &mut u64,
    taken: &BTreeSet<String>,
    hidden: Option<&BTreeSet<String>>,
) -> String {
    let is_free = |name: &str| {
        !is_reserved(name)
            && !taken.contains(name)
            && hidden.is_none_or(|hidden| !hidden.contains(name))
    };
    if is_free(wanted) {
        return wanted.to_owned();
    }
    // As many tries as there are names, and one more, find one.
    let mut numbers = *first..;
    let found = numbers.find_map(|number| {
        let name = format!("{wanted}${number}");
        *first = number;
        is_free(&name).then_some(name)
    });
    found.unwrap_or_else(|| wanted.to_owned())
}

/// A symbol's own name, if it has one.
fn wanted(symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Local { name, .. } if is_plain(name) && name != UNNAMED => Some(name.clone()),
        Symbol::External {
            what: ImportedWhat::Name(name),
            ..
        } if name != "default" && is_plain(name) => Some(name.clone()),
        _ => None,
    }
}

/// A name for what has none.
fn guess(linker: &Linker<'_>, symbol: &Symbol) -> String {
    match symbol {
        Symbol::External { module, .. } => name_of(&module.specifier),
        Symbol::Namespace { module } => {
            let path = linker
                .modules
                .get(*module)
                .map(|module| module.path.as_str());
            name_of(path.unwrap_or_default())
        }
        _ => UNNAMED.to_owned(),
    }
}

/// Letters beyond ASCII are fine where a program has used them.
fn is_plain(name: &str) -> bool {
    is_name(name)
        || name
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'))
}

/// A name that a file or package suggests: the last part of its path that says something.
fn name_of(path: &str) -> String {
    let mut parts = path.rsplit('/').map(|part| {
        let stem = part
            .split('.')
            .find(|piece| !piece.is_empty())
            .unwrap_or_default();
        let letters = stem.chars().map(|letter| {
            let fits = letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
            if fits { letter } else { '_' }
        });
        letters.collect::<String>()
    });
    let is_useful = |part: &String| is_name(part) && part != "index";
    parts.find(is_useful).unwrap_or_else(|| "ns".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_suggest_names() {
        let check = |path: &str, expect: &str| assert_eq!(name_of(path), expect);
        check("/a/b/shapes.ts", "shapes");
        check("/a/shapes/index.ts", "shapes");
        check("react-dom/server", "server");
        check("react-dom", "react_dom");
        check("@scope/7zip", "_scope");
        check("./.hidden", "hidden");
        check("", "ns");
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let taken = BTreeSet::from(["a".to_owned(), "a$1".to_owned()]);
        assert_eq!(free_name("b", &mut 1, &taken, None), "b");
        assert_eq!(free_name("a", &mut 1, &taken, None), "a$2");
        assert_eq!(
            free_name(
                "a",
                &mut 1,
                &taken,
                Some(&BTreeSet::from(["a$2".to_owned()]))
            ),
            "a$3"
        );
        assert_eq!(free_name("default", &mut 1, &taken, None), "default$1");
    }
}
