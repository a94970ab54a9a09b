//! [`Feature`]: what one feature folder brings, as data: natives, builtin modules and globals. The
//! host lists the features; the core knows none of them.

use crate::op::Op;

/// One feature folder.
#[derive(Clone, Copy)]
pub struct Feature {
    /// The folder's name without `crust_`: natives are `crust:ops/<name>`, its builtin TypeScript
    /// is `crust:<name>/<file>`.
    pub name: &'static str,
    /// Natives, by family.
    pub ops: &'static [&'static [Op]],
    /// Public specifiers for builtin modules of this feature.
    pub builtins: &'static [Builtin],
    /// Properties of the global object, loaded when first read.
    pub globals: &'static [Global],
}

/// A public name of a builtin module: `node:path` is `crust:node/path`.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// What programs import; `node:x` also answers to `x` where Node says so.
    pub specifier: &'static str,
    /// The internal specifier, `crust:<feature>/<file>`.
    pub module: &'static str,
}

impl Builtin {
    /// Names a builtin.
    pub const fn new(specifier: &'static str, module: &'static str) -> Self {
        Self { specifier, module }
    }
}

/// A lazily loaded property of the global object.
#[derive(Clone, Copy)]
pub struct Global {
    /// The property.
    pub name: &'static str,
    /// The builtin module that has it.
    pub module: &'static str,
    /// The export that is its value.
    pub export: &'static str,
    /// Whether `Object.keys(globalThis)` lists it.
    pub enumerable: bool,
}

impl Global {
    /// A global that is not enumerable, as classes are.
    pub const fn new(name: &'static str, module: &'static str, export: &'static str) -> Self {
        Self {
            name,
            module,
            export,
            enumerable: false,
        }
    }

    /// A global that is enumerable, as functions of Web IDL mixins are.
    pub const fn enumerable(
        name: &'static str,
        module: &'static str,
        export: &'static str,
    ) -> Self {
        Self {
            name,
            module,
            export,
            enumerable: true,
        }
    }
}
