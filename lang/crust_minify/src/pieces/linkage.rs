//! What the pieces have to do with each other.

use rustc_hash::{FxHashMap, FxHashSet};

/// What a piece has to say to the others.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// What it declares at the top level, in that order.
    pub(super) declared: Vec<String>,
    /// Names that it mentions and does not declare there.
    pub(super) others: Vec<String>,
    /// How many functions of elements it has got variables for.
    pub(super) elements: usize,
}

/// What a piece has from the others, and they from it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

/// The links of each piece.
#[derive(Debug)]
pub(super) struct Linkage(Vec<Links>);

impl Linkage {
    /// Finds out which piece has what another mentions. Two that declare the same name are no module together.
    pub(super) fn new(mut mentions: Vec<(usize, Mentions)>) -> Option<Self> {
        mentions.sort_by_key(|(number, _)| *number);
        let mut owners: FxHashMap<&str, usize> = FxHashMap::default();
        for (number, piece) in &mentions {
            for name in &piece.declared {
                if owners.insert(name, *number).is_some() {
                    return None;
                }
            }
        }
        let mut shared: FxHashSet<&str> = FxHashSet::default();
        let mut links = Vec::with_capacity(mentions.len());
        for (_, piece) in &mentions {
            let imports = piece.others.iter().map(String::as_str);
            let imports: Vec<&str> = imports.filter(|name| owners.contains_key(name)).collect();
            shared.extend(&imports);
            links.push(Links {
                imports: imports.into_iter().map(str::to_owned).collect(),
                exports: Vec::new(),
            });
        }
        for ((_, piece), links) in mentions.iter().zip(&mut links) {
            let exports = piece.declared.iter();
            links.exports = exports
                .filter(|name| shared.contains(name.as_str()))
                .cloned()
                .collect();
        }
        Some(Self(links))
    }

    pub(super) fn of(&self, piece: usize) -> &Links {
        const NONE: &Links = &Links {
            imports: Vec::new(),
            exports: Vec::new(),
        };
        self.0.get(piece).unwrap_or(NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(declared: &[&str], others: &[&str]) -> Mentions {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Mentions {
            declared: owned(declared),
            others: owned(others),
            elements: 0,
        }
    }

    #[test]
    fn names_lead_to_the_piece_that_declares_them() {
        let pieces = vec![
            (1, mentions(&["c"], &["a", "window"])),
            (0, mentions(&["a", "b"], &["c"])),
        ];
        let linkage = Linkage::new(pieces).unwrap();
        assert_eq!(linkage.of(0).imports, ["c"]);
        assert_eq!(linkage.of(0).exports, ["a"]);
        assert_eq!(linkage.of(1).imports, ["a"]);
        assert_eq!(linkage.of(1).exports, ["c"]);
        assert_eq!(linkage.of(7), &Links::default());
    }

    #[test]
    fn a_name_of_two_pieces_leaves_the_program_whole() {
        let pieces = vec![(0, mentions(&["a"], &[])), (1, mentions(&["a"], &[]))];
        assert!(Linkage::new(pieces).is_none());
    }
}
