//! Where a source asks for names of other modules, so that a linker can say where one is missing.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    ExportAllDeclaration, ExportFromDeclaration, ImportDeclaration, ImportDeclarationSpecifier,
    Program, TSExternalModuleDeclaration, TSExternalModuleReference, TSImportType,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

/// Spans by specifier and name; an empty name is the specifier's own.
pub(super) fn places(program: &Program<'_>) -> BTreeMap<(String, String), (u32, u32)> {
    let mut places = Places::default();
    places.visit_program(program);
    places.0
}

#[derive(Default)]
struct Places(BTreeMap<(String, String), (u32, u32)>);

impl Places {
    /// The first place counts.
    fn note(&mut self, specifier: &str, name: &str, span: Span) {
        let key = (specifier.to_owned(), name.to_owned());
        self.0.entry(key).or_insert((span.start, span.end));
    }
}

impl<'a> Visit<'a> for Places {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let specifier = it.source.value.as_str();
        self.note(specifier, "", it.source.span);
        for name in it.specifiers.iter().flatten() {
            match name {
                ImportDeclarationSpecifier::ImportSpecifier(name) => {
                    let imported = name.imported.name();
                    self.note(specifier, &imported, name.imported.span());
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(name) => {
                    self.note(specifier, "default", name.span);
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => {}
            }
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        let specifier = it.source.value.as_str();
        self.note(specifier, "", it.source.span);
        for name in &it.specifiers {
            self.note(specifier, &name.local.name(), name.local.span());
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.note(&it.source.value, "", it.source.span);
    }

    fn visit_ts_external_module_reference(&mut self, it: &TSExternalModuleReference<'a>) {
        self.note(&it.expression.value, "", it.expression.span);
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        self.note(&it.id.value, "", it.id.span);
        walk::walk_ts_external_module_declaration(self, it);
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        self.note(&it.source.value, "", it.source.span);
        walk::walk_ts_import_type(self, it);
    }
}
