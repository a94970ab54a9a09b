//! The parser: words of a command line in, options and the first operand out. It stops at the first
//! word that is not an option, because what follows belongs to the program, not to us.

use std::ffi::{OsStr, OsString};

use super::every_option;
use super::option::{OptionId, OptionSpec, Scope, Takes};
use super::suggest::closest;

/// What to do with an option that the table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnknownOptions {
    /// An error.
    Refuse,
    /// Left for the program to find in `process.execArgv`, as Bun does.
    Keep,
    /// Options without a feature here pass too: they were written for another runtime.
    KeepUnavailableToo,
}

/// The options given, in order, each with its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    given: Vec<(OptionId, String)>,
}

impl Options {
    pub(crate) fn has(&self, id: OptionId) -> bool {
        self.given.iter().any(|&(given, _)| given == id)
    }

    /// The value given last.
    pub(crate) fn value(&self, id: OptionId) -> Option<&str> {
        self.values(id).last()
    }

    /// The values of a repeatable option, in order.
    pub(crate) fn values(&self, id: OptionId) -> impl Iterator<Item = &str> {
        self.given
            .iter()
            .filter(move |(given, _)| *given == id)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.given.extend(other.given);
    }
}

/// A parsed command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) options: Options,
    /// The words that were options, as written: `process.execArgv`.
    pub(crate) option_words: Vec<OsString>,
    /// The first word that is not an option.
    pub(crate) operand: Option<OsString>,
    /// Everything after it, untouched.
    pub(crate) rest: Vec<OsString>,
}

/// Why a command line was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("unknown option \"{option}\"")]
    Unknown {
        option: String,
        suggestion: Option<&'static str>,
    },
    #[error("the option \"{option}\" needs a value")]
    MissingValue { option: String },
    #[error("the option \"{option}\" does not take a value")]
    UnexpectedValue { option: String },
    #[error("the option \"{option}\" is not part of this version of Crust")]
    Unavailable { option: String },
}

/// Parses `words` up to the first operand.
pub(crate) fn parse(
    words: &[OsString],
    scope: Scope,
    unknown: UnknownOptions,
) -> Result<Parsed, ParseError> {
    let mut parser = Parser {
        words,
        next: 0,
        scope,
        unknown,
        options: Options::default(),
    };
    parser.read_options()?;
    let end_of_options = parser.next;
    if parser
        .words
        .get(parser.next)
        .is_some_and(|word| word == "--")
    {
        parser.next += 1;
    }
    let mut remaining = words[parser.next..].iter().cloned();
    Ok(Parsed {
        options: parser.options,
        option_words: words[..end_of_options].to_vec(),
        operand: remaining.next(),
        rest: remaining.collect(),
    })
}

struct Parser<'a> {
    words: &'a [OsString],
    next: usize,
    scope: Scope,
    unknown: UnknownOptions,
    options: Options,
}

impl Parser<'_> {
    fn read_options(&mut self) -> Result<(), ParseError> {
        while let Some(word) = self.words.get(self.next).and_then(|word| word.to_str()) {
            if word == "--" || word == "-" || !word.starts_with('-') {
                return Ok(());
            }
            self.next += 1;
            if let Some(spec) = self.find(word) {
                self.read_whole(spec, word)?;
            } else if let Some((name, value)) = word.split_once('=') {
                self.read_with_value(name, value, word)?;
            } else if word.starts_with("--") {
                self.unknown(word)?;
            } else {
                self.read_cluster(word)?;
            }
        }
        Ok(())
    }

    /// An option written as a word of its own; its value, if it needs one, is the next word.
    fn read_whole(&mut self, spec: &OptionSpec, written: &str) -> Result<(), ParseError> {
        let value = match spec.takes {
            Takes::Nothing | Takes::OptionalValue(_) => String::new(),
            Takes::Value(_) => match self.words.get(self.next) {
                Some(value) => {
                    self.next += 1;
                    value.to_string_lossy().into_owned()
                }
                None => {
                    return Err(ParseError::MissingValue {
                        option: written.to_owned(),
                    });
                }
            },
        };
        self.give(spec, written, value)
    }

    /// `--name=value` or `-n=value`.
    fn read_with_value(&mut self, name: &str, value: &str, word: &str) -> Result<(), ParseError> {
        match self.find(name) {
            Some(spec) if spec.takes != Takes::Nothing => self.give(spec, name, value.to_owned()),
            Some(_) => Err(ParseError::UnexpectedValue {
                option: name.to_owned(),
            }),
            None if name.starts_with("--") => self.unknown(name),
            None => self.read_cluster(word),
        }
    }

    /// `-abc`: flags behind one dash; the first that takes a value takes the rest of the word.
    fn read_cluster(&mut self, word: &str) -> Result<(), ParseError> {
        let letters = &word[1..];
        for (index, letter) in letters.char_indices() {
            let written = format!("-{letter}");
            let Some(spec) = self.find(&written) else {
                return self.unknown(word);
            };
            let after = &letters[index + letter.len_utf8()..];
            match spec.takes {
                Takes::Nothing => self.give(spec, &written, String::new())?,
                _ if after.is_empty() => return self.read_whole(spec, &written),
                _ => {
                    let value = after.strip_prefix('=').unwrap_or(after);
                    return self.give(spec, &written, value.to_owned());
                }
            }
        }
        Ok(())
    }

    fn give(&mut self, spec: &OptionSpec, written: &str, value: String) -> Result<(), ParseError> {
        let refused =
            spec.id == OptionId::Unavailable && self.unknown != UnknownOptions::KeepUnavailableToo;
        if refused {
            return Err(ParseError::Unavailable {
                option: written.to_owned(),
            });
        }
        self.options.given.push((spec.id, value));
        Ok(())
    }

    fn find(&self, name: &str) -> Option<&'static OptionSpec> {
        let mut letters = name.strip_prefix('-').unwrap_or_default().chars();
        let short = letters.next().filter(|_| letters.next().is_none());
        self.known()
            .find(|spec| spec.is_named(name) || (short.is_some() && spec.short == short))
    }

    fn known(&self) -> impl Iterator<Item = &'static OptionSpec> {
        let scope = self.scope;
        every_option().filter(move |spec| spec.scope.meets(scope))
    }

    fn unknown(&self, option: &str) -> Result<(), ParseError> {
        if self.unknown != UnknownOptions::Refuse {
            return Ok(());
        }
        let names = self
            .known()
            .filter(|spec| spec.id != OptionId::Unavailable)
            .flat_map(|spec| std::iter::once(spec.long).chain(spec.aliases.iter().copied()));
        Err(ParseError::Unknown {
            option: option.to_owned(),
            suggestion: closest(option, names),
        })
    }
}

/// The words as the program sees them. Arguments that are not UTF-8 have their bad bytes replaced.
pub(crate) fn to_strings(words: &[OsString]) -> Vec<String> {
    words
        .iter()
        .map(|word| OsStr::to_string_lossy(word).into_owned())
        .collect()
}

#[cfg(test)]
mod tests;
