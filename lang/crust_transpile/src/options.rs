//! What the caller decides about a source. Nothing here looks at the source.

/// The syntax a loader allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Syntax {
    /// JavaScript.
    #[default]
    Js,
    /// JavaScript with JSX.
    Jsx,
    /// TypeScript.
    Ts,
    /// TypeScript with JSX.
    Tsx,
}

impl Syntax {
    /// Whether types are allowed.
    pub fn is_typescript(self) -> bool {
        matches!(self, Self::Ts | Self::Tsx)
    }

    /// Whether JSX is allowed.
    pub fn is_jsx(self) -> bool {
        matches!(self, Self::Jsx | Self::Tsx)
    }
}

/// What the file's name and package say about its module format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FormatHint {
    /// `.mjs`, `.mts`, or a package with `"type": "module"`.
    Esm,
    /// `.cjs`, `.cts`, or a package with `"type": "commonjs"`.
    CommonJs,
    /// Only the source can tell.
    #[default]
    Detect,
}

/// Which functions JSX elements become calls of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum JsxRuntime {
    /// `jsx` and `jsxs`, imported from the import source.
    #[default]
    Automatic,
    /// The factory, which the file has in scope.
    Classic,
}

/// How JSX is compiled. Pragma comments of the file override all but `development`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JsxOptions {
    /// The runtime.
    pub runtime: JsxRuntime,
    /// Whether the automatic runtime is `jsxDEV`, which is told source positions.
    pub development: bool,
    /// The package of the automatic runtime.
    pub import_source: String,
    /// The classic runtime's function.
    pub factory: String,
    /// The classic runtime's fragment.
    pub fragment: String,
}

impl Default for JsxOptions {
    fn default() -> Self {
        Self {
            runtime: JsxRuntime::Automatic,
            development: false,
            import_source: "react".to_owned(),
            factory: "React.createElement".to_owned(),
            fragment: "React.Fragment".to_owned(),
        }
    }
}

/// What `--print` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Print {
    /// Nothing.
    #[default]
    Nothing,
    /// The program's completion value.
    Value,
    /// As [`Print::Value`]; of a promise, what it is fulfilled with.
    Settled,
}

/// Everything the caller decides about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a tsconfig option of that name"
)]
pub struct Options {
    /// The syntax of the loader.
    pub syntax: Syntax,
    /// What is known about the module format.
    pub format: FormatHint,
    /// How JSX is compiled.
    pub jsx: JsxOptions,
    /// The path that messages and JSX development calls name.
    pub file_name: String,
    /// tsconfig `experimentalDecorators`.
    pub experimental_decorators: bool,
    /// tsconfig `emitDecoratorMetadata`.
    pub emit_decorator_metadata: bool,
    /// tsconfig `useDefineForClassFields`.
    pub use_define_for_class_fields: bool,
    /// tsconfig `verbatimModuleSyntax`: imports are dropped only when they say `type`.
    pub verbatim_module_syntax: bool,
    /// Free identifiers or member chains and the expressions that replace them.
    pub defines: Vec<(String, String)>,
    /// The names of which `feature("NAME")` of `bun:bundle` is true.
    pub features: Vec<String>,
    /// What is printed when the program has run.
    pub print: Print,
    /// The source is one of the runtime's own modules.
    pub builtin: bool,
    /// The engine judges scripts that need no edit: they are not parsed here. Who sets this
    /// transpiles again without it when the engine refuses the text ([`crate::Module::is_unparsed`]).
    pub engine_checks: bool,
    /// A CommonJS module carries the async context across `await`.
    pub async_context: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            syntax: Syntax::Js,
            format: FormatHint::Detect,
            jsx: JsxOptions::default(),
            file_name: String::new(),
            experimental_decorators: false,
            emit_decorator_metadata: false,
            use_define_for_class_fields: true,
            verbatim_module_syntax: false,
            defines: Vec::new(),
            features: Vec::new(),
            print: Print::Nothing,
            builtin: false,
            engine_checks: false,
            async_context: false,
        }
    }
}
