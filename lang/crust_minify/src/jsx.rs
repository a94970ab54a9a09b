//! The functions that elements are made with. A bundler reads them anew for each element, `(0, import_jsx_runtime.jsx)(…)`,
//! as it does with everything of a CommonJS module, whose exports may change. Those of the runtime do not, so each gets
//! a variable beside that of the module.

use memchr::memmem;
use oxc_allocator::{Allocator, ArenaBox};
use oxc_ast::ast::{
    BindingIdentifier, BindingPattern, CallExpression, Expression, IdentifierName, Program,
    Statement, VariableDeclarationKind, VariableDeclarator,
};
use oxc_ast::builder::AstBuilder;
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_span::SPAN;
use oxc_str::Ident;

/// How a bundler names the runtime, with a number behind it where there are several.
const RUNTIMES: [&str; 2] = ["import_jsx_runtime", "import_jsx_dev_runtime"];
const FUNCTIONS: [&str; 3] = ["jsx", "jsxs", "jsxDEV"];

/// A function of a runtime that a program calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ElementFunction {
    /// The variable of the runtime.
    runtime: String,
    function: &'static str,
    /// The variable of the function.
    name: String,
}

/// The functions that a program's text calls, of runtimes that it declares in lines of their own.
pub(crate) fn find(text: &str) -> Vec<ElementFunction> {
    let mut found = Vec::new();
    for runtime in RUNTIMES {
        let declaration = format!("\nvar {runtime}");
        for at in memmem::find_iter(text.as_bytes(), &declaration) {
            let rest = text.get(at + "\nvar ".len()..).unwrap_or_default();
            let name = rest.split_once(" = ").map_or("", |(name, _)| name);
            let is_numbered = name.strip_prefix(runtime).is_some_and(is_number);
            if is_numbered {
                found.extend(called(text, name));
            }
        }
    }
    found
}

/// `$1` and the like, or nothing.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('$').unwrap_or(text);
    text.is_empty()
        || (digits.len() < text.len() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn called<'t>(text: &'t str, runtime: &'t str) -> impl Iterator<Item = ElementFunction> + 't {
    FUNCTIONS.into_iter().filter_map(move |function| {
        let call = format!("(0, {runtime}.{function})(");
        let name = format!("{runtime}${function}");
        let is_called = memmem::find(text.as_bytes(), call.as_bytes()).is_some();
        let is_free = memmem::find(text.as_bytes(), name.as_bytes()).is_none();
        (is_called && is_free).then(|| ElementFunction {
            runtime: runtime.to_owned(),
            function,
            name,
        })
    })
}

/// Declares the variables behind those of their runtimes, and calls them. Says how many were declared: if not all are,
/// the program is another one than it looked like, and must not be changed.
pub(crate) fn shorten<'a>(
    arena: &'a Allocator,
    program: &mut Program<'a>,
    functions: &[ElementFunction],
) -> usize {
    if functions.is_empty() {
        return 0;
    }
    let mut shortener = Shortener {
        builder: AstBuilder::new(arena),
        arena,
        functions,
    };
    let declared = shortener.declare(program);
    shortener.visit_program(program);
    declared
}

struct Shortener<'a, 'f> {
    arena: &'a Allocator,
    builder: AstBuilder<'a>,
    functions: &'f [ElementFunction],
}

impl<'a> Shortener<'a, '_> {
    fn declare(&self, program: &mut Program<'a>) -> usize {
        let mut count = 0;
        for statement in &mut program.body {
            let Statement::VariableDeclaration(variables) = statement else {
                continue;
            };
            if variables.kind != VariableDeclarationKind::Var || variables.declarations.len() != 1 {
                continue;
            }
            let Some(declarator) = variables.declarations.first() else {
                continue;
            };
            let BindingPattern::BindingIdentifier(runtime) = &declarator.id else {
                continue;
            };
            if declarator.init.is_none() {
                continue;
            }
            let runtime = runtime.name;
            let mine = self
                .functions
                .iter()
                .filter(|one| one.runtime == runtime.as_str());
            let declarators: Vec<_> = mine.map(|one| self.declarator(runtime, one)).collect();
            count += declarators.len();
            variables.declarations.extend(declarators);
        }
        count
    }

    /// `name = runtime.function`
    fn declarator(&self, runtime: Ident<'a>, one: &ElementFunction) -> VariableDeclarator<'a> {
        let builder = &self.builder;
        let name = BindingPattern::BindingIdentifier(ArenaBox::new_in(
            BindingIdentifier::new(SPAN, self.ident(&one.name), builder),
            &self.arena,
        ));
        let object = Expression::new_identifier(SPAN, runtime, builder);
        let property = IdentifierName::new(SPAN, Ident::from(one.function), builder);
        let read = Expression::new_static_member_expression(SPAN, object, property, false, builder);
        VariableDeclarator::new(SPAN, name, None, Some(read), false, builder)
    }

    fn ident(&self, name: &str) -> Ident<'a> {
        Ident::from_str_in(name, &self.arena)
    }

    /// The function that `(0, runtime.function)` is.
    fn called(&self, callee: &Expression<'a>) -> Option<&ElementFunction> {
        let Expression::SequenceExpression(sequence) = callee else {
            return None;
        };
        let [
            Expression::NumericLiteral(_),
            Expression::StaticMemberExpression(member),
        ] = sequence.expressions.as_slice()
        else {
            return None;
        };
        let Expression::Identifier(object) = &member.object else {
            return None;
        };
        let mut functions = self.functions.iter();
        functions.find(|one| {
            one.runtime == object.name.as_str() && one.function == member.property.name.as_str()
        })
    }
}

impl<'a> VisitMut<'a> for Shortener<'a, '_> {
    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        if let Some(one) = self.called(&call.callee) {
            let name = self.ident(&one.name);
            call.callee = Expression::new_identifier(SPAN, name, &self.builder);
        }
        walk_mut::walk_call_expression(self, call);
    }
}
