//! The names that are given out: the shortest to what is used most.

use std::cmp::Reverse;

use oxc_mangler::base54;
use oxc_semantic::{Scoping, SymbolId};
use oxc_str::Ident;
use oxc_syntax::keyword::is_reserved_keyword;
use rustc_hash::{FxHashMap, FxHashSet};

use super::linkage::Links;
use super::slots::Slots;

/// How often a piece uses what wants a name.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Names of the top level, its own and others'.
    top_level: Vec<(String, usize)>,
    /// By slot.
    slots: Vec<usize>,
    /// Names that nobody may get: those of globals, and what keeps its own.
    kept: FxHashSet<String>,
}

impl Uses {
    pub(super) fn count(scoping: &Scoping, slots: &Slots, links: &Links) -> Self {
        let mut uses = Self {
            slots: vec![0; slots.count],
            ..Self::default()
        };
        let exports: FxHashSet<&str> = links.exports.iter().map(String::as_str).collect();
        for symbol in scoping.symbol_ids() {
            let references = scoping.get_resolved_reference_ids(symbol).len();
            let name = scoping.symbol_name(symbol);
            if let Some(slot) = slots.of_symbol.get(symbol.index()).copied().flatten() {
                if let Some(count) = uses.slots.get_mut(slot) {
                    *count += references;
                }
            } else if is_top_level(scoping, symbol) {
                // The export that links the piece is not printed.
                let printed = references - usize::from(exports.contains(name)).min(references);
                uses.top_level.push((name.to_owned(), printed));
            } else {
                uses.kept.insert(name.to_owned());
            }
        }
        let globals = scoping.root_unresolved_references().keys();
        uses.kept.extend(globals.map(ToString::to_string));
        uses
    }
}

fn is_top_level(scoping: &Scoping, symbol: SymbolId) -> bool {
    scoping.symbol_scope_id(symbol) == scoping.root_scope_id()
}

/// The new names.
#[derive(Debug, Default)]
pub(super) struct Names {
    top_level: FxHashMap<String, String>,
    slots: Vec<String>,
}

/// What wants a name.
#[derive(Debug)]
enum Wanting {
    TopLevel(String),
    Slot(usize),
}

impl Names {
    /// Gives out names. The order of the pieces decides where uses are equal.
    pub(super) fn new(mut pieces: Vec<(usize, Uses)>) -> Self {
        pieces.sort_by_key(|(number, _)| *number);
        let mut kept = FxHashSet::default();
        let mut wanting = Vec::new();
        let mut slots: Vec<usize> = Vec::new();
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        for (_, uses) in pieces {
            kept.extend(uses.kept);
            slots.resize(slots.len().max(uses.slots.len()), 0);
            for (count, more) in slots.iter_mut().zip(uses.slots) {
                *count += more;
            }
            for (name, count) in uses.top_level {
                let place = *places.entry(name.clone()).or_insert(wanting.len());
                if let Some((before, _)) = wanting.get_mut(place) {
                    *before += count;
                } else {
                    wanting.push((count, Wanting::TopLevel(name)));
                }
            }
        }
        let slots = slots.into_iter().enumerate();
        wanting.extend(slots.map(|(slot, count)| (count, Wanting::Slot(slot))));
        Self::give_out(wanting, &kept)
    }

    fn give_out(wanting: Vec<(usize, Wanting)>, kept: &FxHashSet<String>) -> Self {
        let mut ranked: Vec<_> = wanting.into_iter().enumerate().collect();
        ranked.sort_by_key(|(order, (count, _))| (Reverse(*count), *order));
        let count = ranked.len();
        let free = (0..u32::MAX).map(base54);
        let free = free.filter(|name| !is_reserved_keyword(name) && !kept.contains(name.as_str()));
        let free: Vec<_> = free.take(count).collect();
        let mut names = Self::default();
        let mut ranked = ranked.as_mut_slice();
        // Among names of one length it makes no difference who gets which; neighbours get similar ones, which
        // compresses better.
        for group in free.chunk_by(|one, other| one.len() == other.len()) {
            let (now, rest) = ranked.split_at_mut(group.len());
            now.sort_by_key(|(order, _)| *order);
            for ((_, (_, wanting)), name) in now.iter_mut().zip(group) {
                names.set(wanting, name.as_str());
            }
            ranked = rest;
        }
        names
    }

    fn set(&mut self, wanting: &mut Wanting, name: &str) {
        match wanting {
            Wanting::TopLevel(old) => {
                self.top_level.insert(std::mem::take(old), name.to_owned());
            }
            Wanting::Slot(slot) => {
                if self.slots.len() <= *slot {
                    self.slots.resize(*slot + 1, String::new());
                }
                if let Some(place) = self.slots.get_mut(*slot) {
                    name.clone_into(place);
                }
            }
        }
    }

    /// Renames what a piece declares and imports.
    pub(super) fn give(&self, scoping: &mut Scoping, slots: &Slots) {
        let symbols: Vec<SymbolId> = scoping.symbol_ids().collect();
        for symbol in symbols {
            let slot = slots.of_symbol.get(symbol.index()).copied().flatten();
            let name = match slot {
                Some(slot) => self.slots.get(slot),
                None if is_top_level(scoping, symbol) => {
                    self.top_level.get(scoping.symbol_name(symbol))
                }
                None => None,
            };
            if let Some(name) = name {
                scoping.set_symbol_name(symbol, Ident::from(name.as_str()));
            }
        }
    }
}
