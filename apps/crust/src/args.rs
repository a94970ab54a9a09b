//! The command line's grammar: one table of options, the parser that reads it, and the helpers that
//! share it. It never acts on an option; commands do.

mod option;
mod parse;
mod split;
mod suggest;
mod table;

pub(crate) use option::{Heading, OptionId, OptionSpec, Scope, Standing, Takes};
pub(crate) use parse::{Options, ParseError, Parsed, UnknownOptions, parse, to_strings};
pub(crate) use split::split_words;
pub(crate) use suggest::closest;
pub(crate) use table::OPTIONS;
