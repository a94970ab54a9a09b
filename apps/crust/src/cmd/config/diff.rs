//! `crust config diff A B`: the fields in which two headers differ. As `diff` does, it ends with 1 when
//! there are any.

use std::path::Path;

use crust_header_file::read;

use super::field::differences;
use super::{ConfigError, project};
use crate::args::Options;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(_: &Options, words: &[String]) -> Result<Outcome, CliError> {
    let [a, b] = words else {
        return Err(ConfigError::Usage("diff takes two files").into());
    };
    let header = |path: &String| read(Path::new(path)).map_err(ConfigError::from);
    let (a, b) = (header(a)?, header(b)?);
    let text = differences(&a, &b, &project::names(&project::file()?)?);
    message::print(&text);
    Ok(Outcome::Code(i32::from(!text.is_empty())))
}
