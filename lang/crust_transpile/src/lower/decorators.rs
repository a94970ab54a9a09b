//! Decorators and `accessor` members.

use oxc_ast::ast::{AccessorProperty, Class, Decorator, MethodDefinition, PropertyDefinition};

use super::Lowering;

/// Called before the parts of a class are visited.
pub(super) fn class<'a>(lowering: &mut Lowering<'a>, it: &Class<'a>) {
    refuse(lowering, &it.decorators);
}

/// Called before the parts of a method are visited.
pub(super) fn method<'a>(lowering: &mut Lowering<'a>, it: &MethodDefinition<'a>) {
    refuse(lowering, &it.decorators);
}

/// Called before the parts of a field are visited.
pub(super) fn property<'a>(lowering: &mut Lowering<'a>, it: &PropertyDefinition<'a>) {
    refuse(lowering, &it.decorators);
}

/// Called before the parts of an accessor are visited.
pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    lowering.problem(it.span, "accessor members are not supported", None);
}

fn refuse(lowering: &mut Lowering<'_>, decorators: &[Decorator<'_>]) {
    if let Some(first) = decorators.first() {
        lowering.problem(first.span, "Decorators are not supported", None);
    }
}
