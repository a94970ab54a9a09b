//! `crust config init`: writes the header of a new project and says how long it took.

use std::time::Duration;

use crust_header::RegistryHash;
use crust_header_file::bootstrap;

use super::field::registry;
use super::{ConfigError, project};
use crate::args::{OptionId, Options};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(options: &Options, words: &[String]) -> Result<Outcome, CliError> {
    if !words.is_empty() {
        return Err(ConfigError::Usage("init takes no words").into());
    }
    let hash = match options.value(OptionId::Registry) {
        None => RegistryHash::DEFAULT,
        Some(word) => registry(word).ok_or_else(|| ConfigError::Range {
            field: "--registry",
            expected: "a URL, its hash as 0x and eight digits, or \"default\"",
            given: word.to_owned(),
        })?,
    };
    let made = bootstrap(&project::root()?, hash).map_err(ConfigError::from)?;
    let path = project::shown(&made.path);
    message::print(&if made.created {
        format!("{path} written in {}\n", shown(made.took))
    } else {
        format!("{path} is there already\n")
    });
    Ok(Outcome::SUCCESS)
}

/// A time in the unit that people read.
fn shown(time: Duration) -> String {
    let micros = time.as_micros();
    if micros < 1000 {
        format!("{micros} µs")
    } else {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    }
}
