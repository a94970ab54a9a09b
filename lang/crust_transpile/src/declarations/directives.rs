//! `/// <reference … />` before the first statement. Their effect is not looked at.

use oxc_ast::ast::{Comment, CommentKind, Program};
use oxc_span::GetSpan;

use super::model::Directive;

const KINDS: [&str; 3] = ["types", "lib", "path"];

/// The directives of a source.
pub(super) fn directives(source: &str, program: &Program<'_>) -> Vec<Directive> {
    let first = program.body.first();
    let first = first.map_or(u32::MAX, |statement| statement.span().start);
    let lines = program.comments.iter();
    let lines = lines.filter(|comment| comment.kind == CommentKind::Line);
    lines
        .filter(|comment| comment.span.start < first)
        .filter_map(|comment| directive(source, comment))
        .collect()
}

fn directive(source: &str, comment: &Comment) -> Option<Directive> {
    let line = source.get(comment.span.start as usize..comment.span.end as usize)?;
    let tag = line
        .strip_prefix("///")?
        .trim()
        .strip_prefix("<reference")?;
    let (kind, value) = KINDS
        .iter()
        .find_map(|kind| Some((kind, attribute(tag, kind)?)))?;
    Some(Directive {
        kind: (*kind).to_owned(),
        value: value.to_owned(),
        line: line.trim_end().to_owned(),
    })
}

fn attribute<'s>(tag: &'s str, name: &str) -> Option<&'s str> {
    let (before, rest) = tag.split_once(name)?;
    if !before.ends_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, _) = rest.get(1..)?.split_once(quote)?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found() {
        assert_eq!(attribute(" types=\"node\" />", "types"), Some("node"));
        assert_eq!(attribute(" types = 'node'/>", "types"), Some("node"));
        assert_eq!(attribute(" xtypes=\"node\" />", "types"), None);
        assert_eq!(attribute(" types=node />", "types"), None);
        assert_eq!(attribute(" lib=\"dom\" />", "types"), None);
    }
}
