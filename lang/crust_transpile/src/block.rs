//! Whether the body of an ECMAScript module may run as a block of a strict program instead of as a
//! function. The engine then parses it once, not twice, and has one function less to make and to call.
//! A block has no `var` of its own, and `this` in it is not `undefined`.

use oxc_ast::ast::{
    ArrowFunctionExpression, Function, IdentifierReference, Program, PropertyDefinition,
    StaticBlock, TSEnumDeclaration, TSImportEqualsDeclaration, TSNamespaceDeclaration,
    ThisExpression, VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;

/// Whether nothing of the body would reach outside a block, or see that it is in one.
pub(crate) fn fits(program: &Program<'_>) -> bool {
    let mut leaks = Leaks {
        arrows: 0,
        found: false,
    };
    leaks.visit_program(program);
    !leaks.found
}

struct Leaks {
    /// Arrow functions around.
    arrows: u32,
    found: bool,
}

impl<'a> Visit<'a> for Leaks {
    fn visit_this_expression(&mut self, _: &ThisExpression) {
        self.found = true;
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        // What is evaluated may say `this`.
        self.found |= it.name == "eval";
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        self.found |= it.kind.is_var() && self.arrows == 0;
        walk::walk_variable_declaration(self, it);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.arrows += 1;
        walk::walk_arrow_function_expression(self, it);
        self.arrows -= 1;
    }

    // These have their own `this` and their own variables.
    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_static_block(&mut self, _: &StaticBlock<'a>) {}

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.visit_decorators(&it.decorators);
        if it.computed {
            self.visit_property_key(&it.key);
        }
    }

    // These become variables.
    fn visit_ts_enum_declaration(&mut self, _: &TSEnumDeclaration<'a>) {
        self.found = true;
    }

    fn visit_ts_namespace_declaration(&mut self, _: &TSNamespaceDeclaration<'a>) {
        self.found = true;
    }

    fn visit_ts_import_equals_declaration(&mut self, _: &TSImportEqualsDeclaration<'a>) {
        self.found = true;
    }
}
