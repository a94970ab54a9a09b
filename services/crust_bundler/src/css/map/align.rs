//! Which place of a printed style sheet comes from which place of its sources.

use std::collections::BTreeMap;

use parcel_sourcemap::SourceMap as Printed;

use super::blocks::{Block, Declaration, blocks};
use crate::css::places::Places;

/// Something of the output, and where it was written; both in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::css) struct Anchor {
    pub(in crate::css) at: usize,
    pub(in crate::css) source: u32,
    pub(in crate::css) from: usize,
}

/// The blocks of a source.
struct Origin<'t> {
    places: Places,
    blocks: Vec<Block<'t>>,
    /// Blocks by where they begin.
    starts: BTreeMap<usize, usize>,
    /// Blocks by the one around them and their number in it.
    children: BTreeMap<(usize, usize), usize>,
}

impl<'t> Origin<'t> {
    fn new(text: &'t str) -> Self {
        let blocks = blocks(text);
        let starts = blocks.iter().enumerate();
        let starts = starts.map(|(index, block)| (block.start, index)).collect();
        let children = blocks.iter().enumerate();
        let children = children
            .filter_map(|(index, block)| Some(((block.parent?, block.number), index)))
            .collect();
        Self {
            places: Places::of_css(text),
            blocks,
            starts,
            children,
        }
    }
}

/// The places of all rules and declarations in `code`, in ascending order. lightningcss counts columns of what it
/// prints in bytes, and those of what it reads in UTF-16 units.
pub(in crate::css) fn anchors(code: &str, printed: &Printed, texts: &[&str]) -> Vec<Anchor> {
    let places = Places::new(code);
    let origins: Vec<Origin<'_>> = texts.iter().map(|text| Origin::new(text)).collect();
    let mut rules: BTreeMap<usize, Anchor> = BTreeMap::new();
    for mapping in printed.get_mappings() {
        let Some(original) = mapping.original else {
            continue;
        };
        let Some(origin) = origins.get(original.source as usize) else {
            continue;
        };
        let at = places.offset_of_bytes(mapping.generated_line, mapping.generated_column);
        if !code.is_char_boundary(at) {
            continue;
        }
        let from = origin
            .places
            .offset(original.original_line, original.original_column);
        let source = original.source;
        rules.insert(at, Anchor { at, source, from });
    }
    let mut found: Vec<Anchor> = rules.values().copied().collect();
    inner(code, &rules, &origins, &mut found);
    found.sort_unstable();
    found.dedup_by_key(|anchor| anchor.at);
    found
}

/// Adds the declarations of rules, and what is in them that lightningcss does not place: the steps of keyframes.
fn inner(
    code: &str,
    rules: &BTreeMap<usize, Anchor>,
    origins: &[Origin<'_>],
    found: &mut Vec<Anchor>,
) {
    let printed = blocks(code);
    // For each block its source, and the block of that.
    let mut known: Vec<Option<(u32, usize)>> = Vec::with_capacity(printed.len());
    for block in &printed {
        let rule = rules.get(&block.start);
        let placed = rule.and_then(|rule| {
            let origin = origins.get(rule.source as usize)?;
            Some((rule.source, *origin.starts.get(&rule.from)?))
        });
        let inherited = || {
            let parent = block.parent?;
            let (source, index) = (*known.get(parent)?)?;
            let origin = origins.get(source as usize)?;
            let same = printed.get(parent)?.children == origin.blocks.get(index)?.children;
            let child = origin.children.get(&(index, block.number));
            child.filter(|_| same).map(|child| (source, *child))
        };
        let place = match rule {
            Some(_) => placed,
            None => inherited(),
        };
        known.push(place);
        let Some((source, index)) = place else {
            continue;
        };
        let origin = origins.get(source as usize);
        let Some(original) = origin.and_then(|origin| origin.blocks.get(index)) else {
            continue;
        };
        let anchor = |at, from| Anchor { at, source, from };
        if rule.is_none() {
            found.push(anchor(block.start, original.start));
        }
        let declarations = block.declarations.iter();
        let places = pair(&block.declarations, &original.declarations);
        found.extend(declarations.zip(places).map(|(declaration, place)| {
            anchor(declaration.start, place.unwrap_or(original.start))
        }));
    }
}

/// Where each declaration was written. What is there twice, as a fallback, is taken in order.
fn pair(printed: &[Declaration<'_>], written: &[Declaration<'_>]) -> Vec<Option<usize>> {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for declaration in written {
        let name = declaration.name.to_ascii_lowercase();
        by_name.entry(name).or_default().push(declaration.start);
    }
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    printed
        .iter()
        .map(|declaration| {
            let places = related(declaration.name, &by_name)?;
            let number = used.entry(declaration.name).or_default();
            let place = places.get(*number).or(places.last()).copied();
            *number += 1;
            place
        })
        .collect()
}

/// The places of a property: under its name, without a vendor's prefix, or as a part or the whole of a shorthand.
fn related<'n>(name: &str, by_name: &'n BTreeMap<String, Vec<usize>>) -> Option<&'n [usize]> {
    if let Some(places) = by_name.get(name) {
        return Some(places);
    }
    if name.starts_with("--") {
        return None;
    }
    let bare = match name.strip_prefix('-') {
        Some(rest) => rest.split_once('-').map_or(rest, |(_, rest)| rest),
        None => name,
    };
    let parts = |name: &str| {
        let prefix = format!("{name}-");
        let mut longer = by_name.range(prefix.clone()..);
        let next = longer.next().filter(|(name, _)| name.starts_with(&prefix));
        next.map(|(_, places)| places)
    };
    let wholes = bare.match_indices('-').rev();
    let mut wholes = wholes.filter_map(|(at, _)| by_name.get(bare.get(..at)?));
    let found = by_name.get(bare).or_else(|| parts(bare));
    let found = found.or_else(|| wholes.next());
    let is_side = matches!(bare, "top" | "right" | "bottom" | "left");
    let found = found.or_else(|| is_side.then(|| by_name.get("inset")).flatten());
    found.map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found_by_their_names() {
        let check = |printed: &str, written: &str, expect: &[Option<&str>]| {
            let (new, old) = (format!("a{{{printed}}}"), format!("a{{{written}}}"));
            let (new_blocks, old_blocks) = (blocks(&new), blocks(&old));
            let (Some(to), Some(from)) = (new_blocks.first(), old_blocks.first()) else {
                unreachable!("each has a block");
            };
            let found = pair(&to.declarations, &from.declarations);
            let found: Vec<Option<&str>> = found
                .iter()
                .map(|at| at.and_then(|at| old[at..].split(['}', ';']).next()))
                .collect();
            assert_eq!(found, expect, "{printed} <- {written}");
        };
        check("b:c;d:e", "d:1;b:2", &[Some("b:2"), Some("d:1")]);
        check(
            "b:c;b:d;b:e",
            "b:1;b:2",
            &[Some("b:1"), Some("b:2"), Some("b:2")],
        );
        check("-webkit-x-y:z", "x-y:1", &[Some("x-y:1")]);
        check(
            "margin:0",
            "color:1;margin-left:2",
            &[Some("margin-left:2")],
        );
        check("border-top-color:0", "border:2", &[Some("border:2")]);
        check(
            "top:0;left:0",
            "inset:2",
            &[Some("inset:2"), Some("inset:2")],
        );
        check("--x:0;q:1", "x:2", &[None, None]);
        check("color:0", "COLOR:2", &[Some("COLOR:2")]);
    }
}
