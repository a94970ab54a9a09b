//! Short names for private members (`#x`). Each class has its own, different from those of the classes around it.

use oxc_index::IndexVec;
use oxc_mangler::base54;
use oxc_semantic::Semantic;
use oxc_str::CompactStr;
use oxc_syntax::class::ClassId;
use rustc_hash::FxHashMap;

/// The new names by the old ones, without `#`, of each class.
pub(super) type PrivateNames = IndexVec<ClassId, FxHashMap<String, CompactStr>>;

pub(super) fn choose(semantic: &Semantic<'_>) -> PrivateNames {
    let classes = semantic.classes();
    let mut chosen = PrivateNames::with_capacity(classes.len());
    for (class, members) in classes.elements.iter_enumerated() {
        let around = classes.ancestors(class).skip(1);
        let taken: usize = around
            .filter_map(|class| chosen.get(class))
            .map(FxHashMap::len)
            .sum();
        let mut names = FxHashMap::default();
        for member in members.iter().filter(|member| member.is_private) {
            let next = u32::try_from(taken + names.len()).unwrap_or(u32::MAX);
            names
                .entry(member.name.to_string())
                .or_insert_with(|| CompactStr::new(base54(next).as_str()));
        }
        chosen.push(names);
    }
    chosen
}
