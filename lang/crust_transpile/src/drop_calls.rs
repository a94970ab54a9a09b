//! Calls that a build leaves out (`--drop`): a text-to-text step before a bundler's parser. A call becomes
//! `void 0`, whatever its arguments do; lines stay.

use oxc_allocator::Allocator;
use oxc_ast::ast::{CallExpression, DebuggerStatement, Expression};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{SourceType, Span};

use crate::options::Syntax;

/// The source without calls of these names (`console` is every call of a method of it), and without
/// `debugger` where that is named; `None` where nothing changes, or where the source does not parse.
pub fn drop_calls(source: &str, syntax: Syntax, names: &[String]) -> Option<String> {
    let mentions = |name: &String| source.contains(name.as_str());
    if !names.iter().any(mentions) {
        return None;
    }
    crate::nesting::with_stack(source, |_| Ok(find(source, syntax, names)))
        .ok()
        .flatten()
}

fn find(source: &str, syntax: Syntax, names: &[String]) -> Option<String> {
    let kind = match syntax {
        Syntax::Js => SourceType::mjs(),
        Syntax::Jsx => SourceType::jsx(),
        Syntax::Ts => SourceType::ts(),
        Syntax::Tsx => SourceType::tsx(),
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind.with_unambiguous(true)).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return None;
    }
    let built = SemanticBuilder::new_compiler().build(&parsed.program);
    let scoping = built.semantic.into_scoping();
    let mut drop = Drop {
        names,
        scoping: &scoping,
        found: Vec::new(),
    };
    drop.visit_program(&parsed.program);
    (!drop.found.is_empty()).then(|| replaced(source, &drop.found))
}

fn replaced(source: &str, found: &[(Span, &'static str)]) -> String {
    let mut text = String::with_capacity(source.len());
    let mut at = 0;
    for (span, by) in found {
        let (start, end) = (span.start as usize, span.end as usize);
        text.push_str(source.get(at..start).unwrap_or_default());
        text.push_str(by);
        let covered = source.get(start..end).unwrap_or_default();
        let breaks = covered.chars().filter(|letter| *letter == '\n');
        text.extend(breaks);
        at = end;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    text
}

struct Drop<'a> {
    names: &'a [String],
    scoping: &'a Scoping,
    found: Vec<(Span, &'static str)>,
}

impl Drop<'_> {
    /// Whether a callee is one of the names, or a member of one.
    fn is_named(&self, callee: &Expression<'_>) -> bool {
        let Some(path) = self.path(callee) else {
            return false;
        };
        self.names.iter().any(|name| {
            let rest = path.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// `a.b.c` of an expression whose first name is a global.
    fn path(&self, expression: &Expression<'_>) -> Option<String> {
        match expression.get_inner_expression() {
            Expression::Identifier(it) => {
                let reference = self.scoping.get_reference(it.reference_id.get()?);
                reference.symbol_id().is_none().then(|| it.name.to_string())
            }
            Expression::StaticMemberExpression(it) => {
                let object = self.path(&it.object)?;
                Some(format!("{object}.{}", it.property.name))
            }
            _ => None,
        }
    }
}

impl<'a> Visit<'a> for Drop<'_> {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if self.is_named(&it.callee) {
            self.found.push((it.span, "(void 0)"));
        } else {
            walk::walk_call_expression(self, it);
        }
    }

    fn visit_debugger_statement(&mut self, it: &DebuggerStatement) {
        if self.names.iter().any(|name| name == "debugger") {
            self.found.push((it.span, ";"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, names: &[&str], expect: Option<&str>) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let found = drop_calls(source, Syntax::Tsx, &names);
        assert_eq!(found.as_deref(), expect, "of {source}");
    }

    #[test]
    fn calls_of_globals_go() {
        check(
            "a();\nconsole.log(\n  b(),\n); let x = console.table.deep(1);",
            &["console"],
            Some("a();\n(void 0)\n\n; let x = (void 0);"),
        );
        check("assert(x); y", &["assert"], Some("(void 0); y"));
        check(
            "log.debug(1); log.info(2)",
            &["log.debug"],
            Some("(void 0); log.info(2)"),
        );
        check("a?.b(); debugger; c", &["debugger"], Some("a?.b(); ; c"));
    }

    #[test]
    fn everything_else_stays() {
        check("function f(console) { console.log(1) }", &["console"], None);
        check(
            "let c = console; c.log(1); my.console.log(2)",
            &["console"],
            None,
        );
        check("console", &["debugger"], None);
        check("console.log(", &["console"], None);
        check("consoles.log(1)", &["console"], None);
    }
}
