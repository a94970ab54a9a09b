//! The statements of a text of declarations: imports, exports, and items for the rest.

use oxc_ast::ast::{
    ExportDefaultDeclaration, ExportDefaultDeclarationKind, ExportFromDeclaration, Expression,
    ImportAttributeKey, ImportDeclaration, ImportDeclarationSpecifier, ObjectExpression,
    ObjectPropertyKind, Program, PropertyKey, Statement, TSExportAssignment,
    TSExternalModuleDeclaration, TSImportEqualsDeclaration, TSModuleReference, WithClause,
};
use oxc_ast_visit::Visit;
use oxc_semantic::SemanticBuilder;
use oxc_span::GetSpan;

use super::DEFAULT;
use super::directives::directives;
use super::items;
use super::model::{
    Augmentation, Declarations, ExportedName, ImportedName, ImportedWhat, Item, Request,
};
use super::namespaces::{Namespaces, names_of};
use super::places;
use super::uses::Reader;

/// Modules by the names that they are asked for, each once.
#[derive(Default)]
pub(super) struct Requests {
    pub(super) list: Vec<Request>,
}

impl Requests {
    fn add(&mut self, request: Request) -> usize {
        let known = self.list.iter().position(|known| *known == request);
        known.unwrap_or_else(|| {
            self.list.push(request);
            self.list.len() - 1
        })
    }

    fn with_clause(&mut self, specifier: &str, clause: Option<&WithClause<'_>>) -> usize {
        let entries = clause.map(|clause| clause.with_entries.iter());
        let attributes = entries.into_iter().flatten().map(|entry| {
            let key = match &entry.key {
                ImportAttributeKey::Identifier(name) => name.name.to_string(),
                ImportAttributeKey::StringLiteral(name) => name.value.to_string(),
            };
            (key, entry.value.value.to_string())
        });
        self.add(Request {
            specifier: specifier.to_owned(),
            attributes: attributes.collect(),
        })
    }

    /// `{ with: { type: "…" } }` of an import in a type.
    pub(super) fn with_options(
        &mut self,
        specifier: &str,
        options: Option<&ObjectExpression<'_>>,
    ) -> usize {
        let with = options.and_then(|options| options.properties.first());
        let inner = with.and_then(|with| match with {
            ObjectPropertyKind::ObjectProperty(with) => match &with.value {
                Expression::ObjectExpression(inner) => Some(inner),
                _ => None,
            },
            ObjectPropertyKind::SpreadProperty(_) => None,
        });
        let entries = inner.map(|inner| inner.properties.iter());
        let attributes = entries.into_iter().flatten().filter_map(|entry| {
            let ObjectPropertyKind::ObjectProperty(entry) = entry else {
                return None;
            };
            let key = match &entry.key {
                PropertyKey::StringLiteral(key) => key.value.to_string(),
                PropertyKey::StaticIdentifier(key) => key.name.to_string(),
                _ => return None,
            };
            match &entry.value {
                Expression::StringLiteral(value) => Some((key, value.value.to_string())),
                _ => None,
            }
        });
        self.add(Request {
            specifier: specifier.to_owned(),
            attributes: attributes.collect(),
        })
    }
}

pub(super) fn read(text: &str, program: &Program<'_>) -> Declarations {
    let built = SemanticBuilder::new().build(program);
    let scoping = built.semantic.into_scoping();
    let namespaces = Namespaces::of(program);
    let mut module = Reading {
        reader: Reader::new(text, &scoping, &namespaces),
        program,
        found: Declarations::default(),
        implicit: Vec::new(),
        has_marker: false,
    };
    for statement in &program.body {
        module.statement(statement);
    }
    let Reading {
        reader,
        mut found,
        implicit,
        has_marker,
        ..
    } = module;
    reader.finish(&mut found);
    // In a file of declarations, everything is exported unless it says what is.
    if found.is_module && !has_marker {
        found.exports.extend(implicit);
    }
    found.directives = directives(text, program);
    found.places = places::places(program);
    text.clone_into(&mut found.text);
    found
}

struct Reading<'r, 'a> {
    reader: Reader<'r>,
    program: &'r Program<'a>,
    found: Declarations,
    /// Exports of names that have no `export`.
    implicit: Vec<ExportedName>,
    /// Whether something says what is exported, `export {}` at the least.
    has_marker: bool,
}

fn local(exported: &str, local: &str, type_only: bool) -> ExportedName {
    ExportedName::Local {
        exported: exported.to_owned(),
        local: local.to_owned(),
        type_only,
    }
}

impl Reading<'_, '_> {
    fn statement(&mut self, statement: &Statement<'_>) {
        self.found.is_module |= statement.is_module_declaration();
        match statement {
            Statement::ImportDeclaration(it) => self.import(it),
            Statement::ExportDeclaration(it) => {
                for name in names_of(&it.declaration) {
                    self.found
                        .exports
                        .push(local(&name.name, &name.name, false));
                }
                if !self.require(&it.declaration) {
                    let items = items::items(&mut self.reader, &it.declaration, it.span);
                    self.add(items, it.span.start);
                }
            }
            Statement::ExportNamedDeclaration(it) => {
                self.has_marker = true;
                for name in &it.specifiers {
                    let type_only = it.export_kind.is_type() || name.export_kind.is_type();
                    let export = local(&name.exported.name(), &name.local.name(), type_only);
                    self.found.exports.push(export);
                }
            }
            Statement::ExportFromDeclaration(it) => self.export_from(it),
            Statement::ExportAllDeclaration(it) => {
                self.has_marker = true;
                let clause = it.with_clause.as_deref();
                let request = self.reader.requests.with_clause(&it.source.value, clause);
                let type_only = it.export_kind.is_type();
                self.found.exports.push(match &it.exported {
                    Some(name) => ExportedName::From {
                        exported: name.name().to_string(),
                        request,
                        what: ImportedWhat::Namespace,
                        type_only,
                    },
                    None => ExportedName::Star { request, type_only },
                });
            }
            Statement::ExportDefaultDeclaration(it) => self.export_default(it),
            Statement::TSExportAssignment(it) => self.export_equals(it),
            Statement::TSNamespaceExportDeclaration(it) => {
                self.found.global_name = Some(it.id.name.to_string());
            }
            Statement::TSExternalModuleDeclaration(it) => self.augmentation(it),
            other => self.declaration(other),
        }
    }

    /// Items of a statement; its documentation goes with the first.
    fn add(&mut self, mut items: Vec<Item>, start: u32) {
        if let Some(first) = items.first_mut() {
            first.comments = items::comments(self.reader.text, self.program, start);
        }
        self.found.items.extend(items);
    }

    fn declaration(&mut self, statement: &Statement<'_>) {
        let Some(declaration) = statement.as_declaration() else {
            return;
        };
        for name in names_of(declaration) {
            self.implicit.push(local(&name.name, &name.name, false));
        }
        if self.require(declaration) {
            self.found.is_module = true;
            return;
        }
        let items = items::items(&mut self.reader, declaration, statement.span());
        self.add(items, statement.span().start);
    }

    /// `import x = require("…")`.
    fn require(&mut self, declaration: &oxc_ast::ast::Declaration<'_>) -> bool {
        let oxc_ast::ast::Declaration::TSImportEqualsDeclaration(it) = declaration else {
            return false;
        };
        let TSImportEqualsDeclaration {
            id,
            module_reference: TSModuleReference::ExternalModuleReference(module),
            import_kind,
            ..
        } = &**it
        else {
            return false;
        };
        let specifier = module.expression.value.as_str();
        let request = self.reader.requests.with_clause(specifier, None);
        self.found.imports.push(ImportedName {
            local: id.name.to_string(),
            request,
            what: ImportedWhat::Require,
            type_only: import_kind.is_type(),
        });
        true
    }

    fn import(&mut self, it: &ImportDeclaration<'_>) {
        let clause = it.with_clause.as_deref();
        let request = self.reader.requests.with_clause(&it.source.value, clause);
        let Some(names) = &it.specifiers else {
            self.found.effects.push(request);
            return;
        };
        for name in names {
            let (local, what, type_only) = match name {
                ImportDeclarationSpecifier::ImportSpecifier(name) => (
                    &name.local,
                    ImportedWhat::Name(name.imported.name().to_string()),
                    name.import_kind.is_type(),
                ),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(name) => {
                    (&name.local, ImportedWhat::Name("default".to_owned()), false)
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(name) => {
                    (&name.local, ImportedWhat::Namespace, false)
                }
            };
            self.found.imports.push(ImportedName {
                local: local.name.to_string(),
                request,
                what,
                type_only: type_only || it.import_kind.is_type(),
            });
        }
    }

    fn export_from(&mut self, it: &ExportFromDeclaration<'_>) {
        self.has_marker = true;
        let clause = it.with_clause.as_deref();
        let request = self.reader.requests.with_clause(&it.source.value, clause);
        for name in &it.specifiers {
            self.found.exports.push(ExportedName::From {
                exported: name.exported.name().to_string(),
                request,
                what: ImportedWhat::Name(name.local.name().to_string()),
                type_only: it.export_kind.is_type() || name.export_kind.is_type(),
            });
        }
    }

    fn export_default(&mut self, it: &ExportDefaultDeclaration<'_>) {
        let reader = &mut self.reader;
        let (item, name) = match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                items::default_function(reader, function, it.span)
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                items::default_class(reader, class, it.span)
            }
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(interface) => {
                reader.visit_ts_interface_declaration(interface);
                let mut item = items::whole(reader, it.span, "");
                let name = interface.id.name.to_string();
                item.names = vec![name.clone()];
                (item, name)
            }
            ExportDefaultDeclarationKind::Identifier(name) => {
                self.has_marker = true;
                self.found.exports.push(local("default", &name.name, false));
                return;
            }
            other => {
                self.has_marker = true;
                let Some(expression) = other.as_expression() else {
                    return;
                };
                let item = items::expression(reader, expression, false);
                (item, DEFAULT.to_owned())
            }
        };
        self.found.exports.push(local("default", &name, false));
        self.add(vec![item], it.span.start);
    }

    fn export_equals(&mut self, it: &TSExportAssignment<'_>) {
        self.has_marker = true;
        if let Expression::Identifier(name) = &it.expression {
            self.found.export_equals = Some(name.name.to_string());
            return;
        }
        let item = items::expression(&mut self.reader, &it.expression, true);
        self.found.export_equals = Some(DEFAULT.to_owned());
        self.add(vec![item], it.span.start);
    }

    fn augmentation(&mut self, it: &TSExternalModuleDeclaration<'_>) {
        let request = self.reader.requests.with_clause(&it.id.value, None);
        self.reader.visit_ts_external_module_declaration(it);
        let mut whole = items::whole(&mut self.reader, it.span, "declare ");
        whole.comments = items::comments(self.reader.text, self.program, it.span.start);
        let mut parts = Vec::new();
        if let (Some(body), Some(scope)) = (&it.body, it.scope_id.get()) {
            let root = self.reader.change_top(scope);
            parts = items::block_items(&mut self.reader, body);
            self.reader.change_top(root);
        }
        self.found.augmentations.push(Augmentation {
            request,
            whole,
            items: parts,
        });
    }
}
