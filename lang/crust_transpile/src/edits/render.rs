//! A part of an edited source as pieces on one line, for text that is needed where it is not.

use oxc_span::Span;

use super::{Action, Edits, Piece, Pieces, ReferenceKind, is_terminator};

impl Edits {
    /// The text of `span` after these edits, which all lie inside it.
    pub(crate) fn into_pieces(mut self, source: &str, span: Span) -> Pieces {
        self.finish();
        let mut out = Vec::new();
        let mut cursor = span.start;
        let copy = |out: &mut Pieces, from: u32, to: u32| {
            let part = source.get(from as usize..to as usize).unwrap_or_default();
            if !part.is_empty() {
                out.push(Piece::Text(one_line(part).into()));
            }
        };
        for edit in self.list {
            // A member stays a read: what it is a constant of is not known yet.
            if edit.start < cursor || matches!(edit.action, Action::Member(_)) {
                continue;
            }
            copy(&mut out, cursor, edit.start);
            cursor = edit.end;
            match edit.action {
                Action::After(pieces) | Action::Before(pieces) | Action::Replace(pieces) => {
                    out.extend(pieces);
                }
                Action::Blank | Action::Member(_) => out.push(Piece::Text(" ".into())),
                Action::Reference(site) => {
                    let import = Piece::Import(site.import);
                    match site.kind {
                        ReferenceKind::Plain => out.push(import),
                        ReferenceKind::Callee { .. } => {
                            out.extend([
                                Piece::Text("(0,".into()),
                                import,
                                Piece::Text(")".into()),
                            ]);
                        }
                        ReferenceKind::Shorthand => {
                            let name = source.get(edit.start as usize..edit.end as usize);
                            let name = format!("{}:", name.unwrap_or_default());
                            out.extend([Piece::Text(name.into()), import]);
                        }
                    }
                }
            }
        }
        copy(&mut out, cursor, span.end);
        out
    }
}

/// Takes comments and line breaks out; those of templates become escapes.
fn one_line(part: &str) -> String {
    if !part.contains(is_terminator) {
        return part.to_owned();
    }
    let mut out = String::with_capacity(part.len());
    let mut quote = None;
    let mut characters = part.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'' | '`') => quote = Some(character),
            (Some(_), '\\') => {
                let escaped = characters.next();
                // A line that goes on in a string.
                if !escaped.is_some_and(is_terminator) {
                    out.push('\\');
                    out.extend(escaped);
                }
                continue;
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) if is_terminator(character) => {
                if character != '\r' || characters.peek() != Some(&'\n') {
                    out.push_str("\\n");
                }
                continue;
            }
            (None, '/') if characters.peek() == Some(&'/') => {
                while characters.next_if(|&next| !is_terminator(next)).is_some() {}
                continue;
            }
            (None, '/') if characters.peek() == Some(&'*') => {
                characters.next();
                let mut last = ' ';
                for next in characters.by_ref() {
                    if last == '*' && next == '/' {
                        break;
                    }
                    last = next;
                }
                out.push(' ');
                continue;
            }
            (None, _) if is_terminator(character) => {
                out.push(' ');
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined() {
        for (source, expect) in [
            ("a('//', 1)", "a('//', 1)"),
            ("a({ // b\n c: 'd//e' /* f\n */ })", "a({   c: 'd//e'   })"),
            ("`a\n${b}\r\nc`", "`a\\n${b}\\nc`"),
            ("'a\\\nb'\n", "'ab' "),
        ] {
            assert_eq!(one_line(source), expect);
        }
    }
}
