//! The names in a declaration: those that it declares at its top level, and those that it uses and that are declared
//! outside of it.

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::ast::{
    BindingIdentifier, ExportNamedDeclaration, Expression, IdentifierReference, ModuleExportName,
    StaticMemberExpression, TSClassImplements, TSImportType, TSImportTypeQualifier,
    TSInterfaceHeritage, TSNamespaceDeclaration, TSQualifiedName, TSTypeName, TSTypeReference,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Reference, ScopeId, Scoping, SymbolId};
use oxc_span::GetSpan;

use super::model::{Bound, Declarations, Meaning, Member, Use, UseTarget};
use super::namespaces::Namespaces;
use super::statements::Requests;

/// What is known of the module.
pub(super) struct Reader<'r> {
    pub(super) text: &'r str,
    pub(super) scoping: &'r Scoping,
    pub(super) namespaces: &'r Namespaces,
    pub(super) requests: Requests,
    /// The scope whose names items declare: the module's, or a block's of `declare module`.
    top: ScopeId,
    pub(super) uses: Vec<Use>,
    pub(super) hidden: Vec<BTreeSet<String>>,
    /// Places among `hidden` by scope.
    known: BTreeMap<usize, usize>,
    path: Vec<String>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(text: &'r str, scoping: &'r Scoping, namespaces: &'r Namespaces) -> Self {
        Self {
            text,
            scoping,
            namespaces,
            requests: Requests::default(),
            top: scoping.root_scope_id(),
            uses: Vec::new(),
            hidden: vec![BTreeSet::new()],
            known: BTreeMap::new(),
            path: Vec::new(),
        }
    }

    /// Reads names of another top level; answers the one before.
    pub(super) fn change_top(&mut self, top: ScopeId) -> ScopeId {
        self.known.clear();
        std::mem::replace(&mut self.top, top)
    }

    /// The uses since the last call, in the order of the text.
    pub(super) fn take(&mut self) -> Vec<Use> {
        let mut uses = std::mem::take(&mut self.uses);
        uses.sort_by_key(|found| found.start);
        uses
    }

    pub(super) fn finish(self, declarations: &mut Declarations) {
        declarations.requests = self.requests.list;
        declarations.hidden = self.hidden;
    }

    /// Names that a scope sees and that are not of the top level.
    fn hidden_in(&mut self, scope: ScopeId) -> usize {
        if let Some(known) = self.known.get(&scope.index()) {
            return *known;
        }
        let root = self.scoping.root_scope_id();
        let mut names = BTreeSet::new();
        for scope in self.scoping.scope_ancestors(scope) {
            if scope == self.top || scope == root {
                break;
            }
            let bound = self.scoping.get_bindings(scope).keys();
            names.extend(bound.map(ToString::to_string));
        }
        for length in 1..=self.path.len() {
            let path = self.path.get(..length).unwrap_or_default();
            names.extend(self.namespaces.names(path).cloned());
        }
        let place = self.hidden.len();
        self.hidden.push(names);
        self.known.insert(scope.index(), place);
        place
    }

    /// Where a reference leads; `None` if to something inside of the declaration.
    fn bound(&self, name: &IdentifierReference<'_>, has_members: bool) -> Option<Bound> {
        let text = name.name.as_str();
        let reference = self.scoping.get_reference(name.reference_id.get()?);
        let root = self.scoping.root_scope_id();
        let scope = reference
            .symbol_id()
            .map(|symbol| self.scoping.symbol_scope_id(symbol));
        match scope {
            Some(scope) if scope != root && scope != self.top => return None,
            _ if self.namespaces.declare(&self.path, text) => return None,
            Some(scope) if scope == root => return Some(Bound::Root),
            Some(_) => return Some(Bound::Block),
            None => {}
        }
        // A name of the top level may only be a type, or only a value; then another one is meant, unless it comes from
        // elsewhere and nobody knows.
        let symbol = self.scoping.get_root_binding(name.name);
        let may_be = symbol.is_some_and(|symbol| has_members || self.is_import(symbol));
        Some(if may_be { Bound::Root } else { Bound::Free })
    }

    fn is_import(&self, symbol: SymbolId) -> bool {
        self.scoping.symbol_flags(symbol).is_import()
    }

    fn name(&mut self, name: &IdentifierReference<'_>, members: Vec<Member>) {
        self.add(name, members, None, Meaning::Any);
    }

    /// A name where only types are looked for, or names with members.
    fn type_name(&mut self, name: &TSTypeName<'_>) {
        match name {
            TSTypeName::IdentifierReference(name) => {
                self.add(name, Vec::new(), None, Meaning::Type);
            }
            other => self.visit_ts_type_name(other),
        }
    }

    fn add(
        &mut self,
        name: &IdentifierReference<'_>,
        members: Vec<Member>,
        exported: Option<String>,
        meaning: Meaning,
    ) {
        let Some(bound) = self.bound(name, !members.is_empty()) else {
            return;
        };
        let id = name.reference_id.get();
        let reference = id.map(|id| self.scoping.get_reference(id));
        let scope = reference.map(Reference::scope_id);
        let hidden = scope.map_or(0, |scope| self.hidden_in(scope));
        self.uses.push(Use {
            start: name.span.start,
            end: name.span.end,
            target: UseTarget::Name {
                name: name.name.to_string(),
                bound,
                meaning,
                members,
                exported,
            },
            hidden,
        });
    }
}

/// `A` of `A.b.c`, and what follows it.
fn chain<'n, 'a>(
    name: &'n TSQualifiedName<'a>,
) -> Option<(&'n IdentifierReference<'a>, Vec<Member>)> {
    let mut members = vec![member(&name.right.name, name.right.span.end)];
    let mut left = &name.left;
    loop {
        match left {
            TSTypeName::IdentifierReference(base) => {
                members.reverse();
                return Some((base, members));
            }
            TSTypeName::QualifiedName(inner) => {
                members.push(member(&inner.right.name, inner.right.span.end));
                left = &inner.left;
            }
            TSTypeName::ThisExpression(_) => return None,
        }
    }
}

fn member(name: &str, end: u32) -> Member {
    Member {
        name: name.to_owned(),
        end,
    }
}

/// Where the first name behind `import("…")` starts.
fn first_start(qualifier: &TSImportTypeQualifier<'_>) -> u32 {
    let mut rest = qualifier;
    loop {
        match rest {
            TSImportTypeQualifier::Identifier(name) => return name.span.start,
            TSImportTypeQualifier::QualifiedName(name) => rest = &name.left,
        }
    }
}

/// The names behind `import("…")`.
fn qualifier(qualifier: Option<&TSImportTypeQualifier<'_>>) -> Vec<Member> {
    let (mut members, mut rest) = (Vec::new(), qualifier);
    while let Some(part) = rest {
        rest = match part {
            TSImportTypeQualifier::Identifier(name) => {
                members.push(member(&name.name, name.span.end));
                None
            }
            TSImportTypeQualifier::QualifiedName(name) => {
                members.push(member(&name.right.name, name.right.span.end));
                Some(&name.left)
            }
        };
    }
    members.reverse();
    members
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        let scope = it
            .symbol_id
            .get()
            .map(|symbol| self.scoping.symbol_scope_id(symbol));
        if scope == Some(self.top) {
            self.uses.push(Use {
                start: it.span.start,
                end: it.span.end,
                target: UseTarget::Declares {
                    name: it.name.to_string(),
                    before: "",
                    after: "",
                },
                hidden: 0,
            });
        }
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.name(it, Vec::new());
    }

    fn visit_ts_type_reference(&mut self, it: &TSTypeReference<'a>) {
        self.type_name(&it.type_name);
        if let Some(list) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(list);
        }
    }

    fn visit_ts_interface_heritage(&mut self, it: &TSInterfaceHeritage<'a>) {
        self.type_name(&it.type_name);
        if let Some(list) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(list);
        }
    }

    fn visit_ts_class_implements(&mut self, it: &TSClassImplements<'a>) {
        self.type_name(&it.expression);
        if let Some(list) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(list);
        }
    }

    fn visit_ts_qualified_name(&mut self, it: &TSQualifiedName<'a>) {
        if let Some((base, members)) = chain(it) {
            self.name(base, members);
        }
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let mut members = vec![member(&it.property.name, it.property.span.end)];
        let mut object = &it.object;
        while let Expression::StaticMemberExpression(inner) = object {
            members.push(member(&inner.property.name, inner.property.span.end));
            object = &inner.object;
        }
        if let Expression::Identifier(base) = object {
            members.reverse();
            self.name(base, members);
        } else {
            walk::walk_expression(self, object);
        }
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        let options = it.options.as_deref();
        let request = self.requests.with_options(&it.source.value, options);
        let members = qualifier(it.qualifier.as_ref());
        let rest = it.type_arguments.as_ref().map(|list| list.span.start);
        let first = it.qualifier.as_ref().map(first_start);
        let dot = first.and_then(|start| self.text.get(..start as usize)?.rfind('.'));
        let dot = dot.and_then(|at| u32::try_from(at).ok());
        let end = dot.or(rest).unwrap_or(it.span.end);
        // The scope of an import is not known.
        let hidden = self.everything();
        self.uses.push(Use {
            start: it.span.start,
            end,
            target: UseTarget::Import { request, members },
            hidden,
        });
        if let Some(list) = &it.type_arguments {
            self.visit_ts_type_parameter_instantiation(list);
        }
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        for specifier in &it.specifiers {
            let ModuleExportName::IdentifierReference(local) = &specifier.local else {
                continue;
            };
            let same = specifier.local.span() == specifier.exported.span();
            let exported = same.then(|| local.name.to_string());
            self.add(local, Vec::new(), exported, Meaning::Any);
        }
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.visit_binding_identifier(&it.id);
        self.path.push(it.id.name.to_string());
        self.visit_ts_namespace_declaration_body(&it.body);
        self.path.pop();
    }
}

impl Reader<'_> {
    /// All names that are declared anywhere but at the top level: more than are hidden at one place.
    fn everything(&mut self) -> usize {
        let key = usize::MAX;
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let root = self.scoping.root_scope_id();
        let symbols = self.scoping.symbol_ids();
        let names = symbols
            .filter(|symbol| self.scoping.symbol_scope_id(*symbol) != root)
            .map(|symbol| self.scoping.symbol_name(symbol).to_owned())
            .collect();
        let place = self.hidden.len();
        self.hidden.push(names);
        self.known.insert(key, place);
        place
    }
}
