//! One quick pass over the bytes of a source, before it is parsed: how deep it nests, and whether it
//! may hold syntax that the engine does not take. The bound on depth is too high rather than too
//! low. It guesses what a slash means, and never fails.

/// Stack for one open bracket, measured: functions in parentheses take the most, 4.4 KB for their
/// two brackets in an optimised build.
const BRACKET: usize = 2_000;

/// Stack for one token since the last statement or list element, measured: `A<A<…` takes the most,
/// 1.6 KB for two tokens.
const TOKEN: usize = 800;

/// What reading tokens tells about a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// An upper bound, in bytes of stack of an optimised build, for what the source needs.
    pub(crate) cost: usize,
    /// Where it needs most.
    pub(crate) offset: usize,
    /// There may be decorators, accessors or resource declarations.
    pub(crate) new_syntax: bool,
    /// There may be module syntax: `import`, `export` or `await`.
    pub(crate) module_syntax: bool,
    /// There may be JSX.
    pub(crate) jsx: bool,
}

/// Reads a source.
pub(crate) fn survey(source: &str) -> Survey {
    Scan::new(source.as_bytes()).run()
}

/// A reader of tokens that knows strings, templates, comments and, by guess, regular expressions.
struct Scan<'s> {
    bytes: &'s [u8],
    at: usize,
    /// Tokens since the last separator, for each open bracket.
    open: Vec<Level>,
    tokens: usize,
    /// Words `else` since the last declaration: a semicolon does not end their chain.
    elses: usize,
    total: usize,
    survey: Survey,
    /// A slash now divides.
    after_value: bool,
    /// The element is a statement of which only words and groups in parentheses were read, so that
    /// a brace opens its body.
    statement: bool,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    /// Tokens of the bracket's own list element, before it was opened.
    tokens: usize,
    elses: usize,
    statement: bool,
    kind: Bracket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Parenthesis,
    Other,
    /// The braces of a function declaration, a class or a control statement.
    Body,
    /// The `${` of a template.
    Template,
}

/// Most tokens before the body of a statement: what is more is some expression.
const STATEMENT_HEAD: usize = 8;

impl<'s> Scan<'s> {
    fn new(bytes: &'s [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            open: Vec::new(),
            tokens: 0,
            elses: 0,
            total: 0,
            survey: Survey::default(),
            after_value: false,
            statement: false,
        }
    }

    fn run(mut self) -> Survey {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.step(byte);
        }
        self.survey
    }

    fn step(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80.. => self.word(),
            b'(' => self.push(Bracket::Parenthesis),
            b'{' if self.statement && self.tokens <= STATEMENT_HEAD => self.push(Bracket::Body),
            b'[' | b'{' => self.push(Bracket::Other),
            b')' | b']' | b'}' => self.pop(),
            b';' | b',' => {
                self.end_element();
                self.at += 1;
                self.after_value = false;
            }
            b'"' | b'\'' => self.string(byte),
            b'`' => self.template(),
            b'/' => self.slash(),
            // What is a value before it is one after it: `i++ < n`, `n < ++i`.
            b'+' | b'-' if self.bytes.get(self.at + 1) == Some(&byte) => {
                self.statement = false;
                self.token();
                self.at += 2;
            }
            _ => {
                self.survey.new_syntax |= byte == b'@';
                self.survey.jsx |= byte == b'<' && !self.after_value && self.opens_element();
                self.statement &= byte == b'*';
                self.token();
                self.at += 1;
                self.after_value = false;
            }
        }
    }

    fn token(&mut self) {
        self.tokens += 1;
        self.total += TOKEN;
        self.measure();
    }

    fn measure(&mut self) {
        if self.total > self.survey.cost {
            self.survey.cost = self.total;
            self.survey.offset = self.at;
        }
    }

    fn end_element(&mut self) {
        self.total -= self.tokens * TOKEN;
        self.tokens = 0;
    }

    fn end_elses(&mut self) {
        self.total -= self.elses * TOKEN;
        self.elses = 0;
    }

    fn push(&mut self, kind: Bracket) {
        self.open.push(Level {
            tokens: self.tokens,
            elses: self.elses,
            statement: self.statement && kind == Bracket::Parenthesis,
            kind,
        });
        self.statement = false;
        self.tokens = 0;
        self.elses = 0;
        self.total += BRACKET;
        self.measure();
        self.at += 1;
        self.after_value = false;
    }

    fn pop(&mut self) {
        self.at += 1;
        self.after_value = true;
        let Some(level) = self.open.pop() else { return };
        self.end_element();
        self.end_elses();
        self.total -= BRACKET;
        self.tokens = level.tokens;
        self.elses = level.elses;
        self.statement = level.statement;
        match level.kind {
            Bracket::Template => self.template_text(),
            Bracket::Body => {
                self.end_element();
                self.after_value = false;
            }
            // Calls and members chain without end: f()()().
            Bracket::Parenthesis | Bracket::Other => self.token(),
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..];
        let length = rest
            .iter()
            .position(|&byte| !is_word(byte))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        self.at = start + length;
        self.after_value = true;
        if self.tokens == 0 {
            self.begin(word);
        }
        // Words that matter are short and of small letters, and not the names of members.
        if length <= 10 && word[0].is_ascii_lowercase() && !self.is_member(start) {
            self.keyword(word);
        }
        self.token();
    }

    /// The first word since an element ended. What follows a body and is not of these belongs to
    /// another statement.
    fn begin(&mut self, word: &[u8]) {
        let goes_on = matches!(
            word,
            b"else"
                | b"catch"
                | b"finally"
                | b"while"
                | b"in"
                | b"instanceof"
                | b"of"
                | b"as"
                | b"satisfies"
        );
        if !goes_on {
            self.end_elses();
        }
        self.statement = matches!(
            word,
            b"function"
                | b"class"
                | b"async"
                | b"export"
                | b"if"
                | b"else"
                | b"for"
                | b"while"
                | b"do"
                | b"switch"
                | b"try"
                | b"catch"
                | b"finally"
        );
    }

    fn keyword(&mut self, word: &[u8]) {
        match word {
            b"const" | b"let" | b"var" => {
                self.end_element();
                self.end_elses();
            }
            b"import" | b"export" => {
                self.survey.module_syntax |= !self.ends_name();
                self.end_element();
            }
            // A statement of these is never part of another but through brackets.
            b"return" | b"throw" => {
                self.end_element();
                self.after_value = false;
            }
            b"else" => {
                self.elses += 1;
                self.total += TOKEN;
                self.after_value = false;
            }
            b"typeof" | b"case" | b"in" | b"of" | b"do" | b"void" | b"delete" | b"new"
            | b"instanceof" | b"yield" => self.after_value = false,
            // Whether the brackets around it belong to an async function is the parser's to say.
            b"await" => {
                let is_name = self.ends_name();
                self.survey.module_syntax |= !is_name;
                self.after_value = is_name;
            }
            b"using" | b"accessor" => self.survey.new_syntax |= self.declares(),
            _ => {}
        }
    }

    /// Whether the word at `start` follows a dot, which is not the last of a spread's three.
    fn is_member(&self, start: usize) -> bool {
        let before = self.bytes.get(..start).unwrap_or_default();
        before.ends_with(b".") && !before.ends_with(b"...")
    }

    /// Whether the word that was just read is a name or a key by what follows it.
    fn ends_name(&self) -> bool {
        let after = self.bytes.get(self.at..).unwrap_or_default();
        let next = after.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        next.is_some_and(|byte| matches!(byte, b':' | b',' | b';' | b'=' | b')' | b']' | b'}'))
    }

    /// Whether `<` may begin a JSX element, which has a name, or a fragment, which has none.
    fn opens_element(&self) -> bool {
        let next = self.bytes.get(self.at + 1);
        next.is_some_and(|byte| is_word(*byte) && !byte.is_ascii_digit() || *byte == b'>')
    }

    /// Whether a name follows on the same line, or a comment, which may hide one.
    fn declares(&self) -> bool {
        let after = self.bytes.get(self.at..).unwrap_or_default();
        let blanks = after
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        match after.get(blanks) {
            Some(b'/') => true,
            Some(&byte) if is_word(byte) => {
                blanks > 0
                    && !after[blanks..].starts_with(b"of ")
                    && !after[blanks..].starts_with(b"in ")
            }
            Some(byte) => matches!(byte, b'#' | b'[' | b'"' | b'\'' | b'\\'),
            None => false,
        }
    }

    fn string(&mut self, quote: u8) {
        self.statement = false;
        self.token();
        self.at += 1;
        while let Some(at) = self.next_of(quote, b'\\', b'\n') {
            self.at = at + 1;
            if self.bytes[at] != b'\\' {
                break;
            }
            self.at += 1;
        }
        self.after_value = true;
    }

    fn template(&mut self) {
        self.statement = false;
        self.token();
        self.at += 1;
        self.template_text();
    }

    /// Reads text up to the end of the template or to its next expression.
    fn template_text(&mut self) {
        self.after_value = true;
        while let Some(at) = self.next_of(b'`', b'\\', b'$') {
            self.at = at + 1;
            match self.bytes[at] {
                b'`' => return,
                b'\\' => self.at += 1,
                _ if self.bytes.get(self.at) == Some(&b'{') => return self.push(Bracket::Template),
                _ => {}
            }
        }
    }

    fn slash(&mut self) {
        match self.bytes.get(self.at + 1) {
            Some(b'/') => {
                let end = memchr::memchr(b'\n', &self.bytes[self.at..]);
                self.at = end.map_or(self.bytes.len(), |end| self.at + end);
            }
            Some(b'*') => {
                let end = memchr::memmem::find(&self.bytes[self.at + 2..], b"*/");
                self.at = end.map_or(self.bytes.len(), |end| self.at + end + 4);
            }
            _ => {
                self.statement = false;
                self.token();
                self.at += 1;
                if !self.after_value {
                    self.regular_expression();
                }
                self.after_value = !self.after_value;
            }
        }
    }

    fn regular_expression(&mut self) {
        let mut in_class = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return,
                b'\n' => return,
                _ => {}
            }
        }
    }

    /// The next of three bytes; the end of the source if there is none.
    fn next_of(&mut self, a: u8, b: u8, c: u8) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let found = memchr::memchr3(a, b, c, rest);
        if found.is_none() {
            self.at = self.bytes.len();
        }
        Some(self.at + found?)
    }
}

/// Whether a byte may be part of a name or number.
fn is_word(byte: u8) -> bool {
    WORDS[usize::from(byte)]
}

/// Bytes of names and numbers.
static WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 256")]
        let character = byte as u8;
        table[byte] = character.is_ascii_alphanumeric()
            || character == b'_'
            || character == b'$'
            || character >= 0x80;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, cost: usize) {
        assert_eq!(survey(source).cost, cost, "of {source}");
    }

    #[test]
    fn brackets_and_chains_cost() {
        check("", 0);
        check("((1))", 2 * BRACKET + TOKEN);
        check("a; b; c", TOKEN);
        check("[1, 2, 3]", BRACKET + TOKEN);
        check("a=>b=>c", 7 * TOKEN);
        check("{a;{b;}}", 2 * BRACKET + TOKEN);
        check("if(a);else if(a);else b", 4 * TOKEN + BRACKET);
    }

    #[test]
    fn statements_with_bodies_end() {
        check("function a() { b } function a() { b }", BRACKET + 4 * TOKEN);
        check("class A {} class A {} class A {}", 2 * TOKEN + BRACKET);
        check(
            "if (a) { b } else { b } if (a) { b } else { b }",
            BRACKET + 3 * TOKEN,
        );
        check(
            "try { a } catch (e) { a } try { a } catch (e) { a }",
            BRACKET + 3 * TOKEN,
        );
        check(
            "if (a) {} else if (a) {} else if (a) {} else if (a) {}",
            BRACKET + 6 * TOKEN,
        );
        check("if (a) b = {}.b = {}.b = {}", BRACKET + 12 * TOKEN);
    }

    #[test]
    fn text_does_not_nest() {
        check("'((((('", TOKEN);
        check("'\\'((((('", TOKEN);
        check("// (((((\n", 0);
        check("/* ((((( */", 0);
        check("`(((((`", TOKEN);
        check("`((${1}((`", TOKEN + BRACKET + TOKEN);
        check("/[/(](/", TOKEN);
        check("a/b/c", 5 * TOKEN);
    }

    #[test]
    fn unbalanced_text_is_read_to_its_end() {
        for source in [
            "'", "`", "`${", "/", "/*", "//", "'\\", "`\\", "/\\", ")", "/[", "`$",
        ] {
            survey(source);
        }
    }

    #[test]
    fn new_syntax_is_seen() {
        let check = |source: &str, expect: bool| {
            assert_eq!(survey(source).new_syntax, expect, "of {source}");
        };
        check("@a class A {}", true);
        check("using a = b", true);
        check("class A { accessor b; accessor #c }", true);
        check("'@a'; // @a\n/* using a */ `@a ${b}@a`; /@a/", false);
        check("using(a); accessor = 1; for (const accessor of a);", false);
    }

    #[test]
    fn module_syntax_and_elements_are_told_from_names() {
        let check = |source: &str, module_syntax: bool, jsx: bool| {
            let found = survey(source);
            let found = (found.module_syntax, found.jsx);
            assert_eq!(found, (module_syntax, jsx), "of {source}");
        };
        check("import a from 'b'", true, false);
        check("import 'b'; export { a }; export * from 'b'", true, false);
        check("f(...await g()); x = await\n1", true, false);
        check("import.meta; import ('a'); f(...import('a'))", true, false);
        check(
            "({ import: 1, export: 2, await: 3, await }); a.import('b')",
            false,
            false,
        );
        check("a?.export; await = 1; f(await)", false, false);
        check("x = <a/>; y = <>b</>", false, true);
        check(
            "i++ < n; i-- < n; a << 2; a <= b; (a) < b; a[0] < b; '' < b",
            false,
            false,
        );
        check("a.delete < b; return <a/>", false, true);
    }
}
