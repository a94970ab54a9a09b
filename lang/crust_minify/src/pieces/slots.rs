//! Which of the names inside of a piece may be the same. What is declared below the top level gets a slot, a number
//! for a name. Two share one where no scope sees both: a scope's declarations take the first slots that nothing from
//! further out holds there.

use oxc_semantic::{NodeId, Reference, ScopeId, Semantic, SymbolId};

/// The slots of a piece, by symbol.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) of_symbol: Vec<Option<usize>>,
    pub(super) count: usize,
}

impl Slots {
    fn get(&self, symbol: SymbolId) -> Option<usize> {
        self.of_symbol.get(symbol.index()).copied().flatten()
    }

    fn set(&mut self, symbol: SymbolId, slot: usize) {
        if let Some(place) = self.of_symbol.get_mut(symbol.index()) {
            *place = Some(slot);
        }
    }
}

/// The scopes in which a slot is held.
struct Held(Vec<u64>);

impl Held {
    fn contains(&self, scope: ScopeId) -> bool {
        let word = self.0.get(scope.index() / 64).copied().unwrap_or_default();
        word >> (scope.index() % 64) & 1 == 1
    }

    fn insert(&mut self, scope: ScopeId) {
        let word = scope.index() / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (scope.index() % 64);
        }
    }
}

/// Gives each symbol below the top level its slot. Outer scopes come before inner ones.
pub(super) fn assign(semantic: &Semantic<'_>) -> Slots {
    let scoping = semantic.scoping();
    let mut slots = Slots {
        of_symbol: vec![None; scoping.symbols_len()],
        count: 0,
    };
    let mut held: Vec<Held> = Vec::new();
    for (scope, bindings) in scoping.iter_bindings() {
        if scope == scoping.root_scope_id() || bindings.is_empty() {
            continue;
        }
        let mut symbols: Vec<SymbolId> = bindings.values().copied().collect();
        symbols.sort_unstable();
        let mut next = 0;
        for symbol in symbols {
            // `arguments` may only be declared in sloppy code, where it is what it says.
            if scoping.symbol_name(symbol) == "arguments" {
                continue;
            }
            while held.get(next).is_some_and(|held| held.contains(scope)) {
                next += 1;
            }
            if next == held.len() {
                held.push(Held(Vec::new()));
            }
            if let Some(held) = held.get_mut(next) {
                hold(held, semantic, scope, symbol);
            }
            slots.set(symbol, next);
            next += 1;
        }
        name_of_function(semantic, scope, &mut slots);
    }
    slots.count = held.len();
    slots
}

/// Holds a slot for a symbol of a scope: there, and on the way to each place that names it.
fn hold(held: &mut Held, semantic: &Semantic<'_>, scope: ScopeId, symbol: SymbolId) {
    let scoping = semantic.scoping();
    let scope_of = |node: NodeId| semantic.nodes().get_node(node).scope_id();
    let declared = scoping.symbol_declarations(symbol).map(scope_of);
    let used = scoping
        .get_resolved_references(symbol)
        .map(Reference::scope_id);
    held.insert(scope);
    for place in declared.chain(used) {
        // A function's name is declared further out.
        if !scoping.scope_is_descendant_of(place, scope) {
            continue;
        }
        let way = scoping.scope_ancestors(place);
        for passed in way.take_while(|passed| *passed != scope) {
            held.insert(passed);
        }
    }
}

/// The name of a function expression that a parameter or variable of the same name hides is in no scope. It may be
/// called as that one is, since nothing can tell.
fn name_of_function(semantic: &Semantic<'_>, scope: ScopeId, slots: &mut Slots) {
    let scoping = semantic.scoping();
    if !scoping.scope_flags(scope).is_function() {
        return;
    }
    let node = semantic.nodes().kind(scoping.get_node_id(scope));
    let Some(function) = node.as_function().filter(|node| node.is_expression()) else {
        return;
    };
    let Some(name) = &function.id else { return };
    let hiding = scoping.get_binding(scope, name.name);
    if let Some(hiding) = hiding.filter(|hiding| *hiding != name.symbol_id())
        && let Some(slot) = slots.get(hiding)
    {
        slots.set(name.symbol_id(), slot);
    }
}
