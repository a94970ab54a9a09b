//! Which enum or namespace object an identifier is a member of. Inside their bodies members are
//! named without the object; here such a name finds its object. Edits are made elsewhere.

use oxc_ast::ast::{
    BindingIdentifier, Declaration, IdentifierReference, Program, Statement,
    TSNamespaceDeclaration, TSNamespaceDeclarationBody,
};
use oxc_semantic::Scoping;
use oxc_syntax::{scope::ScopeId, symbol::SymbolId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lower::{Lowering, types};

/// What the declarations of one enum or namespace export together.
#[derive(Debug, Default)]
struct Group {
    names: FxHashSet<String>,
}

/// What identifies an enum or namespace that is declared several times.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Enum(SymbolId),
    Namespace(SymbolId),
    /// A namespace that another one, by its group, exports.
    Member(usize, String),
}

/// The body of an enum or namespace that is being visited.
#[derive(Debug)]
struct Frame {
    /// The expression of the object.
    object: String,
    scope: ScopeId,
    /// Every binding of the body's own scope is a member.
    is_enum: bool,
    group: Option<usize>,
}

/// The enums and namespaces of a file.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    groups: Vec<Group>,
    keys: FxHashMap<Key, usize>,
    group_of_scope: FxHashMap<ScopeId, usize>,
    /// Variables that a namespace exports: they live on the object alone.
    variables: FxHashSet<SymbolId>,
    declared: FxHashSet<SymbolId>,
    frames: Vec<Frame>,
}

/// Finds the namespaces of a program, which stand at its top level or in each other.
pub(crate) fn collect(lowering: &mut Lowering<'_>, program: &Program<'_>) {
    if lowering.is_typescript() {
        lowering.containers.statements(&program.body, None);
    }
}

impl Containers {
    fn statements(&mut self, statements: &[Statement<'_>], parent: Option<usize>) {
        for statement in statements {
            match statement {
                Statement::TSNamespaceDeclaration(it) => self.namespace(it, None),
                Statement::ExportDeclaration(it) => {
                    if let Some(parent) = parent {
                        self.export(&it.declaration, parent);
                    }
                    if let Declaration::TSNamespaceDeclaration(it) = &it.declaration {
                        self.namespace(it, parent);
                    }
                }
                _ => {}
            }
        }
    }

    fn namespace(&mut self, it: &TSNamespaceDeclaration<'_>, parent: Option<usize>) {
        let (Some(scope), Some(symbol)) = (it.scope_id.get(), it.id.symbol_id.get()) else {
            return;
        };
        let key = parent.map_or(Key::Namespace(symbol), |parent| {
            Key::Member(parent, it.id.name.to_string())
        });
        let next = self.groups.len();
        let group = *self.keys.entry(key).or_insert(next);
        if group == next {
            self.groups.push(Group::default());
        }
        self.group_of_scope.insert(scope, group);
        match &it.body {
            TSNamespaceDeclarationBody::TSModuleBlock(block) => {
                self.statements(&block.body, Some(group));
            }
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => {
                self.name(group, &inner.id);
                self.namespace(inner, Some(group));
            }
        }
    }

    fn export(&mut self, it: &Declaration<'_>, group: usize) {
        match it {
            Declaration::VariableDeclaration(it) => {
                for declarator in &it.declarations {
                    for id in declarator.id.get_binding_identifiers() {
                        self.variables.extend(id.symbol_id.get());
                        self.name(group, id);
                    }
                }
            }
            Declaration::FunctionDeclaration(it) => {
                it.id.iter().for_each(|id| self.name(group, id));
            }
            Declaration::ClassDeclaration(it) => {
                it.id.iter().for_each(|id| self.name(group, id));
            }
            Declaration::TSEnumDeclaration(it) => self.name(group, &it.id),
            Declaration::TSNamespaceDeclaration(it) if types::is_instantiated(it) => {
                self.name(group, &it.id);
            }
            Declaration::TSImportEqualsDeclaration(it) => {
                self.variables.extend(it.id.symbol_id.get());
                self.name(group, &it.id);
            }
            _ => {}
        }
    }

    /// Whether the next statement is the first that declares the name.
    pub(super) fn declares(&mut self, symbol: SymbolId) -> bool {
        self.declared.insert(symbol)
    }

    fn name(&mut self, group: usize, id: &BindingIdentifier<'_>) {
        if let Some(group) = self.groups.get_mut(group) {
            group.names.insert(id.name.to_string());
        }
    }
}

/// Visits the body of an enum or namespace, whose members are read from `object`.
pub(crate) fn inside<'a>(
    lowering: &mut Lowering<'a>,
    object: &str,
    scope: Option<ScopeId>,
    enum_symbol: Option<SymbolId>,
    visit: impl FnOnce(&mut Lowering<'a>),
) {
    let Some(scope) = scope else {
        lowering.in_function(visit);
        return;
    };
    let group = lowering.containers.group_of_scope.get(&scope).copied();
    let group = group.or_else(|| enum_group(lowering, enum_symbol?));
    lowering.containers.frames.push(Frame {
        object: object.to_owned(),
        scope,
        is_enum: enum_symbol.is_some(),
        group,
    });
    lowering.in_function(visit);
    lowering.containers.frames.pop();
}

/// The members of an enum that is declared several times.
fn enum_group(lowering: &mut Lowering<'_>, symbol: SymbolId) -> Option<usize> {
    let scoping = lowering.scoping?;
    let scopes = scoping.get_enum_body_scopes(symbol)?;
    if scopes.len() < 2 {
        return None;
    }
    let containers = &mut lowering.containers;
    let next = containers.groups.len();
    let group = *containers.keys.entry(Key::Enum(symbol)).or_insert(next);
    if group == next {
        let bindings = scopes.iter().flat_map(|&scope| scoping.get_bindings(scope));
        let names = bindings.map(|(name, _)| name.to_string()).collect();
        containers.groups.push(Group { names });
    }
    Some(group)
}

/// The member expression that an identifier stands for, if it is a member's name.
pub(crate) fn member(lowering: &Lowering<'_>, it: &IdentifierReference<'_>) -> Option<String> {
    if lowering.containers.frames.is_empty() {
        return None;
    }
    let scoping = lowering.scoping?;
    let reference = it.reference_id.get()?;
    let symbol = scoping.get_reference(reference).symbol_id();
    let object = lowering
        .containers
        .object_of(scoping, symbol, it.name.as_str())?;
    Some(format!("{object}.{}", it.name))
}

impl Containers {
    fn object_of(&self, scoping: &Scoping, symbol: Option<SymbolId>, name: &str) -> Option<&str> {
        let home = symbol.map(|symbol| scoping.symbol_scope_id(symbol));
        for frame in self.frames.iter().rev() {
            if let Some(home) = home
                && (home == frame.scope || scoping.scope_is_descendant_of(home, frame.scope))
            {
                let is_member = home == frame.scope
                    && (frame.is_enum
                        || symbol.is_some_and(|symbol| self.variables.contains(&symbol)));
                return is_member.then_some(frame.object.as_str());
            }
            let group = frame.group.and_then(|group| self.groups.get(group));
            if group.is_some_and(|group| group.names.contains(name)) {
                return Some(&frame.object);
            }
        }
        None
    }
}

/// The name of an object inside its body: its own, unless the body declares that name itself.
pub(crate) fn object_name(lowering: &Lowering<'_>, name: &str, scope: Option<ScopeId>) -> String {
    if is_declared_within(lowering, name, scope) {
        lowering.names.derived(name)
    } else {
        name.to_owned()
    }
}

/// Whether a scope or one inside it binds `name`. The scopes inside follow it directly.
fn is_declared_within(lowering: &Lowering<'_>, name: &str, scope: Option<ScopeId>) -> bool {
    let Some((scoping, scope)) = lowering.scoping.zip(scope) else {
        return true;
    };
    let first = scope.index();
    for index in first..scoping.scopes_len() {
        let inner = ScopeId::from_usize(index);
        if index != first && !scoping.scope_is_descendant_of(inner, scope) {
            return false;
        }
        if scoping.get_binding(inner, name.into()).is_some() {
            return true;
        }
    }
    false
}
