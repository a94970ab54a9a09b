//! The rules and declarations of a style sheet's text, with their places. Reads anything, and never complains: what
//! is no CSS gives fewer or odd blocks.

/// A prelude and what is between its braces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block<'t> {
    /// Where the prelude begins.
    pub(super) start: usize,
    /// The block around it.
    pub(super) parent: Option<usize>,
    /// How many blocks of the same parent come before.
    pub(super) number: usize,
    /// How many blocks are in it.
    pub(super) children: usize,
    pub(super) declarations: Vec<Declaration<'t>>,
}

/// A property and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration<'t> {
    pub(super) start: usize,
    pub(super) name: &'t str,
}

/// What has been read of a text.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    blocks: Vec<Block<'t>>,
    /// The blocks that are open, innermost last.
    open: Vec<usize>,
    /// How many blocks there are in none.
    outermost: usize,
    /// Where the statement begins, once something of it has been read.
    start: Option<usize>,
    /// Where its first colon is.
    colon: Option<usize>,
    /// Round and square brackets that are open, and the braces of a value.
    depth: usize,
}

/// All blocks, each after the one around it.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        blocks: Vec::new(),
        open: Vec::new(),
        outermost: 0,
        start: None,
        colon: None,
        depth: 0,
    };
    while let Some(byte) = text.as_bytes().get(reader.at) {
        reader.step(*byte);
    }
    reader.blocks
}

impl<'t> Reader<'t> {
    fn step(&mut self, byte: u8) {
        match byte {
            b'/' if self.follows("*") => return self.skip_comment(),
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => {}
            b'"' | b'\'' => return self.skip_string(byte),
            b'\\' => {
                self.begin();
                self.at += 1;
            }
            b'(' | b'[' => self.depth += 1,
            b')' | b']' => self.depth = self.depth.saturating_sub(1),
            b'{' if self.is_custom_property() => self.depth += 1,
            b'}' if self.depth > 0 && self.is_custom_property() => self.depth -= 1,
            // As of a URL without quotes.
            b'{' | b'}' if self.depth > 0 => {}
            b'{' => self.enter(),
            b'}' => self.leave(),
            b';' if self.depth == 0 => self.end_statement(),
            b':' if self.depth == 0 => {
                self.begin();
                self.colon = self.colon.or(Some(self.at));
            }
            _ => self.begin(),
        }
        self.at += 1;
    }

    fn follows(&self, what: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at + 1..);
        rest.is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    fn begin(&mut self) {
        self.start = self.start.or(Some(self.at));
    }

    fn skip_comment(&mut self) {
        let rest = self.text.get(self.at + 2..).unwrap_or_default();
        let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
        self.at += 2 + end;
    }

    fn skip_string(&mut self, quote: u8) {
        self.begin();
        self.at += 1;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                // A string that is not closed ends with its line.
                b'\n' => return,
                byte if *byte == quote => return,
                _ => {}
            }
        }
    }

    /// Whether the statement is `--name: …`, whose value may have braces.
    fn is_custom_property(&self) -> bool {
        let text = self.start.and_then(|start| self.text.get(start..));
        self.colon.is_some() && text.is_some_and(|text| text.starts_with("--"))
    }

    fn enter(&mut self) {
        let parent = self.open.last().copied();
        let around = parent.and_then(|parent| self.blocks.get_mut(parent));
        let siblings = around.map_or(&mut self.outermost, |block| &mut block.children);
        let number = *siblings;
        *siblings += 1;
        self.open.push(self.blocks.len());
        self.blocks.push(Block {
            start: self.start.unwrap_or(self.at),
            parent,
            number,
            ..Block::default()
        });
        (self.start, self.colon) = (None, None);
    }

    fn leave(&mut self) {
        self.depth = 0;
        self.end_statement();
        self.open.pop();
    }

    fn end_statement(&mut self) {
        if let (Some(start), Some(colon)) = (self.start, self.colon)
            && let Some(name) = self.text.get(start..colon)
            && !name.starts_with('@')
            && let Some(block) = self.open.last().and_then(|open| self.blocks.get_mut(*open))
        {
            let name = name.trim_end();
            block.declarations.push(Declaration { start, name });
        }
        (self.start, self.colon) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = blocks(text)
            .iter()
            .map(|block| {
                let end = text[block.start..].find('{').unwrap_or(0);
                let prelude = &text[block.start..block.start + end];
                let names: Vec<&str> = block.declarations.iter().map(|it| it.name).collect();
                let parent = block.parent.map_or("-".to_owned(), |it| it.to_string());
                format!(
                    "{parent}.{} {} {}",
                    block.number,
                    prelude.trim(),
                    names.join(",")
                )
            })
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn rules_and_declarations_are_found() {
        check(".a{color:red;margin:0}", &["-.0 .a color,margin"]);
        check(
            "@import 'x'; /* {; */ .a:hover { color : red; & .b { top: 0; } left: 1px }",
            &["-.0 .a:hover color,left", "0.0 & .b top"],
        );
        check(
            "@media (a:b) { .a{x:y} .b{--p:{z:w;}; q:r} }",
            &["-.0 @media (a:b) ", "0.0 .a x", "0.1 .b --p,q"],
        );
        check(".a{b:url(data:x;y{);c:\"}\";d:e}", &["-.0 .a b,c,d"]);
        check(".a\\{b{c:d}.e{f:g}", &["-.0 .a\\ c", "-.1 .e f"]);
        check("}}{;:", &["-.0  "]);
        check(".a{b:c", &["-.0 .a "]);
        check("é{ü:ö}", &["-.0 é ü"]);
    }

    proptest! {
        #[test]
        fn anything_can_be_read(text in "[{}()\\[\\];:\"'\\\\/*\\-@a é\n😀]{0,40}") {
            let found = blocks(&text);
            for (index, block) in found.iter().enumerate() {
                prop_assert!(block.parent.is_none_or(|parent| parent < index));
                prop_assert!(text.is_char_boundary(block.start));
                for declaration in &block.declarations {
                    prop_assert!(text[declaration.start..].starts_with(declaration.name));
                }
            }
        }
    }
}
