//! What a piece declares at the top level, and which names it mentions anywhere.

use oxc_ast::ast::{
    ArrowFunctionExpression, Class, Expression, Function, IdentifierReference, Program, Statement,
    VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};
use oxc_ecmascript::BoundNames;
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::FxHashSet;

use super::piece::Unfit;

/// The names that a piece declares at the top level, in their order, each once.
pub(super) fn declared<'a>(program: &Program<'a>) -> Result<Vec<&'a str>, Unfit> {
    let mut declared = Declared::default();
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                import.bound_names(&mut |name| declared.add(name.name.as_str()));
            }
            // A bundler names what it exports at the end. What is exported where it is declared must keep its name.
            Statement::ExportDeclaration(_) | Statement::ExportDefaultDeclaration(_) => {
                return Err(Unfit);
            }
            Statement::VariableDeclaration(variables) => {
                variables.bound_names(&mut |name| declared.add(name.name.as_str()));
            }
            Statement::FunctionDeclaration(function) => {
                if let Some(name) = &function.id {
                    declared.add(name.name.as_str());
                }
            }
            Statement::ClassDeclaration(class) => {
                if let Some(name) = &class.id {
                    declared.add(name.name.as_str());
                }
            }
            // A `var` in a block belongs to the top level as well.
            other => declared.visit_statement(other),
        }
    }
    Ok(declared.names)
}

#[derive(Default)]
struct Declared<'a> {
    names: Vec<&'a str>,
    known: FxHashSet<&'a str>,
}

impl<'a> Declared<'a> {
    fn add(&mut self, name: &'a str) {
        if self.known.insert(name) {
            self.names.push(name);
        }
    }
}

impl<'a> Visit<'a> for Declared<'a> {
    fn visit_variable_declaration(&mut self, variables: &VariableDeclaration<'a>) {
        if variables.kind.is_var() {
            variables.bound_names(&mut |name| self.add(name.name.as_str()));
        }
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_class(&mut self, _: &Class<'a>) {}

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}

    fn visit_expression(&mut self, _: &Expression<'a>) {}
}

/// Every name that is read or written somewhere in a piece.
pub(super) fn mentioned<'a>(program: &Program<'a>) -> FxHashSet<&'a str> {
    let mut mentioned = Mentioned::default();
    walk::walk_program(&mut mentioned, program);
    mentioned.0
}

#[derive(Default)]
struct Mentioned<'a>(FxHashSet<&'a str>);

impl<'a> Visit<'a> for Mentioned<'a> {
    fn visit_identifier_reference(&mut self, reference: &IdentifierReference<'a>) {
        self.0.insert(reference.name.as_str());
    }
}
