//! Declarations of a module (`.d.ts`), one module at a time: made from TypeScript by the rules of isolatedDeclarations,
//! or read from a file of declarations. What comes out says which names there are and where they stand, so that a
//! linker can join modules by editing text. Never looks at another module.

mod directives;
mod emit;
mod items;
mod model;
mod namespaces;
mod places;
mod statements;
mod uses;

use crust_diag::{Diagnostic, LineIndex};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::{diagnose, nesting};

pub use model::{
    Augmentation, Bound, Declarations, Directive, ExportedName, ImportedName, ImportedWhat, Item,
    Meaning, Member, Request, SourceKind, Use, UseTarget,
};

/// The name that stands for an export without one.
pub(crate) const DEFAULT: &str = "*default*";

/// How much more stack than our own walks those take that make and print declarations. Measured with an unoptimised
/// build and types of a hundred thousand levels; the frames of others are smaller.
const STACK_FACTOR: usize = 8;

/// Makes or reads a module's declarations, and says what is wrong: syntax errors, and exports whose types are not
/// written down. What could be read is there all the same, so that more can be found out.
pub fn declare(source: &str, file_name: &str, kind: SourceKind) -> (Declarations, Vec<Diagnostic>) {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    let made = nesting::with_larger_stack(source, STACK_FACTOR, |_| Ok(made(source, kind)));
    let (declarations, mut problems) =
        made.unwrap_or_else(|found| (Declarations::default(), found));
    for problem in &mut problems {
        problem.file = Some(file_name.to_owned());
    }
    (declarations, problems)
}

fn made(source: &str, kind: SourceKind) -> (Declarations, Vec<Diagnostic>) {
    let SourceKind::Script(syntax) = kind else {
        return read(source);
    };
    let allocator = Allocator::default();
    let script = match emit::emit(&allocator, source, syntax) {
        Ok(script) => script,
        Err(problems) => return (Declarations::default(), problems),
    };
    let (mut declarations, problems) = read(&script.text);
    declarations.is_module = true;
    declarations.directives = script.directives;
    // The source has what the user knows.
    declarations.places = script.places;
    if script.problems.is_empty() && !problems.is_empty() {
        let message = "internal error: the declarations of this file cannot be read";
        return (declarations, vec![Diagnostic::error(message)]);
    }
    (declarations, script.problems)
}

/// Reads a text of declarations.
fn read(text: &str) -> (Declarations, Vec<Diagnostic>) {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::d_ts()).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        let lines = LineIndex::new(text);
        let problems = diagnose::from_parser(text, &lines, parsed.diagnostics.errors());
        return (Declarations::default(), problems);
    }
    (statements::read(text, &parsed.program), Vec::new())
}
