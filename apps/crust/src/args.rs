//! The command line's grammar: one table of options, the parser that reads it, and the helpers that
//! share it. It never acts on an option; commands do.

mod build_options;
mod install_options;
mod option;
mod parse;
mod proc_options;
mod split;
mod suggest;
mod table;
mod test_options;

pub(crate) use build_options::BuildOption;
pub(crate) use option::{Heading, OptionId, OptionSpec, Scope, Standing, Takes};
pub(crate) use parse::{Options, ParseError, Parsed, UnknownOptions, parse, to_strings};
pub(crate) use split::split_words;
pub(crate) use suggest::closest;
pub(crate) use test_options::TestOption;

/// Every option. The options of a command with a table of its own come first: they win over those of
/// `crust run` with the same name.
pub(crate) fn every_option() -> impl Iterator<Item = &'static OptionSpec> {
    let own = test_options::TEST_OPTIONS
        .iter()
        .chain(proc_options::PROC_OPTIONS)
        .chain(install_options::INSTALL_OPTIONS)
        .chain(build_options::BUILD_OPTIONS);
    own.chain(table::OPTIONS)
}
