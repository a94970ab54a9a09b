//! Names that the parts of a namespace share: what one of its blocks declares, the others see too.

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::ast::{
    BindingIdentifier, Declaration, ExportDeclaration, Program, Statement, TSModuleBlock,
    TSNamespaceDeclaration, TSNamespaceDeclarationBody,
};
use oxc_ast_visit::{Visit, walk};

/// The names of each namespace by its path, `A.B`.
#[derive(Default)]
pub(super) struct Namespaces {
    names: BTreeMap<String, BTreeSet<String>>,
    path: Vec<String>,
}

impl Namespaces {
    pub(super) fn of(program: &Program<'_>) -> Self {
        let mut namespaces = Self::default();
        namespaces.visit_program(program);
        namespaces
    }

    /// What any block of the namespace declares.
    pub(super) fn names(&self, path: &[String]) -> impl Iterator<Item = &String> {
        let names = self.names.get(&path.join("."));
        names.into_iter().flatten()
    }

    /// Whether one of the namespaces around declares the name.
    pub(super) fn declare(&self, path: &[String], name: &str) -> bool {
        (1..=path.len()).any(|length| {
            let path = path.get(..length).unwrap_or_default();
            let names = self.names.get(&path.join("."));
            names.is_some_and(|names| names.contains(name))
        })
    }

    fn declared(&mut self, name: &BindingIdentifier<'_>) {
        let names = self.names.entry(self.path.join(".")).or_default();
        names.insert(name.name.to_string());
    }

    fn statement(&mut self, statement: &Statement<'_>) {
        let exported = match statement {
            Statement::ExportDeclaration(it) => {
                let ExportDeclaration { declaration, .. } = &**it;
                Some(declaration)
            }
            other => other.as_declaration(),
        };
        let names = exported.map(names_of).unwrap_or_default();
        for name in names {
            self.declared(name);
        }
    }
}

/// The names that a declaration declares.
pub(super) fn names_of<'d, 'a>(declaration: &'d Declaration<'a>) -> Vec<&'d BindingIdentifier<'a>> {
    match declaration {
        Declaration::VariableDeclaration(it) => {
            let declarators = it.declarations.iter();
            declarators
                .flat_map(|declarator| declarator.id.get_binding_identifiers())
                .collect()
        }
        Declaration::FunctionDeclaration(it) => it.id.iter().collect(),
        Declaration::ClassDeclaration(it) => it.id.iter().collect(),
        Declaration::TSTypeAliasDeclaration(it) => vec![&it.id],
        Declaration::TSInterfaceDeclaration(it) => vec![&it.id],
        Declaration::TSEnumDeclaration(it) => vec![&it.id],
        Declaration::TSNamespaceDeclaration(it) => vec![&it.id],
        Declaration::TSImportEqualsDeclaration(it) => vec![&it.id],
        Declaration::TSExternalModuleDeclaration(_) | Declaration::TSGlobalDeclaration(_) => {
            Vec::new()
        }
    }
}

impl<'a> Visit<'a> for Namespaces {
    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.path.push(it.id.name.to_string());
        if let TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) = &it.body {
            self.declared(&inner.id);
        }
        walk::walk_ts_namespace_declaration(self, it);
        self.path.pop();
    }

    fn visit_ts_module_block(&mut self, it: &TSModuleBlock<'a>) {
        if !self.path.is_empty() {
            for statement in &it.body {
                self.statement(statement);
            }
        }
        walk::walk_ts_module_block(self, it);
    }
}
