//! What an entry point needs: from what it exports, through everything that is named there. Decides no name.

use std::collections::{BTreeMap, BTreeSet};

use crust_transpile::{Bound, Declarations, ImportedWhat, Item, Meaning, Use, UseTarget};

use super::graph::Target;
use super::link::{External, Found, Linker, Symbol};

/// An item: the module, the block of `declare module` in it if the item is of one, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) module: usize,
    pub(super) part: Part,
}

/// Where in a module an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// At the top level.
    Item(usize),
    /// In a block that adds to a module of the bundle.
    Added(usize, usize),
    /// A block that adds to a module outside, with all that is in it.
    Block(usize),
}

/// What stands for a use in the bundle's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) symbol: Symbol,
    /// Where the text ends that it stands for.
    pub(super) end: u32,
}

/// An export of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exported {
    pub(super) name: String,
    pub(super) found: Found,
}

/// What goes into a bundle.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Modules in the order in which they are printed.
    pub(super) order: Vec<usize>,
    pub(super) items: BTreeSet<Place>,
    /// By item and place among its uses.
    pub(super) replaced: BTreeMap<(Place, usize), Replaced>,
    /// Everything that needs a name, and whether it is used as a type only.
    pub(super) symbols: BTreeMap<Symbol, bool>,
    /// Names that must not be used for a symbol, as something nearer has them.
    pub(super) hidden: BTreeMap<Symbol, BTreeSet<String>>,
    /// Names that somebody has given to what has none of its own.
    pub(super) hints: BTreeMap<Symbol, String>,
    /// Names of things that no module declares.
    pub(super) free: BTreeSet<String>,
    /// What the namespaces hold.
    pub(super) namespaces: BTreeMap<usize, Vec<Exported>>,
    pub(super) exports: Vec<Exported>,
    pub(super) stars: Vec<(External, bool)>,
    pub(super) export_equals: Option<Symbol>,
    /// Modules outside that are imported for their effect.
    pub(super) effects: BTreeSet<External>,
}

/// Finds what an entry point needs.
pub(super) fn reach(linker: &Linker<'_>, entry: usize) -> Reached {
    let mut reaching = Reaching {
        linker,
        added: BTreeMap::new(),
        waiting: Vec::new(),
        reached: Reached {
            order: order(linker, entry),
            ..Reached::default()
        },
    };
    reaching.roots();
    reaching.entry(entry);
    while let Some(symbol) = reaching.waiting.pop() {
        reaching.symbol(&symbol);
    }
    reaching.reached
}

/// The modules that a module asks for, each after those that it asks for, and itself last.
fn order(linker: &Linker<'_>, entry: usize) -> Vec<usize> {
    let (mut done, mut seen) = (Vec::new(), BTreeSet::from([entry]));
    let next = |module: usize| {
        let module = linker.modules.get(module);
        let targets = module
            .map(|module| module.targets.iter())
            .into_iter()
            .flatten();
        let targets = targets.filter_map(|target| match target {
            Target::Module(place) => Some(*place),
            _ => None,
        });
        let referenced = module.map(|module| module.referenced.iter().copied());
        referenced
            .into_iter()
            .flatten()
            .chain(targets)
            .collect::<Vec<_>>()
            .into_iter()
    };
    let mut path = vec![(entry, next(entry))];
    while let Some((module, rest)) = path.last_mut() {
        if let Some(target) = rest.next() {
            if seen.insert(target) {
                path.push((target, next(target)));
            }
        } else {
            done.push(*module);
            path.pop();
        }
    }
    done
}

struct Reaching<'l, 'm> {
    linker: &'l Linker<'m>,
    /// Items that add to a symbol from elsewhere.
    added: BTreeMap<Symbol, Vec<Place>>,
    waiting: Vec<Symbol>,
    reached: Reached,
}

/// The item at a place.
pub(super) fn item_at(declarations: &Declarations, part: Part) -> Option<&Item> {
    match part {
        Part::Item(at) => declarations.items.get(at),
        Part::Added(block, at) => declarations.augmentations.get(block)?.items.get(at),
        Part::Block(block) => Some(&declarations.augmentations.get(block)?.whole),
    }
}

impl Reaching<'_, '_> {
    /// What stays whoever uses it: global declarations, additions to modules outside, imports for their effect.
    fn roots(&mut self) {
        let mut roots = Vec::new();
        for module in self.reached.order.clone() {
            let Some(declarations) = self.linker.declarations(module) else {
                continue;
            };
            let is_global = self.is_global(module);
            for (at, item) in declarations.items.iter().enumerate() {
                if item.names.is_empty() || is_global {
                    roots.push((module, Part::Item(at)));
                }
            }
            for (block, augmentation) in declarations.augmentations.iter().enumerate() {
                match self.linker.request(module, augmentation.request) {
                    Some(Target::Module(target)) => self.add_to(*target, module, block),
                    Some(Target::External(_)) => roots.push((module, Part::Block(block))),
                    _ => {}
                }
            }
            for effect in &declarations.effects {
                let found = self
                    .linker
                    .external(module, *effect, ImportedWhat::Namespace);
                if let Some(Symbol::External { module, .. }) = found {
                    self.reached.effects.insert(module);
                }
            }
        }
        for (module, part) in roots {
            self.item(Place { module, part });
        }
    }

    fn is_global(&self, module: usize) -> bool {
        let module = self.linker.modules.get(module);
        module.is_some_and(|module| module.is_global)
    }

    /// Notes what a block adds to the symbols of a module.
    fn add_to(&mut self, target: usize, module: usize, block: usize) {
        let declarations = self.linker.declarations(module);
        let block_items = declarations.and_then(|found| found.augmentations.get(block));
        for (at, item) in block_items
            .iter()
            .flat_map(|block| block.items.iter().enumerate())
        {
            for name in &item.names {
                if let Some(found) = self.linker.export(target, name) {
                    let part = Part::Added(block, at);
                    let items = self.added.entry(found.symbol).or_default();
                    items.push(Place { module, part });
                }
            }
        }
    }

    fn entry(&mut self, entry: usize) {
        let declarations = self.linker.declarations(entry);
        let whole = declarations.and_then(|found| found.export_equals.as_ref());
        if let Some(name) = whole {
            if let Some(found) = self.linker.local(entry, name) {
                self.need(&found);
                self.reached.export_equals = Some(found.symbol);
            }
            return;
        }
        let exports = self.linker.exports(entry);
        self.reached.exports = self.all(entry, &exports.names);
        self.reached.stars = exports.stars;
    }

    fn all(&mut self, module: usize, names: &[String]) -> Vec<Exported> {
        let mut all = Vec::new();
        for name in names {
            if let Some(found) = self.linker.export(module, name) {
                self.need(&found);
                self.hint(&found.symbol, name);
                all.push(Exported {
                    name: name.clone(),
                    found,
                });
            }
        }
        all
    }

    fn hint(&mut self, symbol: &Symbol, name: &str) {
        if name != "default" {
            let hint = self.reached.hints.entry(symbol.clone());
            hint.or_insert_with(|| name.to_owned());
        }
    }

    fn need(&mut self, found: &Found) {
        self.need_symbol(&found.symbol, found.type_only);
    }

    fn need_symbol(&mut self, symbol: &Symbol, type_only: bool) {
        if let Some(known) = self.reached.symbols.get_mut(symbol) {
            *known &= type_only;
            return;
        }
        self.reached.symbols.insert(symbol.clone(), type_only);
        self.waiting.push(symbol.clone());
    }

    fn symbol(&mut self, symbol: &Symbol) {
        match symbol {
            Symbol::Local { module, name } => {
                let own = self.linker.items_of(*module, name).iter();
                let places: Vec<Place> = own
                    .map(|at| Place {
                        module: *module,
                        part: Part::Item(*at),
                    })
                    .collect();
                let added = self.added.get(symbol).cloned().unwrap_or_default();
                for place in places.into_iter().chain(added) {
                    self.item(place);
                }
            }
            Symbol::Namespace { module } => {
                let exports = self.linker.exports(*module);
                let held = self.all(*module, &exports.names);
                self.reached.namespaces.insert(*module, held);
            }
            Symbol::Member { of, .. } => self.need_symbol(of, false),
            Symbol::External { .. } => {}
        }
    }

    fn item(&mut self, place: Place) {
        let Some(declarations) = self.linker.declarations(place.module) else {
            return;
        };
        let Some(item) =
            item_at(declarations, place.part).filter(|_| self.reached.items.insert(place))
        else {
            return;
        };
        // A declaration of several names brings all of them.
        if matches!(place.part, Part::Item(_)) && !self.is_global(place.module) {
            for name in &item.names {
                let symbol = Symbol::Local {
                    module: place.module,
                    name: name.clone(),
                };
                self.need_symbol(&symbol, false);
            }
        }
        for (at, found) in item.uses.iter().enumerate() {
            let (target, own_end) = (&found.target, found.end);
            if let Some((found, end)) = self.meaning(place, item, found) {
                self.need(&found);
                if let UseTarget::Name { name, .. } = target
                    && end == own_end
                {
                    self.hint(&found.symbol, name);
                }
                let hidden = declarations
                    .hidden
                    .get(item.uses.get(at).map_or(0, |it| it.hidden));
                let names = self.reached.hidden.entry(found.symbol.clone()).or_default();
                names.extend(hidden.into_iter().flatten().cloned());
                let symbol = found.symbol;
                self.reached
                    .replaced
                    .insert((place, at), Replaced { symbol, end });
            }
        }
    }

    /// What a use means, and where the text ends that means it; `None` if the text stays.
    fn meaning(&mut self, place: Place, item: &Item, found: &Use) -> Option<(Found, u32)> {
        let (base, members) = match &found.target {
            UseTarget::Declares { name, .. } => (
                self.named(place, name, Bound::Block, Meaning::Any)?,
                [].as_slice(),
            ),
            UseTarget::Name {
                name,
                bound,
                meaning,
                members,
                ..
            } => (
                self.named(place, name, *bound, *meaning)?,
                members.as_slice(),
            ),
            UseTarget::Import { request, members } => {
                let Target::Module(target) = self.linker.request(place.module, *request)? else {
                    return None;
                };
                if self.linker.declarations(*target).is_none() {
                    self.linker.complain(place.module, *request, *target, "");
                    return None;
                }
                let followed = self.followed(self.linker.namespace(*target)?, members, found.end);
                if followed.is_none() {
                    let name = members.first().map_or("", |member| member.name.as_str());
                    self.linker.complain(place.module, *request, *target, name);
                }
                return followed;
            }
        };
        // `import x = A.b` needs a dot.
        if item.head.starts_with("import") || self.is_alias(place, item) {
            return Some((base, found.end));
        }
        self.followed(base.clone(), members, found.end)
            .or(Some((base, found.end)))
    }

    fn is_alias(&self, place: Place, item: &Item) -> bool {
        let text = self
            .linker
            .declarations(place.module)
            .map(|found| found.text.as_str());
        let text = text.and_then(|text| text.get(item.start as usize..));
        text.is_some_and(|text| text.starts_with("import "))
    }

    fn followed(
        &self,
        base: Found,
        members: &[crust_transpile::Member],
        end: u32,
    ) -> Option<(Found, u32)> {
        let (found, taken) = self.linker.follow(base, members)?;
        let last = taken.checked_sub(1).and_then(|last| members.get(last));
        Some((found, last.map_or(end, |member| member.end)))
    }

    fn named(&mut self, place: Place, name: &str, bound: Bound, meaning: Meaning) -> Option<Found> {
        if let Part::Added(block, _) = place.part {
            let declarations = self.linker.declarations(place.module)?;
            let augmentation = declarations.augmentations.get(block)?;
            if let Some(Target::Module(target)) =
                self.linker.request(place.module, augmentation.request)
                && let Some(found) = self.linker.export(*target, name)
            {
                return Some(found);
            }
        }
        let is_root =
            bound == Bound::Root || matches!(place.part, Part::Item(_)) && bound == Bound::Block;
        let found = (is_root && !self.is_global(place.module))
            .then(|| self.linker.local(place.module, name))
            .flatten()
            .filter(|found| self.linker.may_mean(&found.symbol, meaning));
        if found.is_none() {
            self.reached.free.insert(name.to_owned());
        }
        found
    }
}
