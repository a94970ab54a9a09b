//! What a source imports and exports, without transpiling it for anybody (`Bun.Transpiler`'s `scan`).

use std::collections::BTreeSet;

use crust_diag::Diagnostic;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression,
    ImportDeclaration, ImportDeclarationSpecifier, ImportExpression,
};
use oxc_ast_visit::{Visit, walk};

use crate::module::Module;
use crate::options::Options;
use crate::{nesting, parse, transpile};

/// How something is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// `import … from`, `export … from`.
    Statement,
    /// `import(…)`.
    Dynamic,
    /// `require(…)`.
    Require,
    /// `require.resolve(…)`.
    RequireResolve,
}

/// What a source imports and exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Each import with its specifier, in the order of the source; types are none.
    pub imports: Vec<(ImportKind, String)>,
    /// The names that are exported, in order.
    pub exports: Vec<String>,
}

/// Finds the imports whose specifiers are literals, and the exports. With `used_only`, statements whose names
/// nothing uses are no imports.
///
/// # Errors
/// As [`transpile()`].
pub fn scan(source: &str, options: &Options, used_only: bool) -> Result<Scanned, Vec<Diagnostic>> {
    let module = transpile(source.to_owned(), options)?;
    let exports = exports(&module);
    let found = nesting::with_stack(source, |_| {
        let allocator = Allocator::default();
        let mut imports = Imports::default();
        // It has been parsed once already.
        if let Ok(parsed) = parse::parse(&allocator, source, options) {
            imports.visit_program(&parsed.program);
        }
        Ok(imports.found)
    });
    let mut imports = found?;
    if used_only {
        let used: BTreeSet<&str> = module
            .requests
            .iter()
            .map(|request| request.specifier.as_str())
            .collect();
        imports
            .retain(|(kind, path)| *kind != ImportKind::Statement || used.contains(path.as_str()));
    }
    Ok(Scanned { imports, exports })
}

fn exports(module: &Module) -> Vec<String> {
    let local = module.local_exports.iter().map(|it| it.exported.clone());
    let indirect = module.indirect_exports.iter().map(|it| it.exported.clone());
    let mut names: Vec<String> = local.chain(indirect).collect();
    names.sort();
    names
}

#[derive(Default)]
struct Imports {
    found: Vec<(ImportKind, String)>,
}

impl Imports {
    /// A module that is imported twice is one import.
    fn statement(&mut self, specifier: &str) {
        let found = (ImportKind::Statement, specifier.to_owned());
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }
}

/// A specifier that is written out.
fn literal(expression: &Expression<'_>) -> Option<String> {
    match expression {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        Expression::TemplateLiteral(text) => text.single_quasi().map(|text| text.to_string()),
        _ => None,
    }
}

impl<'a> Visit<'a> for Imports {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let is_type = |specifier: &ImportDeclarationSpecifier<'a>| matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(it) if it.import_kind.is_type());
        let only_types = it
            .specifiers
            .as_ref()
            .is_some_and(|list| !list.is_empty() && list.iter().all(is_type));
        if !it.import_kind.is_type() && !only_types {
            self.statement(&it.source.value);
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        if !it.export_kind.is_type() {
            self.statement(&it.source.value);
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        if !it.export_kind.is_type() {
            self.statement(&it.source.value);
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Some(specifier) = literal(&it.source) {
            self.found.push((ImportKind::Dynamic, specifier));
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let is_require = |callee: &Expression<'a>| matches!(callee, Expression::Identifier(name) if name.name == "require");
        let kind = match &it.callee {
            callee if is_require(callee) => Some(ImportKind::Require),
            Expression::StaticMemberExpression(member)
                if member.property.name == "resolve" && is_require(&member.object) =>
            {
                Some(ImportKind::RequireResolve)
            }
            _ => None,
        };
        if let (Some(kind), [Argument::StringLiteral(specifier)]) = (kind, it.arguments.as_slice())
        {
            self.found.push((kind, specifier.value.to_string()));
        }
        walk::walk_call_expression(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Syntax;

    #[test]
    fn imports_and_exports_are_found() {
        let options = Options {
            syntax: Syntax::Tsx,
            ..Options::default()
        };
        let source = "import a from 'a'; import type T from 't'; import './side'; export * from './star'; \
            export { x as y } from './x'; export const n = a; export default 2; await import('./dyn'); require('r'); require(v); \
            import {type U} from 'u'; import {unused, type V} from 'v'; require.resolve('rr'); import(`tpl`); import(`${t}`); <p/>;";
        let scanned = scan(source, &options, false).unwrap();
        let imports: Vec<(ImportKind, &str)> = scanned
            .imports
            .iter()
            .map(|(kind, path)| (*kind, path.as_str()))
            .collect();
        assert_eq!(
            imports,
            [
                (ImportKind::Statement, "a"),
                (ImportKind::Statement, "./side"),
                (ImportKind::Statement, "./star"),
                (ImportKind::Statement, "./x"),
                (ImportKind::Dynamic, "./dyn"),
                (ImportKind::Require, "r"),
                (ImportKind::Statement, "v"),
                (ImportKind::RequireResolve, "rr"),
                (ImportKind::Dynamic, "tpl"),
            ]
        );
        let used = scan(source, &options, true).unwrap();
        assert_eq!(used.imports.len(), 8);
        assert_eq!(scanned.exports, ["default", "n", "y"]);
        assert!(scan("let = 3 +;", &options, false).is_err());
    }
}
