//! The pieces of JSON and its dialects: space, strings, numbers, names. It knows no structure.

use super::{Dialect, Mistake, Parsed};

pub(super) struct Lexer<'t> {
    text: &'t str,
    pub(super) at: usize,
    pub(super) dialect: Dialect,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at, dialect }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn mistake(&self, message: String, width: usize) -> Mistake {
        let end = (self.at + width).min(self.text.len());
        Mistake {
            message,
            at: self.at..end,
        }
    }

    /// The token at this place, for a message.
    pub(super) fn here(&self) -> &'t str {
        let rest = self.rest();
        let name = rest
            .find(|mark: char| !mark.is_alphanumeric() && mark != '_')
            .unwrap_or(rest.len());
        let one = rest.chars().next().map_or(0, char::len_utf8);
        let end = name.max(one);
        let short = rest[..end].char_indices().nth(24).map_or(end, |(at, _)| at);
        &rest[..short]
    }

    /// Takes `word` if it stands here and does not go on.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let Some(after) = self.rest().strip_prefix(word) else {
            return false;
        };
        if after.starts_with(|mark: char| mark.is_alphanumeric() || mark == '_') {
            return false;
        }
        self.at += word.len();
        true
    }

    /// Skips white space, and comments where the dialect has them.
    pub(super) fn skip_space(&mut self) -> Parsed<()> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.dialect != Dialect::Json => self.comment()?,
                Some(0x0b | 0x0c) if self.dialect == Dialect::Json5 => self.at += 1,
                Some(0x80..) if self.dialect == Dialect::Json5 => {
                    let space = self.rest().chars().next();
                    let space = space.filter(|mark| mark.is_whitespace() || *mark == '\u{feff}');
                    match space {
                        Some(mark) => self.at += mark.len_utf8(),
                        None => return Ok(()),
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Parsed<()> {
        let rest = self.rest();
        if rest.starts_with("//") {
            let ends = ['\n', '\r', '\u{2028}', '\u{2029}'];
            self.at += rest.find(ends).unwrap_or(rest.len());
            return Ok(());
        }
        if !rest.starts_with("/*") {
            return Err(self.mistake("expected a value but found \"/\"".to_owned(), 1));
        }
        match rest[2..].find("*/") {
            Some(length) => {
                self.at += length + 4;
                Ok(())
            }
            None => Err(self.mistake("this comment is never closed".to_owned(), 2)),
        }
    }

    /// A quoted string; the quote stands here.
    pub(super) fn string(&mut self) -> Parsed<String> {
        let start = self.at;
        let quote = self.text.as_bytes()[start];
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.rest();
            let plain = rest
                .bytes()
                .position(|byte| byte == quote || byte == b'\\' || byte < 0x20)
                .unwrap_or(rest.len());
            value.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => self.escape(&mut value)?,
                None | Some(b'\n' | b'\r') => {
                    let at = start..self.at;
                    return Err(Mistake {
                        message: "this string is never closed".to_owned(),
                        at,
                    });
                }
                Some(_) if self.dialect == Dialect::Json => {
                    let message = "JSON does not allow a control character in a string; write it \
                                   as an escape"
                        .to_owned();
                    return Err(self.mistake(message, 1));
                }
                Some(byte) => {
                    value.push(char::from(byte));
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, value: &mut String) -> Parsed<()> {
        let mut marks = self.rest().chars();
        marks.next();
        let Some(mark) = marks.next() else {
            return Err(self.mistake("this escape is not complete".to_owned(), 1));
        };
        let relaxed = self.dialect == Dialect::Json5;
        let simple = match mark {
            '"' | '\\' | '/' => Some(mark),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' if relaxed => Some('\u{b}'),
            '0' if relaxed
                && !marks
                    .as_str()
                    .starts_with(|digit: char| digit.is_ascii_digit()) =>
            {
                Some('\0')
            }
            _ => None,
        };
        if let Some(simple) = simple {
            value.push(simple);
            self.at += 2;
            return Ok(());
        }
        match mark {
            'u' => self.unicode_escape(value),
            'x' if relaxed => {
                let Some(code) = self.hex(2, 2) else {
                    return Err(self.mistake("expected two hexadecimal digits".to_owned(), 2));
                };
                value.extend(char::from_u32(code));
                self.at += 4;
                Ok(())
            }
            '\r' if relaxed && marks.as_str().starts_with('\n') => {
                self.at += 3;
                Ok(())
            }
            '\n' | '\r' | '\u{2028}' | '\u{2029}' if relaxed => {
                self.at += 1 + mark.len_utf8();
                Ok(())
            }
            '\'' if self.dialect == Dialect::Jsonc => {
                value.push('\'');
                self.at += 2;
                Ok(())
            }
            other if relaxed && !other.is_ascii_digit() => {
                value.push(other);
                self.at += 1 + other.len_utf8();
                Ok(())
            }
            other => {
                let message = format!("\"\\{}\" is not an escape", other.escape_default());
                Err(self.mistake(message, 1 + other.len_utf8()))
            }
        }
    }

    /// `\uXXXX`, or two of them for one character.
    fn unicode_escape(&mut self, value: &mut String) -> Parsed<()> {
        let Some(first) = self.hex(2, 4) else {
            return Err(self.mistake("expected four hexadecimal digits".to_owned(), 2));
        };
        self.at += 6;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let second = self
                .hex(2, 4)
                .filter(|code| (0xdc00..0xe000).contains(code));
            if let Some(second) = second {
                self.at += 6;
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                value.extend(char::from_u32(code));
                return Ok(());
            }
        }
        value.push(char::from_u32(first).unwrap_or('\u{fffd}'));
        Ok(())
    }

    fn hex(&self, from: usize, digits: usize) -> Option<u32> {
        let text = self.rest().get(from..from + digits)?;
        let valid = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        valid.then(|| u32::from_str_radix(text, 16).ok()).flatten()
    }

    /// A key without quotes, of JSON5.
    pub(super) fn identifier(&mut self) -> Parsed<String> {
        let mut name = String::new();
        loop {
            let rest = self.rest();
            let starts = name.is_empty();
            match rest.chars().next() {
                Some('\\') if rest.starts_with("\\u") => self.unicode_escape(&mut name)?,
                Some(mark) if is_identifier(mark, starts) => {
                    name.push(mark);
                    self.at += mark.len_utf8();
                }
                _ if starts => {
                    let here = self.here();
                    let message = format!("expected a key but found \"{here}\"");
                    return Err(self.mistake(message, here.len()));
                }
                _ => return Ok(name),
            }
        }
    }

    /// A number of the dialect.
    pub(super) fn number(&mut self) -> Parsed<f64> {
        let rest = self.rest();
        let relaxed = self.dialect == Dialect::Json5;
        let unsigned = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let sign = if rest.starts_with('-') { -1.0 } else { 1.0 };
        let length = unsigned
            .find(|mark: char| !mark.is_ascii_alphanumeric() && !matches!(mark, '.' | '+' | '-'))
            .unwrap_or(unsigned.len());
        let length = end_of_number(&unsigned[..length]);
        let digits = &unsigned[..length];
        let whole = rest.len() - unsigned.len() + length;
        let number = match digits {
            "Infinity" if relaxed => Some(f64::INFINITY),
            "NaN" if relaxed => Some(f64::NAN),
            _ if relaxed && (digits.starts_with("0x") || digits.starts_with("0X")) => {
                hexadecimal(&digits[2..])
            }
            _ if is_decimal(digits, relaxed) => digits.parse().ok(),
            _ => None,
        };
        let Some(number) = number else {
            let shown: String = rest[..whole.max(1)].chars().take(24).collect();
            return Err(self.mistake(format!("\"{shown}\" is not a number"), whole.max(1)));
        };
        self.at += whole;
        Ok(sign * number)
    }
}

/// A sign ends a number unless an exponent stands before it.
fn end_of_number(text: &str) -> usize {
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        let exponent = matches!(before, b'e' | b'E') && !hexadecimal;
        if matches!(byte, b'+' | b'-') && !exponent {
            return at;
        }
        before = byte;
    }
    text.len()
}

/// Digits, fraction and exponent; JSON5 also takes a leading or trailing point.
fn is_decimal(text: &str, relaxed: bool) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let points = match fraction {
        None => !whole.is_empty(),
        Some(fraction) if relaxed => !whole.is_empty() || !fraction.is_empty(),
        Some(fraction) => !whole.is_empty() && !fraction.is_empty(),
    };
    let power = exponent.is_none_or(|power| {
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        !power.is_empty() && digits(power)
    });
    points && power && !leading_zero && digits(whole) && fraction.is_none_or(digits)
}

fn hexadecimal(digits: &str) -> Option<f64> {
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(0.0, |number: f64, digit| {
        Some(number.mul_add(16.0, f64::from(digit.to_digit(16)?)))
    })
}

fn is_identifier(mark: char, starts: bool) -> bool {
    match mark {
        '$' | '_' => true,
        '\u{200c}' | '\u{200d}' => !starts,
        _ if starts => mark.is_alphabetic(),
        _ => mark.is_alphanumeric(),
    }
}
