//! Decorators of TypeScript's `experimentalDecorators`.

use oxc_ast::ast::{AccessorProperty, Class, MethodDefinition, PropertyDefinition};

use super::{Decorated, accessors};
use crate::lower::Lowering;

/// The decorated members of a class.
#[derive(Debug, Default)]
pub(crate) struct Members {}

pub(super) fn class<'a>(_: &mut Lowering<'a>, _: &Class<'a>) -> Decorated {
    Decorated::No
}

pub(super) fn method<'a>(_: &mut Lowering<'a>, _: &MethodDefinition<'a>) {}

pub(super) fn property<'a>(_: &mut Lowering<'a>, _: &PropertyDefinition<'a>) {}

pub(super) fn accessor<'a>(lowering: &mut Lowering<'a>, it: &AccessorProperty<'a>) {
    accessors::lower(lowering, it, None);
}
