//! JSON and its two relaxed dialects, to one kind of value with exact error positions. One parser
//! for all three, because tsconfig, package.json and the data loaders must agree.

mod lexer;

use std::ops::Range;

use crate::value::{DEPTH_LIMIT, Object, Value};
use lexer::Lexer;

/// Which relaxations hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// RFC 8259.
    Json,
    /// Comments, trailing commas and single quotes; an empty text is an empty object.
    Jsonc,
    /// The JSON5 specification; an empty text is an empty object.
    Json5,
}

/// One step from a value into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// What is wrong, and at which bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) at: Range<usize>,
}

type Parsed<T> = Result<T, Mistake>;

pub(crate) fn parse(text: &str, dialect: Dialect) -> Parsed<Value> {
    Parser::new(text, dialect, &[]).document()
}

/// The bytes of the value that `path` leads to. Parses again: only a message needs it.
pub(crate) fn locate(text: &str, dialect: Dialect, path: &[Step]) -> Option<Range<usize>> {
    let mut parser = Parser::new(text, dialect, path);
    parser.document().ok()?;
    parser.found
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    wanted: &'t [Step],
    /// How many steps of `wanted` lead to the value being parsed, if it lies on the way.
    matched: usize,
    depth: usize,
    found: Option<Range<usize>>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, dialect: Dialect, wanted: &'t [Step]) -> Self {
        Self {
            lexer: Lexer::new(text, dialect),
            wanted,
            matched: 0,
            depth: 0,
            found: None,
        }
    }

    fn document(&mut self) -> Parsed<Value> {
        self.lexer.skip_space()?;
        if self.lexer.peek().is_none() && self.lexer.dialect != Dialect::Json {
            return Ok(Value::Object(Object::default()));
        }
        let value = self.value()?;
        self.lexer.skip_space()?;
        match self.lexer.peek() {
            None => Ok(value),
            Some(_) => Err(self.unexpected("the end of the file")),
        }
    }

    fn value(&mut self) -> Parsed<Value> {
        let start = self.lexer.at;
        let value = match self.lexer.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.lexer.string()?),
            Some(b'\'') if self.lexer.dialect != Dialect::Json => {
                Value::String(self.lexer.string()?)
            }
            Some(b'-' | b'0'..=b'9') => Value::Number(self.lexer.number()?),
            Some(b'+' | b'.' | b'I' | b'N') if self.lexer.dialect == Dialect::Json5 => {
                Value::Number(self.lexer.number()?)
            }
            _ if self.lexer.word("true") => Value::Bool(true),
            _ if self.lexer.word("false") => Value::Bool(false),
            _ if self.lexer.word("null") => Value::Null,
            _ => return Err(self.unexpected("a value")),
        };
        if self.depth == self.wanted.len() && self.matched == self.depth {
            self.found = Some(start..self.lexer.at);
        }
        Ok(value)
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Parsed<Value>) -> Parsed<Value> {
        if self.depth >= DEPTH_LIMIT {
            let message = format!("this is nested deeper than {DEPTH_LIMIT} levels");
            return Err(self.lexer.mistake(message, 1));
        }
        self.lexer.at += 1;
        self.depth += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    /// Parses the member or item that `step` leads to.
    fn child(&mut self, is_wanted: impl Fn(&Step) -> bool) -> Parsed<Value> {
        let on_the_way =
            self.matched + 1 == self.depth && self.wanted.get(self.matched).is_some_and(is_wanted);
        self.matched += usize::from(on_the_way);
        let value = self.value();
        self.matched -= usize::from(on_the_way);
        value
    }

    fn object(&mut self) -> Parsed<Value> {
        let mut object = Object::default();
        loop {
            self.lexer.skip_space()?;
            if self.closes(b'}', object.is_empty())? {
                return Ok(Value::Object(object));
            }
            let key = self.key()?;
            self.lexer.skip_space()?;
            if self.lexer.peek() != Some(b':') {
                return Err(self.unexpected("\":\" after the key"));
            }
            self.lexer.at += 1;
            self.lexer.skip_space()?;
            let value = self.child(|step| matches!(step, Step::Key(name) if *name == key))?;
            object.insert(key, value);
            if self.separated(b'}')? {
                return Ok(Value::Object(object));
            }
        }
    }

    fn array(&mut self) -> Parsed<Value> {
        let mut items = Vec::new();
        loop {
            self.lexer.skip_space()?;
            if self.closes(b']', items.is_empty())? {
                return Ok(Value::Array(items));
            }
            let index = items.len();
            items.push(self.child(|step| *step == Step::Index(index))?);
            if self.separated(b']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// A closing mark where an item may stand: after the opening one, or after a trailing comma.
    fn closes(&mut self, close: u8, first: bool) -> Parsed<bool> {
        if self.lexer.peek() != Some(close) {
            return Ok(false);
        }
        if !first && self.lexer.dialect == Dialect::Json {
            return Err(self
                .lexer
                .mistake("JSON does not allow a comma before this".to_owned(), 1));
        }
        self.lexer.at += 1;
        Ok(true)
    }

    /// After an item: a comma, or the end, which answers `true`.
    fn separated(&mut self, close: u8) -> Parsed<bool> {
        self.lexer.skip_space()?;
        match self.lexer.peek() {
            Some(b',') => {
                self.lexer.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.lexer.at += 1;
                Ok(true)
            }
            _ => Err(self.unexpected(&format!("\",\" or \"{}\"", char::from(close)))),
        }
    }

    fn key(&mut self) -> Parsed<String> {
        match (self.lexer.peek(), self.lexer.dialect) {
            (Some(b'"'), _) | (Some(b'\''), Dialect::Jsonc | Dialect::Json5) => self.lexer.string(),
            (Some(_), Dialect::Json5) => self.lexer.identifier(),
            _ => Err(self.unexpected("a key in double quotes")),
        }
    }

    fn unexpected(&self, expected: &str) -> Mistake {
        let found = self.lexer.here();
        let width = found.len().max(1);
        let found = match found {
            "" => "the end of the file".to_owned(),
            text => format!("\"{text}\""),
        };
        self.lexer
            .mistake(format!("expected {expected} but found {found}"), width)
    }
}
