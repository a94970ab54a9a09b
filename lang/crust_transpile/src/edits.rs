//! Text edits on a source, and the builder that applies them. Edits never overlap and never move a
//! line: a replaced range keeps its line terminators. Nothing here knows syntax.

mod render;

use std::borrow::Cow;

use oxc_span::Span;

use crate::column_map::{ColumnMap, ColumnMapBuilder};

/// A part of inserted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it is.
    Text(Cow<'static, str>),
    /// The value of an import, by its index in the module's imports: its local name, or a read of
    /// the environment when the module is emitted with that import live.
    Import(usize),
    /// Text that is written only when the async context is carried across `await`.
    Context(Cow<'static, str>),
}

/// Inserted text.
pub(crate) type Pieces = Vec<Piece>;

/// One piece of plain text.
pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Pieces {
    vec![Piece::Text(text.into())]
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Insert at the offset, after everything that ends there.
    After(Pieces),
    /// Insert at the offset, before everything that starts there.
    Before(Pieces),
    /// Overwrite the range with spaces of the same UTF-16 length.
    Blank,
    /// Overwrite the range with text.
    Replace(Pieces),
    /// A reference to an import, rewritten only when that import is live.
    Reference(ReferenceSite),
    /// A member of an import, overwritten only when it is a constant.
    Member(MemberSite),
}

/// How a reference to an import stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    /// An expression, an assignment target or a JSX name.
    Plain,
    /// The callee of a call or the tag of a template: its `this` must stay undefined.
    Callee {
        /// It is the first token of a statement in a list, where an opening parenthesis could
        /// continue the line before it.
        starts_statement: bool,
    },
    /// `{ name }` in an object literal or assignment pattern.
    Shorthand,
}

/// A reference to an import in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReferenceSite {
    /// Index in the module's imports.
    pub(crate) import: usize,
    pub(crate) kind: ReferenceKind,
}

/// A read of `import.name`, or of `import.outer.name`, in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemberSite {
    /// Index in the module's imports.
    pub(crate) import: u32,
    /// The place of the first name, when there are two.
    pub(crate) outer: Option<Span>,
    /// The place of the last name.
    pub(crate) name: Span,
    /// It is the first token of a statement in a list.
    pub(crate) starts_statement: bool,
}

impl MemberSite {
    /// The names in the source.
    pub(crate) fn names<'s>(&self, source: &'s str) -> (Option<&'s str>, &'s str) {
        let text = |span: Span| source.get(span.start as usize..span.end as usize);
        (
            self.outer.and_then(text),
            text(self.name).unwrap_or_default(),
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    start: u32,
    end: u32,
    /// Order among edits at the same offset; see [`Edits`].
    order: i32,
    action: Action,
}

/// The edits of one source, collected in any order of offsets.
///
/// Inserts at the same offset nest as nodes do when a parent's edits are pushed before its
/// children's: of texts inserted *after* what ends there the child's comes first, of texts inserted
/// *before* what starts there the parent's comes first. Within one node push one text, not two.
#[derive(Debug, Default, Clone)]
pub(crate) struct Edits {
    list: Vec<Edit>,
    finished: bool,
}

impl Edits {
    /// Overwrites a range with spaces. Ranges may nest; the widest wins.
    pub(crate) fn blank(&mut self, span: Span) {
        self.push(span.start, span.end, Action::Blank);
    }

    /// Overwrites a range with text. The range's line terminators follow the text.
    pub(crate) fn replace(&mut self, span: Span, pieces: Pieces) {
        if span.start == span.end {
            self.insert_before(span.start, pieces);
        } else {
            self.push(span.start, span.end, Action::Replace(pieces));
        }
    }

    /// Inserts text that belongs to what ends at `offset`.
    pub(crate) fn insert_after(&mut self, offset: u32, pieces: Pieces) {
        self.push(offset, offset, Action::After(pieces));
    }

    /// Inserts text that belongs to what starts at `offset`.
    pub(crate) fn insert_before(&mut self, offset: u32, pieces: Pieces) {
        self.push(offset, offset, Action::Before(pieces));
    }

    /// Inserts text on both sides of a range; call it before edits inside the range are pushed.
    pub(crate) fn wrap(&mut self, span: Span, open: Pieces, close: Pieces) {
        self.insert_before(span.start, open);
        self.insert_after(span.end, close);
    }

    /// Records a reference to an import.
    pub(crate) fn reference(&mut self, span: Span, site: ReferenceSite) {
        self.push(span.start, span.end, Action::Reference(site));
    }

    /// Records a read of a member of an import; call it before the import's own edit is pushed.
    pub(crate) fn member(&mut self, span: Span, site: MemberSite) {
        self.push(span.start, span.end, Action::Member(site));
    }

    /// The reads of members of imports.
    pub(crate) fn members(&self) -> impl Iterator<Item = &MemberSite> {
        self.list.iter().filter_map(|edit| match &edit.action {
            Action::Member(site) => Some(site),
            _ => None,
        })
    }

    fn push(&mut self, start: u32, end: u32, action: Action) {
        let sequence = i32::try_from(self.list.len()).unwrap_or(i32::MAX);
        let order = match action {
            Action::After(_) => i32::MIN.saturating_add(i32::MAX - sequence),
            Action::Before(_)
            | Action::Blank
            | Action::Replace(_)
            | Action::Reference(_)
            | Action::Member(_) => sequence,
        };
        self.finished = false;
        self.list.push(Edit {
            start,
            end,
            order,
            action,
        });
    }

    /// Sorts the edits; needed once before [`Edits::apply`].
    pub(crate) fn finish(&mut self) {
        self.list.sort_by_key(|edit| {
            let class = match edit.action {
                Action::After(_) => 0u8,
                Action::Before(_) => 1,
                Action::Blank | Action::Replace(_) | Action::Reference(_) | Action::Member(_) => 2,
            };
            // Of ranges with one start the widest comes first and hides the others.
            (
                edit.start,
                class,
                if class == 2 { u32::MAX - edit.end } else { 0 },
                edit.order,
            )
        });
        self.finished = true;
    }

    /// Applies the edits between `prefix` and `suffix`.
    pub(crate) fn apply(
        &self,
        source: &str,
        prefix: &str,
        suffix: &str,
        values: &Values<'_>,
    ) -> (String, ColumnMap) {
        debug_assert!(self.finished, "finish() sorts the edits");
        let mut output = Output::new(source, prefix, suffix, self.list.len());
        for edit in &self.list {
            if edit.start < output.cursor {
                continue;
            }
            let constant = match &edit.action {
                Action::Reference(site) if !(values.live)(site.import) => continue,
                Action::Member(site) => match (values.constant)(site) {
                    Some(constant) => constant,
                    None => continue,
                },
                _ => "",
            };
            output.copy_to(edit.start);
            match &edit.action {
                Action::After(pieces) | Action::Before(pieces) => {
                    output.insert(&written(pieces, values));
                }
                Action::Blank => output.blank(edit.end),
                Action::Replace(pieces) => {
                    output.replace(edit.end, &written(pieces, values));
                }
                Action::Reference(site) => {
                    let name = source.get(edit.start as usize..edit.end as usize);
                    let text = reference_text(*site, name.unwrap_or_default(), values.import);
                    output.replace(edit.end, &text);
                }
                Action::Member(site) => {
                    let width = (edit.end - edit.start) as usize;
                    let text = constant_text(constant, site.starts_statement, width);
                    output.replace(edit.end, &text);
                }
            }
        }
        output.finish(suffix)
    }
}

/// What the edits ask for when they are applied.
pub(crate) struct Values<'v> {
    /// Whether an import is rewritten at its reference sites.
    pub(crate) live: &'v dyn Fn(usize) -> bool,
    /// Writes the value of an import.
    pub(crate) import: &'v dyn Fn(usize, &mut String),
    /// The expression of a member of an import that is a constant.
    pub(crate) constant: &'v dyn Fn(&MemberSite) -> Option<&'v str>,
    /// Whether [`Piece::Context`] is written.
    pub(crate) async_context: bool,
}

/// An expression in place of a member of an enum. A space keeps `1 .toFixed()` apart, and the whole
/// length keeps the columns. An opening parenthesis must not continue the statement before it.
pub(crate) fn constant_text(constant: &str, starts_statement: bool, width: usize) -> String {
    let semicolon = if starts_statement && constant.starts_with('(') {
        ";"
    } else {
        ""
    };
    format!("{semicolon}{constant:width$}")
}

fn written<'p>(pieces: &'p [Piece], values: &Values<'_>) -> Cow<'p, str> {
    match pieces {
        [Piece::Text(text)] => return Cow::Borrowed(text),
        [Piece::Context(_)] if !values.async_context => return Cow::Borrowed(""),
        _ => {}
    }
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Import(index) => (values.import)(*index, &mut out),
            Piece::Context(text) if values.async_context => out.push_str(text),
            Piece::Context(_) => {}
        }
    }
    Cow::Owned(out)
}

fn reference_text(site: ReferenceSite, name: &str, import: &dyn Fn(usize, &mut String)) -> String {
    let mut out = String::new();
    match site.kind {
        ReferenceKind::Plain => import(site.import, &mut out),
        ReferenceKind::Callee { starts_statement } => {
            out.push_str(if starts_statement { ";(0," } else { "(0," });
            import(site.import, &mut out);
            out.push(')');
        }
        ReferenceKind::Shorthand => {
            out.push_str(name);
            out.push(':');
            import(site.import, &mut out);
        }
    }
    out
}

/// The text being built.
struct Output<'s> {
    source: &'s str,
    text: String,
    cursor: u32,
    columns: ColumnMapBuilder,
}

impl<'s> Output<'s> {
    fn new(source: &'s str, prefix: &str, suffix: &str, edits: usize) -> Self {
        let capacity = source.len() + prefix.len() + suffix.len() + edits * 8;
        let mut text = String::with_capacity(capacity);
        text.push_str(prefix);
        let mut columns = ColumnMapBuilder::default();
        columns.inserted(prefix);
        Self {
            source,
            text,
            cursor: 0,
            columns,
        }
    }

    fn slice(&self, end: u32) -> &'s str {
        self.source
            .get(self.cursor as usize..end as usize)
            .unwrap_or_default()
    }

    fn copy_to(&mut self, end: u32) {
        let part = self.slice(end);
        self.text.push_str(part);
        self.columns.copied(part);
        self.cursor = end;
    }

    fn insert(&mut self, text: &str) {
        debug_assert!(
            !text.contains(is_terminator),
            "an edit adds no line: {text:?}"
        );
        self.text.push_str(text);
        self.columns.inserted(text);
    }

    fn blank(&mut self, end: u32) {
        let part = self.slice(end);
        for character in part.chars() {
            if is_terminator(character) {
                self.text.push(character);
            } else {
                self.text
                    .extend(std::iter::repeat_n(' ', character.len_utf16()));
            }
        }
        self.columns.copied(part);
        self.cursor = end;
    }

    fn replace(&mut self, end: u32, text: &str) {
        let part = self.slice(end);
        self.insert(text);
        self.text
            .extend(part.chars().filter(|&character| is_terminator(character)));
        self.columns.removed(part);
        self.cursor = end;
    }

    fn finish(mut self, suffix: &str) -> (String, ColumnMap) {
        let end = u32::try_from(self.source.len()).unwrap_or(u32::MAX);
        let rest = self.slice(end);
        self.text.push_str(rest);
        self.text.push_str(suffix);
        (self.text, self.columns.finish())
    }
}

/// What ends a line for the engine.
pub(crate) fn is_terminator(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(source: &str, build: impl FnOnce(&mut Edits)) -> (String, ColumnMap) {
        let mut edits = Edits::default();
        build(&mut edits);
        edits.finish();
        let import = |index: usize, out: &mut String| {
            out.push_str("$i.");
            out.push_str(&index.to_string());
        };
        let values = Values {
            live: &|_| true,
            import: &import,
            constant: &|site| (site.import == 7).then_some("(-1)"),
            async_context: false,
        };
        edits.apply(source, "", "", &values)
    }

    fn check(source: &str, expect: &str, build: impl FnOnce(&mut Edits)) {
        assert_eq!(apply(source, build).0, expect);
    }

    #[test]
    fn parents_wrap_children() {
        check("ab", "<[a]b>", |edits| {
            edits.wrap(Span::new(0, 2), text("<"), text(">"));
            edits.wrap(Span::new(0, 1), text("["), text("]"));
        });
        check("ab", "<a[b]>", |edits| {
            edits.wrap(Span::new(0, 2), text("<"), text(">"));
            edits.wrap(Span::new(1, 2), text("["), text("]"));
        });
    }

    #[test]
    fn what_ends_comes_before_what_starts() {
        check("ab", "(a)(b)", |edits| {
            edits.wrap(Span::new(1, 2), text("("), text(")"));
            edits.wrap(Span::new(0, 1), text("("), text(")"));
        });
    }

    #[test]
    fn blanks_keep_lines_and_utf16_length() {
        check("a: {\r\n é😀}b", "a   \r\n     b", |edits| {
            edits.blank(Span::new(1, 14));
        });
        check("abcd", "    ", |edits| {
            edits.blank(Span::new(1, 2));
            edits.blank(Span::new(0, 4));
        });
    }

    #[test]
    fn replacements_keep_lines() {
        check("a\nb\nc", "x\n\nc", |edits| {
            edits.replace(Span::new(0, 3), text("x"));
        });
    }

    #[test]
    fn references() {
        let site = |kind| ReferenceSite { import: 3, kind };
        check("a", "$i.3", |edits| {
            edits.reference(Span::new(0, 1), site(ReferenceKind::Plain));
        });
        check("a()", "(0,$i.3)()", |edits| {
            let kind = ReferenceKind::Callee {
                starts_statement: false,
            };
            edits.reference(Span::new(0, 1), site(kind));
        });
        check("a()", ";(0,$i.3)()", |edits| {
            let kind = ReferenceKind::Callee {
                starts_statement: true,
            };
            edits.reference(Span::new(0, 1), site(kind));
        });
        check("{a}", "{a:$i.3}", |edits| {
            edits.reference(Span::new(1, 2), site(ReferenceKind::Shorthand));
        });
    }

    #[test]
    fn members() {
        let member = |edits: &mut Edits, import: u32, starts_statement: bool| {
            let site = MemberSite {
                import,
                outer: None,
                name: Span::new(2, 3),
                starts_statement,
            };
            edits.member(Span::new(0, 3), site);
            let import = import as usize;
            let kind = ReferenceKind::Plain;
            edits.reference(Span::new(0, 1), ReferenceSite { import, kind });
        };
        check("a.b+c", "(-1)+c", |edits| member(edits, 7, false));
        check("a.b+c", ";(-1)+c", |edits| member(edits, 7, true));
        check("a.b+c", "$i.8.b+c", |edits| member(edits, 8, true));
    }

    #[test]
    fn columns_follow_inserts() {
        let (text, columns) = apply("ab\ncd", |edits| {
            edits.insert_before(4, super::text("123"));
        });
        assert_eq!(text, "ab\nc123d");
        assert_eq!(columns.original(1, 0), 0);
        assert_eq!(columns.original(1, 2), 1);
        assert_eq!(columns.original(1, 4), 1);
        assert_eq!(columns.original(1, 5), 2);
        assert_eq!(columns.original(0, 1), 1);
    }
}
