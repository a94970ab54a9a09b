//! The compiler options that change how a program runs. Plain data.

use std::path::PathBuf;

/// How JSX is compiled (`jsx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Jsx {
    /// `preserve`: left to another tool; at run time it is compiled as `react-jsx`.
    Preserve,
    /// `react`: calls of `jsxFactory`.
    React,
    /// `react-jsx`: imports from `jsxImportSource`.
    ReactJsx,
    /// `react-jsxdev`: likewise, with places.
    ReactJsxDev,
    /// `react-native`: like `preserve`.
    ReactNative,
}

/// One entry of `paths`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathMapping {
    /// The pattern, with at most one `*`.
    pub pattern: String,
    /// The absolute targets in order, which may hold a `*`.
    pub targets: Vec<PathBuf>,
}

/// The options; `None` where neither the file nor what it extends says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompilerOptions {
    /// `paths`, in order.
    pub paths: Vec<PathMapping>,
    /// `baseUrl`, absolute.
    pub base_url: Option<PathBuf>,
    /// `jsx`.
    pub jsx: Option<Jsx>,
    /// `jsxFactory`.
    pub jsx_factory: Option<String>,
    /// `jsxFragmentFactory`.
    pub jsx_fragment_factory: Option<String>,
    /// `jsxImportSource`.
    pub jsx_import_source: Option<String>,
    /// `experimentalDecorators`.
    pub experimental_decorators: Option<bool>,
    /// `emitDecoratorMetadata`.
    pub emit_decorator_metadata: Option<bool>,
    /// `useDefineForClassFields`.
    pub use_define_for_class_fields: Option<bool>,
    /// `verbatimModuleSyntax`.
    pub verbatim_module_syntax: Option<bool>,
    /// `isolatedModules`.
    pub isolated_modules: Option<bool>,
    /// `preserveConstEnums`.
    pub preserve_const_enums: Option<bool>,
    /// `preserveValueImports`, which `verbatimModuleSyntax` replaces.
    pub preserve_value_imports: Option<bool>,
    /// `importsNotUsedAsValues`, which `verbatimModuleSyntax` replaces.
    pub imports_not_used_as_values: Option<String>,
    /// `strict`.
    pub strict: Option<bool>,
    /// `strictNullChecks`, which decides the types that `emitDecoratorMetadata` names.
    pub strict_null_checks: Option<bool>,
    /// `alwaysStrict`.
    pub always_strict: Option<bool>,
    /// `target`, in lower case.
    pub target: Option<String>,
    /// `module`, in lower case.
    pub module: Option<String>,
}
