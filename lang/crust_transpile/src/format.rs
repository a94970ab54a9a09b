//! Which module format a source has.

use oxc_ast::ast::{
    ArrowFunctionExpression, AwaitExpression, ForOfStatement, Function, IdentifierReference,
    Program, ReturnStatement, Statement, TSImportEqualsDeclaration, ThisExpression,
    VariableDeclaration, VariableDeclarationKind, WithStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;

use crate::module::Format;
use crate::options::{FormatHint, Options};
use crate::parse::Parsed;

/// Import and export syntax and top-level await make a module. Without them a file is CommonJS,
/// unless its name or package says otherwise and it mentions none of CommonJS's names. A TypeScript
/// file that shows nothing of CommonJS in any way is a module, as in Bun: it starts sooner so.
pub(crate) fn decide(options: &Options, parsed: &Parsed<'_>) -> Format {
    if options.builtin || has_module_declaration(&parsed.program) {
        return Format::Esm;
    }
    // The parser also counts import.meta and `export =` as module syntax; CommonJS files may have
    // them here.
    if (parsed.needs_module || awaits_resources(&parsed.program)) && awaits(&parsed.program) {
        return Format::Esm;
    }
    let neutral = match options.format {
        FormatHint::Esm => Format::Esm,
        FormatHint::Detect if !parsed.import_metas.is_empty() => Format::Esm,
        FormatHint::Detect if is_typescript_file(options) && !shows_function(&parsed.program) => {
            Format::Esm
        }
        FormatHint::CommonJs | FormatHint::Detect => return Format::CommonJs,
    };
    if mentions_common_js(&parsed.program) {
        Format::CommonJs
    } else {
        neutral
    }
}

/// Whether the file exports, if only nothing: then it is an ECMAScript module for sure.
pub(crate) fn has_export(program: &Program<'_>) -> bool {
    program.body.iter().any(|statement| {
        is_module_declaration(statement) && !matches!(statement, Statement::ImportDeclaration(_))
    })
}

fn has_module_declaration(program: &Program<'_>) -> bool {
    program.body.iter().any(is_module_declaration)
}

/// Types alone do not decide: `import type` leaves nothing behind.
fn is_module_declaration(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ImportDeclaration(it) => !it.import_kind.is_type(),
        Statement::TSExportAssignment(_) | Statement::TSNamespaceExportDeclaration(_) => false,
        statement => statement.as_module_declaration().is_some(),
    }
}

/// The names a CommonJS module is given, in the order of the emitted parameters.
pub(crate) const COMMON_JS_NAMES: [&str; 5] =
    ["exports", "require", "module", "__filename", "__dirname"];

/// The names of CommonJS that a script declares itself, so that a parameter cannot have them.
pub(crate) fn declared_names(program: &Program<'_>) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut declares = |name: &str| {
        found.extend(COMMON_JS_NAMES.iter().filter(|known| **known == name));
    };
    for statement in &program.body {
        match statement {
            Statement::VariableDeclaration(it) if !it.kind.is_var() => {
                for declarator in &it.declarations {
                    for identifier in declarator.id.get_binding_identifiers() {
                        declares(&identifier.name);
                    }
                }
            }
            Statement::ClassDeclaration(it) => {
                if let Some(id) = &it.id {
                    declares(&id.name);
                }
            }
            Statement::TSImportEqualsDeclaration(it) => declares(&it.id.name),
            Statement::TSEnumDeclaration(it) => declares(&it.id.name),
            _ => {}
        }
    }
    found
}

/// Whether an identifier of CommonJS occurs or the file uses TypeScript's syntax for it.
fn mentions_common_js(program: &Program<'_>) -> bool {
    let mut mentions = Mentions { found: false };
    for statement in &program.body {
        mentions.visit_statement(statement);
        if mentions.found {
            return true;
        }
    }
    program
        .body
        .iter()
        .any(|it| matches!(it, Statement::TSExportAssignment(_)))
}

/// Whether the source is a file by its name, and no text of the command line.
fn is_typescript_file(options: &Options) -> bool {
    let extension = std::path::Path::new(&options.file_name).extension();
    options.syntax.is_typescript() && extension.is_some_and(|it| it == "ts" || it == "tsx")
}

/// Whether the file shows that its body is that of a function which is not strict.
fn shows_function(program: &Program<'_>) -> bool {
    let mut shows = ShowsFunction {
        arrows: 0,
        found: false,
    };
    shows.visit_program(program);
    shows.found
}

struct ShowsFunction {
    /// Arrow functions around.
    arrows: u32,
    found: bool,
}

impl<'a> Visit<'a> for ShowsFunction {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        // A direct `eval` sees the parameters.
        self.found |= matches!(it.name.as_str(), "eval" | "arguments");
    }

    fn visit_this_expression(&mut self, _: &ThisExpression) {
        self.found = true;
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        self.found |= self.arrows == 0;
        walk::walk_return_statement(self, it);
    }

    fn visit_with_statement(&mut self, _: &WithStatement<'a>) {
        self.found = true;
    }

    fn visit_ts_import_equals_declaration(&mut self, _: &TSImportEqualsDeclaration<'a>) {
        self.found = true;
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        let mut inner = Evaluates { found: false };
        walk::walk_function(&mut inner, it, ScopeFlags::Function);
        self.found |= inner.found;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        // `return` is its own, `this` is not.
        self.arrows += 1;
        walk::walk_arrow_function_expression(self, it);
        self.arrows -= 1;
    }
}

struct Evaluates {
    found: bool,
}

impl<'a> Visit<'a> for Evaluates {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.found |= it.name == "eval";
    }

    fn visit_with_statement(&mut self, _: &WithStatement<'a>) {
        self.found = true;
    }
}

struct Mentions {
    found: bool,
}

impl<'a> Visit<'a> for Mentions {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.found |= COMMON_JS_NAMES.contains(&it.name.as_str());
    }
}

/// Whether resources may be awaited, which the parser takes for no sign of a module in a loop.
fn awaits_resources(program: &Program<'_>) -> bool {
    memchr::memmem::find(program.source_text.as_bytes(), b"await using").is_some()
}

/// Whether the program awaits outside functions.
fn awaits(program: &Program<'_>) -> bool {
    let mut awaits = Awaits { found: false };
    awaits.visit_program(program);
    awaits.found
}

struct Awaits {
    found: bool,
}

impl<'a> Visit<'a> for Awaits {
    fn visit_await_expression(&mut self, _: &AwaitExpression<'a>) {
        self.found = true;
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.found |= it.r#await;
        walk::walk_for_of_statement(self, it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        self.found |= it.kind == VariableDeclarationKind::AwaitUsing;
        walk::walk_variable_declaration(self, it);
    }

    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}

    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
}
